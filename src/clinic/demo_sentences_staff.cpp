// What the invented staff answer, and why they decided as they did. Answers ask plainly, offer a
// person, and promise neither secrecy nor a cure.
#include <string_view>

#include "clinic/demo_sentences_tables.h"

namespace attune::clinic::tables {

namespace {
using T = std::string_view;

constexpr T kEnGood[] = {
    "That sounds like a real step. What helped?",
    "I'm glad you noticed that. Keep writing it down if it helps.",
    "I liked reading that, thank you.",
    "Good to hear from you, and good to hear this.",
    "Well done for trying it. Let's build on that on {workday}.",
    "Thank you, that made my afternoon. How was today on your scale?",
    "That counts, however small it looks. What would you like to try next?",
};
constexpr T kEnPlain[] = {
    "Thank you for writing. I've read it.",
    "Good to hear from you, thank you for the update.",
    "Thanks for telling me. Shall we look at it together on {workday}?",
    "Let's keep the plan as it is until {workday} and see how you get on.",
    "Noted, and I've put it on the list for our next talk.",
    "If there are forms, bring them along on {workday} and we'll do them together.",
    "How was today on your scale?",
};
constexpr T kEnHard[] = {
    "That sounds tiring. What would make the next few days a little lighter?",
    "Thank you for the honest answer. That is what this is for.",
    "I'm sorry that it is so heavy at the moment. Shall we talk before {workday}?",
    "Ups and downs belong to it, and this is a down. How was today on your scale?",
    "I've read this with care. What has helped on days like this before?",
    "You don't have to be fine here. Would a call on {workday} at {hour} help?",
    "Thank you for telling me. Let's look at it together on {workday}.",
};
constexpr T kEnMove[] = {
    "Yes, we can move it. Would {workday} at {hour} suit you?",
    "Of course. I can offer {workday} at {hour}, tell me if that works.",
};
// NOLINTBEGIN(bugprone-suspicious-missing-comma): long sentences stand on two lines
constexpr T kEnDistressed[] = {
    "Thank you for telling us. That sounds very hard. Can I call you this afternoon?",
    "I've read what you wrote, and I'm sorry it is this heavy right now. Who is with you today?",
    "You don't have to carry this alone. I have time for you tomorrow at {hour}, or we can speak "
    "today.",
    "That is a lot at once. Are you safe at the moment? If not, please use the numbers under Help "
    "now.",
    "I hear how worn out you are. Let's talk on the phone today. When can I reach you?",
    "Thank you for writing it down instead of holding it in. I'd like to see you sooner than "
    "planned.",
    "What has helped a little on days like this? Let's look at it together today.",
    "I've spoken with the team and we can offer you an earlier appointment on {workday}.",
};
constexpr T kEnRisk[] = {
    "Thank you for telling us, I know that was hard. I'm calling you now. If you can't wait, "
    "please "
    "use the numbers under Help now.",
    "I've read your message and I take it seriously. Are you thinking of suicide right now? I'm "
    "ringing you in a few minutes.",
    "You did the right thing by writing this. Please stay with somebody until we have spoken. I'm "
    "calling you.",
    "I'm glad you told me. I tried to reach you and will try again at once. Please pick up, or "
    "call "
    "one of the numbers under Help now.",
    "Thank you for trusting us with this. Let's go through your safety plan together today; I've "
    "kept time free for you.",
};
constexpr T kEsGood[] = {
    "Me alegro de leerlo. ¿Qué ayudó?",
    "Me gustó leerlo. Siga apuntándolo si le ayuda.",
    "Eso cuenta, aunque parezca poco. ¿Qué le gustaría probar ahora?",
    "Gracias, da gusto leerlo. ¿Cómo fue hoy, de cero a diez?",
};
constexpr T kEsPlain[] = {
    "Gracias por escribir. Lo he leído.",
    "Gracias por contármelo. ¿Lo vemos juntos el {workday}?",
    "Le ayudo con los papeles. Tráigalos el {workday}.",
    "Sigamos igual hasta el {workday} y vemos cómo le va.",
};
constexpr T kEsHard[] = {
    "Suena cansado. ¿Qué haría un poco más ligera la semana?",
    "Gracias por la respuesta sincera. Para eso está esto.",
    "Subidas y bajadas forman parte de esto. ¿Cómo fue hoy?",
    "Siento que pese tanto ahora. ¿Hablamos el {workday}?",
};
constexpr T kEsMove[] = {
    "Sí, podemos cambiarla. ¿Le viene bien el {workday}?",
    "Claro. Le ofrezco el {workday} por la tarde.",
};
constexpr T kEsDistressed[] = {
    "Gracias por decírnoslo. Suena muy duro. ¿Puedo llamarle esta tarde?",
    "No tiene que llevarlo a solas. Tengo tiempo mañana, o hablamos hoy.",
    "Es mucho a la vez. ¿Está a salvo ahora? Si no, use los números de Ayuda ahora.",
};
constexpr T kEsRisk[] = {
    "Gracias por contarlo, sé que cuesta. Le llamo ahora. Si no puede esperar, use los números de "
    "Ayuda ahora.",
    "Lo he leído y lo tomo en serio. Quédese con alguien hasta que hablemos; le llamo enseguida.",
};
constexpr T kPlGood[] = {
    "Miło to czytać. Co pomogło?",
    "Bardzo się cieszę. Proszę dalej to zapisywać, jeśli to pomaga.",
    "To się liczy, nawet jeśli wygląda na drobiazg.",
};
constexpr T kPlPlain[] = {
    "Dziękuję za wiadomość. Przeczytałam.",
    "Porozmawiamy o tym na spotkaniu, z tłumaczką.",
    "Pomogę z listem. Proszę go przynieść.",
};
constexpr T kPlHard[] = {
    "To brzmi męcząco. Co mogłoby choć trochę ulżyć w tym tygodniu?",
    "Dziękuję za szczerą odpowiedź. Po to tu jesteśmy.",
    "Raz lepiej, raz gorzej, to zwyczajne. Jak było dzisiaj?",
};
constexpr T kPlMove[] = {"Tak, możemy przełożyć spotkanie.",
                         "Oczywiście, przełożymy je na popołudnie."};
constexpr T kPlDistressed[] = {
    "Dziękuję, że Pani o tym napisała. Czy możemy dziś porozmawiać przez telefon z tłumaczką?",
    "To bardzo dużo naraz. Czy jest Pani teraz bezpieczna? Jeśli nie, proszę zadzwonić pod numery "
    "pomocy.",
};
constexpr T kPlRisk[] = {
    "Dziękuję, że Pani to powiedziała. Dzwonię teraz z tłumaczką. Jeśli nie może Pani czekać, "
    "proszę "
    "zadzwonić pod numery pomocy.",
};

constexpr T kActRisk[] = {
    "Called within the hour. We went through the safety plan; a friend stays with them tonight.",
    "Spoke by phone. Thoughts without intent today. Appointment moved to tomorrow morning.",
    "Reached them at the second try. Crisis team informed with their agreement.",
    "Home visit with a colleague the same day. Follow-up calls agreed for three days.",
    "Called. They asked for the earlier appointment themselves. Lines explained again.",
};
constexpr T kAcceptRisk[] = {
    "Right to flag. Already in contact with them today about the same thoughts.",
    "Discussed in session this morning; the safety plan is current. Agree with the finding.",
};
constexpr T kAct[] = {
    "Called them. Worn out, no thoughts of death. Earlier appointment given.",
    "Asked about sleep and food on the phone; agreed on two small steps and a call on Friday.",
    "Arranged a break from caring for the weekend with their family.",
    "Wrote back and phoned. Wants to talk more often for a while.",
};
constexpr T kAccept[] = {
    "Agree. Known hard week, next talk is tomorrow.",
    "Fits what we heard in session. Watching it.",
    "A hard day, and they wrote how they got through it. No change of plan.",
    "Right to show it. They have asked for time, we respect that and write on Monday.",
};
constexpr T kDismiss[] = {
    "A figure of speech, nothing else in the message points to risk.",
    "They were joking about the stairs; the rest of the week reads well.",
    "Idiom. Spoke with them yesterday and they were in good spirits.",
    "About a phone, not about a person.",
    "Misread by the model: they describe a film.",
    "A saying in their family, used often and lightly.",
};
struct Replies {
  Patterns good, plain, hard, move, distressed, risk;
};
constexpr Replies kEnglish{kEnGood, kEnPlain, kEnHard, kEnMove, kEnDistressed, kEnRisk};
constexpr Replies kSpanish{kEsGood, kEsPlain, kEsHard, kEsMove, kEsDistressed, kEsRisk};
constexpr Replies kPolish{kPlGood, kPlPlain, kPlHard, kPlMove, kPlDistressed, kPlRisk};
// NOLINTEND(bugprone-suspicious-missing-comma)
}  // namespace

Patterns staffReplies(std::string_view language, Reply reply) {
  const Replies& replies = language == "es" ? kSpanish : language == "pl" ? kPolish : kEnglish;
  switch (reply) {
    case Reply::good:
      return replies.good;
    case Reply::plain:
      return replies.plain;
    case Reply::hard:
      return replies.hard;
    case Reply::move:
      return replies.move;
    case Reply::distressed:
      return replies.distressed;
    case Reply::risk:
      return replies.risk;
  }
  return replies.plain;
}

Patterns staffReasons(std::string_view decision, bool risk) {
  if (decision == "dismiss") return kDismiss;
  if (decision == "act") return risk ? Patterns(kActRisk) : Patterns(kAct);
  return risk ? Patterns(kAcceptRisk) : Patterns(kAccept);
}

}  // namespace attune::clinic::tables
