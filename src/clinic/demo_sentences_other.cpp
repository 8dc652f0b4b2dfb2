// What those write who write Spanish or Polish. See demo_sentences.h.
#include <string_view>

#include "clinic/demo_sentences_tables.h"

namespace attune::clinic::tables {

namespace {
using T = std::string_view;

constexpr T kEsGood[] = {
    "Hoy salí a caminar con {friend} y volví con ganas de cocinar.",
    "He dormido {n} noches seguidas bastante bien.",
    "En el trabajo me dieron las gracias, no me lo esperaba.",
    "Llamé a mi hermana y nos reímos un buen rato.",
    "Preparé {food} y me supo a mi casa de siempre.",
    "La profesora de inglés dice que voy [muy bien|mejor cada semana].",
    "Fui al grupo y me quedé hasta el final.",
    "{pet} y yo estuvimos en el parque toda la tarde.",
    "Terminé los papeles que me daban tanto miedo.",
    "Hoy le pongo un siete al día.",
    "Ayer canté en la ducha por primera vez en meses.",
    "Retomé {hobby} y me sentó de maravilla.",
};
constexpr T kEsPlain[] = {
    "Nada nuevo, una semana normal.",
    "Llovió todo el {day} y me quedé ordenando armarios.",
    "Tengo cita con la médica el {day}.",
    "¿Podemos cambiar la cita a la tarde?",
    "Rellené el cuestionario, espero que haya llegado.",
    "En el trabajo, lo de siempre, {n} reuniones.",
    "Mis padres preguntan por mí todos los domingos.",
    "Estoy esperando la carta de la oficina.",
    "Fui a {town} a comprar zapatos para el niño.",
    "Sigo con los ejercicios de respiración, unos días sí y otros no.",
    "Comí {food} y me acosté temprano.",
    "El autobús llegó tarde otra vez.",
};
constexpr T kEsHard[] = {
    "Me cuesta muchísimo levantarme por las mañanas.",
    "Aquí no conozco a casi nadie y los domingos se hacen eternos.",
    "En mi idioma soy alegre, aquí solo soy callada.",
    "Mi jefe me habla como si yo no entendiera nada.",
    "Llevo {n} noches dando vueltas en la cama.",
    "Echo tanto de menos a mi madre que me duele el pecho.",
    "No me concentro ni para leer una receta.",
    "Todo me parece cuesta arriba.",
    "Discutí con {family} por una tontería y luego lloré.",
    "No tengo ganas ni de {hobby}.",
    "Digo que estoy bien y no es verdad.",
    "El dinero no llega a fin de mes y no se lo cuento a nadie.",
};
constexpr T kEsDistress[] = {
    "No puedo dejar de llorar.",
    "Siento una angustia enorme y no sé a quién decírselo.",
    "Ya no me quedan fuerzas.",
    "Me siento vacía, como apagada por dentro.",
    "No veo salida a nada de esto.",
    "Tengo miedo todo el día y no sé de qué.",
    "Siento que he fallado a todo el mundo.",
    "No aguanto otra semana así.",
};
constexpr T kEsRisk[] = {
    "No quiero seguir viviendo así, y últimamente pienso en el suicidio.",
    "A veces pienso que todos estarían mejor sin mí.",
    "Me gustaría dormirme y no despertar.",
    "He pensado en quitarme la vida y me asusta.",
};
constexpr T kEsOpenings[] = {
    "Hola,",      "Buenas tardes.",  "Buenos días,",     "Hola de nuevo.",
    "Pues nada.", "Querido equipo:", "Soy yo otra vez.", "Aquí estoy.",
};
constexpr T kEsClosings[] = {
    "Un saludo",    "Gracias por leerme.", "Hasta pronto.",       "Un abrazo.",
    "Eso es todo.", "Gracias por todo.",   "Nos vemos el {day}.", "Perdón por lo largo.",
};

constexpr T kPlGood[] = {
    "Dzisiaj byłam na spacerze z {friend} i było naprawdę miło.",
    "Spałam całą noc, pierwszy raz od dawna.",
    "Upiekłam szarlotkę i zaniosłam kawałek sąsiadce.",
    "W pracy ktoś mnie pochwalił, aż się zarumieniłam.",
    "Zadzwoniłam do mamy i śmiałyśmy się pół godziny.",
    "Na kursie językowym zrozumiałam prawie wszystko.",
};
constexpr T kPlPlain[] = {
    "Nic nowego, zwykły tydzień.",
    "Czekam na list z urzędu.",
    "Padało cały dzień, więc sprzątałam szafę.",
    "Wypełniłam ankietę, mam nadzieję, że doszła.",
    "Czy możemy przełożyć spotkanie na popołudnie?",
    "Byłam u dentysty w {town}.",
    "Uczę się słówek w autobusie.",
};
constexpr T kPlHard[] = {
    "Trudno mi rano wstać z łóżka.",
    "Po polsku jestem zabawna, tutaj tylko milczę.",
    "Znowu prawie nie spałam.",
    "Tęsknię za domem tak, że aż boli w piersiach.",
    "Mówię wszystkim, że jest dobrze, a nie jest.",
    "Nie mam siły nawet odpisać przyjaciółce.",
    "Wszystko zajmuje mi trzy razy więcej czasu.",
};
constexpr T kPlDistress[] = {
    "Płaczę i nie mogę przestać.",
    "Nie mam już siły.",
    "Boję się cały dzień i nie wiem czego.",
    "Nie widzę wyjścia z tej sytuacji.",
};
constexpr T kPlRisk[] = {
    "Coraz częściej myślę, że nie chcę żyć.",
    "Myślę o samobójstwie i to mnie przeraża.",
};
constexpr T kPlOpenings[] = {"Dzień dobry,", "Cześć,", "To znowu ja.", "Dobry wieczór,"};
constexpr T kPlClosings[] = {"Pozdrawiam", "Dziękuję za przeczytanie.", "To tyle na dziś.",
                             "Do usłyszenia."};
}  // namespace

const std::array<Patterns, 3>& lifeEs() {
  static constexpr std::array<Patterns, 3> kLife{kEsGood, kEsPlain, kEsHard};
  return kLife;
}
const std::array<Patterns, 3>& lifePl() {
  static constexpr std::array<Patterns, 3> kLife{kPlGood, kPlPlain, kPlHard};
  return kLife;
}
const OtherLanguage& spanish() {
  static constexpr OtherLanguage kAll{kEsDistress, kEsRisk, kEsOpenings, kEsClosings};
  return kAll;
}
const OtherLanguage& polish() {
  static constexpr OtherLanguage kAll{kPlDistress, kPlRisk, kPlOpenings, kPlClosings};
  return kAll;
}

}  // namespace attune::clinic::tables
