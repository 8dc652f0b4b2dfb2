#include "text/language.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <unordered_map>

namespace attune::text {
namespace {

struct Profile {
  std::string_view code;
  std::string_view words;  // common words without apostrophes, each between spaces
};

// Common words of each language, function words first, then words people in distress use; words
// that are common in English too are left out of the others. Written for Attune.
constexpr std::array kProfiles = {
    Profile{
        "en",
        " the and to of a in is it you that was for on are with as i his they be at have this from "
        "or had by but not what all were we when your can said there use an each which she do how "
        "their if will up other about out many then them these so some her would make like him "
        "into time has look more go see no way could people my than been who its now find long "
        "down day did get come made may im dont cant ive its didnt youre me just really feel want "
        "know think because am very never anymore need help please thanks thank good ok okay yes "
        "hello hi why where being going should any even much still too only well back after again "
        "life everything nothing anything myself people things thing got lol hey sorry tired sad "
        "alone hate love kill die "},
    Profile{
        "es",
        " que de la el los las un una y es en por para con se su lo como pero sus le ya o fue este "
        "muy sin sobre mi me yo te tu si porque esta entre cuando todo esta ser son dos era muy "
        "hasta hay donde quien desde nos durante uno ni contra ese eso mi qué estoy quiero vivir "
        "morir no más mas nada nadie siento triste vida estás está ayuda gracias hola bueno bien "
        "mal tengo puedo hacer siempre nunca también solo sola matarme ganas miedo "},
    Profile{
        "fr",
        " de la le et les des en un une du dans est que pour qui sur pas plus par je il elle nous "
        "vous ne se ce cette au aux avec sont mais ou où comme tout mon ma mes ses son leur ça "
        "suis ai jai nai cest nest quil être avoir fait très bien rien veux mourir vivre vie "
        "jamais merci bonjour peur seul seule triste peux moi toi "},
    Profile{
        "de",
        " der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es "
        "an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen "
        "so zum kann nur ich mich mir du dich wir ihr sein haben habe bin war aber wenn kein keine "
        "mehr leben sterben will nichts niemand immer traurig danke hallo gut angst schon alles "},
    Profile{
        "pt",
        " de que o e do da em um para é com não uma os no se na por mais as dos como mas foi ao "
        "ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso "
        "ela entre era depois sem mesmo aos ter seus quem nas me esse eles estão você tinha foram "
        "meu minha estou quero morrer viver nada ninguém vida triste obrigado obrigada sinto medo "
        "sozinho sozinha "},
    Profile{"it",
            " di e il la che è per un in del con non si una sono da le dei nel al alla come più ma "
            "anche della ha lo se mi io ci ho questo questa gli ne suo sua cosa tutto molto voglio "
            "morire vivere vita niente nessuno mai sempre grazie ciao sto solo sola triste perché "
            "quando dove chi hai sei era essere fare bene male paura "},
    Profile{
        "nl",
        " de het een en van ik te dat die in is niet zijn op aan met als voor had er maar om hem "
        "dan zou of wat mijn men dit zo door over ze zich bij ook tot je mij uit der daar haar "
        "naar heb hoe heeft hebben deze u want nog zal me zij nu ge geen omdat iets worden toch "
        "al waren veel meer doen toen moet ben zonder kan hun dus alles onder ja wil dood leven "
        "niets niemand bang verdrietig alleen nooit bedankt hallo goed "},
    Profile{
        "pl",
        " w i na z do się nie to że jest o jak a po za od przez co już dla ale czy tak być był "
        "była są go tym tego mnie mi ja ty on ona jestem mam chcę chce żyć umrzeć nic nikt nigdy "
        "zawsze życie smutno smutny smutna sam sama dziękuję cześć dobrze źle boję bardzo tylko "
        "jeszcze może kiedy gdy wszystko bez ich jego jej nas nam więcej mogę muszę "},
    Profile{
        "sv",
        " och i att det som en på är av för med den till inte har de ett om jag men vi var så kan "
        "man hon han sig från eller nu vad mig dig min mitt ska vill dö leva livet inget ingen "
        "aldrig alltid ledsen ensam tack hej bra mycket "},
    Profile{
        "tr",
        " bir ve bu için ne çok ama da de mi ben sen o ile gibi daha var yok değil olarak kadar "
        "sonra her şey istiyorum ölmek yaşamak hayat hiç kimse üzgün yalnız teşekkürler merhaba "
        "iyi kötü artık bana beni "},
    Profile{
        "ro",
        " și în de la cu nu este un o pe să că din mai pentru ce sunt care am fost dar lui ei îi "
        "eu mă mi viață vreau să mor trăiesc nimic nimeni niciodată trist singur mulțumesc foarte "
        "si sa ca nu mai fi ai are "},
    Profile{
        "id",
        " yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya aku kamu ke "
        "karena ada sudah mereka kita bisa ingin mati hidup sedih sendiri terima kasih tidak lagi "
        "bagaimana apa "},
    Profile{
        "cs",
        " a v se na je že to s z do o k i jsem si jako ale za po jsou pro od už mě mi ty on co tak "
        "být nebo když jen chci umřít žít nic nikdo nikdy smutný sám děkuji ahoj velmi moje "},
    Profile{"vi",
            " và của là không tôi có được người một cho trong với này đã các những khi để rất "
            "muốn chết sống buồn mình "},
};

constexpr std::uint32_t kDominant = 2;  // one letter in so many makes a script the text's own

std::string ofScript(UScriptCode script, const Document& document) {
  const auto holds = [&](std::string_view letters) {
    return document.clean.text.find(letters) != std::string::npos;
  };
  switch (script) {
    case USCRIPT_CYRILLIC:
      return holds("і") || holds("ї") || holds("є") ? "uk" : "ru";
    case USCRIPT_ARABIC:
      return holds("پ") || holds("چ") || holds("گ") ? (holds("ے") || holds("ٹ") ? "ur" : "fa")
                                                    : "ar";
    case USCRIPT_HAN:
      return "zh";
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
      return "ja";
    case USCRIPT_HANGUL:
      return "ko";
    case USCRIPT_HEBREW:
      return "he";
    case USCRIPT_GREEK:
      return "el";
    case USCRIPT_DEVANAGARI:
      return "hi";
    case USCRIPT_BENGALI:
      return "bn";
    case USCRIPT_TAMIL:
      return "ta";
    case USCRIPT_THAI:
      return "th";
    default:
      return "und";
  }
}

// Words of one profile in a hash set built once; the data is constant, so is the set.
using WordTable = std::unordered_multimap<std::string_view, std::size_t>;

WordTable tableOfWords() {
  WordTable table;
  for (std::size_t i = 0; i < kProfiles.size(); ++i) {
    std::string_view rest = kProfiles[i].words;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      const std::string_view word = rest.substr(0, end);
      const auto [from, to] = table.equal_range(word);
      const bool known =
          std::any_of(from, to, [&](const auto& entry) { return entry.second == i; });
      if (!word.empty() && !known) table.emplace(word, i);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return table;
}

}  // namespace

Language languageOf(const Document& document, const inference::SentencePiece& common) {
  static const WordTable table = tableOfWords();
  constexpr std::size_t kEnough = 4000;  // words that settle it

  std::map<UScriptCode, std::uint32_t> letters;
  std::uint32_t total = 0;
  std::array<std::uint32_t, kProfiles.size()> hits{};
  std::uint32_t words = 0;
  std::uint32_t commonWords = 0;
  for (std::size_t t = 0; t < std::min(document.tokens.size(), kEnough); ++t) {
    const Token& token = document.tokens[t];
    if (!token.word) continue;
    ++words;
    const auto [from, to] = table.equal_range(token.text);
    for (auto entry = from; entry != to; ++entry) ++hits[entry->second];
    if (token.text.size() > 1 && common.isCommonWord(token.text)) ++commonWords;
    for (std::size_t i = 0; i < token.text.size();) {
      const auto [code, next] = codePointAt(token.text, i);
      i = next;
      if (u_isalpha(code) == 0) continue;
      UErrorCode error = U_ZERO_ERROR;
      const UScriptCode script = code < 0x80 ? USCRIPT_LATIN : uscript_getScript(code, &error);
      ++letters[script];
      ++total;
    }
  }
  if (total == 0) return {"und", true};

  // Japanese is written with Chinese characters too; its own letters tell it.
  const std::uint32_t kana = letters[USCRIPT_HIRAGANA] + letters[USCRIPT_KATAKANA];
  if (kana > 0 && kDominant * (kana + letters[USCRIPT_HAN]) > total) return {"ja", false};
  for (const auto& [script, count] : letters) {
    if (script != USCRIPT_LATIN && kDominant * count > total) {
      return {ofScript(script, document), false};
    }
  }

  const std::uint32_t english = hits[0];
  const auto best = std::max_element(hits.begin() + 1, hits.end());
  const bool foreign = *best >= 2 && *best > english + english / 2;
  if (foreign) return {std::string(kProfiles[best - hits.begin()].code), false};
  if (english > 0 || 2 * commonWords >= words) return {"en", true};
  // Nothing known in it at all: a few words may be names or slips, a whole text is a language that
  // is not among these.
  constexpr std::uint32_t kFewWords = 4;
  return {"und", words < kFewWords || 4 * commonWords >= words};
}

}  // namespace attune::text
