#include "clinic/demo_writer.h"

#include <algorithm>
#include <vector>

namespace attune::clinic {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
}
char upper(char c) {
  return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
}

std::string chosen(std::string_view pattern, Dice& dice) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size();) {
    const std::size_t end = pattern[i] == '[' ? pattern.find(']', i) : std::string_view::npos;
    if (end == std::string_view::npos) {
      out += pattern[i++];
      continue;
    }
    std::vector<std::string_view> choices;
    std::string_view rest = pattern.substr(i + 1, end - i - 1);
    for (std::size_t bar = rest.find('|'); bar != std::string_view::npos; bar = rest.find('|')) {
      choices.push_back(rest.substr(0, bar));
      rest.remove_prefix(bar + 1);
    }
    choices.push_back(rest);
    out += choices[dice.below(choices.size())];
    i = end + 1;
  }
  return out;
}

std::string blank(std::string_view name, const Person& person, Dice& dice) {
  const Facts& facts = person.facts;
  if (name == "friend") return facts.friendName;
  if (name == "partner") return facts.partner;
  if (name == "family") return facts.family;
  if (name == "boss") return facts.boss;
  if (name == "pet") return facts.pet;
  if (name == "town") return facts.town;
  if (name == "hobby") return facts.hobby;
  if (name == "food") return facts.food;
  if (name == "day") return std::string(weekday(person.language, dice.below(7)));
  if (name == "workday") return std::string(weekday(person.language, dice.below(5)));
  if (name == "hour") return std::string(numberWord(person.language, dice.between(2, 4)));
  if (name == "n") return std::string(numberWord(person.language, dice.between(2, 6)));
  return {};
}

Band bandFor(double severity, Dice& dice) {
  const double felt = severity + 0.22 * dice.noise();
  return felt < 0.38 ? Band::good : felt < 0.6 ? Band::plain : Band::hard;
}

void append(std::string& text, std::string_view more) {
  if (more.empty()) return;
  if (!text.empty()) text += ' ';
  text += more;
}

bool asksToMove(std::string_view pattern) {
  for (const std::string_view ask : {"move our talk", "cambiar la cita", "przełożyć"}) {
    if (pattern.find(ask) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

std::string expand(std::string_view pattern, const Person& person, Dice& dice) {
  const std::string text = chosen(pattern, dice);
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = text[i] == '{' ? text.find('}', i) : std::string::npos;
    if (end == std::string::npos) {
      out += text[i++];
      continue;
    }
    std::string value = blank(std::string_view(text).substr(i + 1, end - i - 1), person, dice);
    // "My manager" and "The cat" stand small inside a sentence.
    const bool named = value.find(' ') == std::string::npos;
    if (!out.empty() && !named &&
        (value.starts_with("My ") || value.starts_with("The ") || value.starts_with("La ") ||
         value.starts_with("Mi "))) {
      value[0] = lower(value[0]);
    }
    out += value;
    i = end + 1;
  }
  if (out.size() > 1) out[0] = upper(out[0]);
  return out;
}

std::string_view Writer::rarest(Patterns from) {
  const auto cost = [this](std::string_view pattern) {
    return used_[pattern.data()] + (inThis_.contains(pattern.data()) ? 1000 : 0);
  };
  std::string_view best = dice_.pick(from);
  for (int i = 0; i < 5; ++i) {
    const std::string_view other = dice_.pick(from);
    if (cost(other) < cost(best)) best = other;
  }
  ++used_[best.data()];
  inThis_.insert(best.data());
  return best;
}

std::string Writer::life(double severity) {
  const Band band = bandFor(severity, dice_);
  Patterns from = lifePatterns(person_.language, band);
  if (person_.language == "en") {
    const std::size_t throwOf = dice_.below(100);
    const Topic topic = throwOf < 38   ? person_.first
                        : throwOf < 58 ? person_.second
                                       : Topic::everyday;
    from = lifePatterns(topic, band);
  }
  const std::string_view pattern = rarest(from);
  if (asksToMove(pattern)) reply_ = Reply::move;
  if (reply_ != Reply::move) {
    const Reply asRead = band == Band::good    ? Reply::good
                         : band == Band::plain ? Reply::plain
                                               : Reply::hard;
    reply_ = std::max(reply_, asRead);
  }
  std::string text = expand(pattern, person_, dice_);
  const bool startsWithName =
      pattern.starts_with('{') || text.starts_with("I ") || text.starts_with("I'");
  if (!person_.voice.tics.empty() && dice_.chance(14)) {
    if (!startsWithName) text[0] = lower(text[0]);
    text = std::string(person_.voice.tics[dice_.below(person_.voice.tics.size())]) + text;
  }
  return text;
}

std::string Writer::compose(DemoIntent intent, double severity) {
  const Voice& voice = person_.voice;
  inThis_.clear();
  reply_ = Reply::good;
  std::string body;
  int sentences = std::clamp(voice.sentences + dice_.between(-1, 1), 1, 4);
  if (intent == DemoIntent::distressed || intent == DemoIntent::risk) {
    if (dice_.chance(50)) append(body, life(std::max(severity, 0.75)));
    append(body, expand(rarest(intent == DemoIntent::risk ? riskPatterns(person_.language)
                                                          : distressPatterns(person_.language)),
                        person_, dice_));
    sentences = dice_.between(0, 1);
    severity = std::max(severity, 0.75);
  } else if (intent == DemoIntent::idiom) {
    append(body, expand(rarest(idiomPatterns()), person_, dice_));
    severity = std::min(severity, 0.4);
    --sentences;
  }
  for (int i = 0; i < sentences; ++i) append(body, life(severity));

  const bool grave = intent == DemoIntent::distressed || intent == DemoIntent::risk;
  std::string text;
  if (dice_.chance(grave ? voice.openPercent / 2 : voice.openPercent)) {
    const std::string_view open = voice.opens[dice_.below(voice.opens.size())];
    text = expand(open, person_, dice_);
    // As in a letter: what follows a greeting begins its own line.
    if (open.ends_with(',')) {
      text += '\n' + body;
      body.clear();
    }
    if (open == "ok so" && !body.starts_with("I ") && !body.starts_with("I'")) {
      body[0] = lower(body[0]);
    }
  }
  append(text, body);
  if (dice_.chance(grave ? voice.closePercent / 3 : voice.closePercent)) {
    append(text, expand(voice.closes[dice_.below(voice.closes.size())], person_, dice_));
  }
  if (voice.dots) {
    for (std::size_t i = text.find(". "); i != std::string::npos; i = text.find(". ", i + 4)) {
      if (dice_.chance(60)) text.replace(i, 1, "...");
    }
  }
  if (voice.noLastStop && text.ends_with('.') && !text.ends_with("..")) text.pop_back();
  if (!grave && !voice.signs.empty() && dice_.chance(35)) {
    append(text, voice.signs[dice_.below(voice.signs.size())]);
  }
  if (grave) reply_ = intent == DemoIntent::risk ? Reply::risk : Reply::distressed;
  if (voice.lowerCase) std::ranges::transform(text, text.begin(), lower);
  return text;
}

std::string Writer::message(DemoIntent intent, double severity) {
  std::string text = compose(intent, severity);
  for (int i = 0; i < 60 && !said_.isNew(text); ++i) text = compose(intent, severity);
  said_.add(text);
  return text;
}

std::string staffReply(const Person& to, std::string_view staffGivenName, Reply reply, Said& said,
                       Dice& dice) {
  const std::string greeting = to.language == "es"   ? "Hola"
                               : to.language == "pl" ? "Dzień dobry"
                                                     : "Hello";
  std::string text;
  for (int i = 0; i < 60; ++i) {
    text = greeting;
    if (!to.givenName.empty()) text += (to.language == "pl" ? ", Pani " : " ") + to.givenName;
    text += ". ";
    Patterns from = replyPatterns(to.language, reply);
    const std::string_view first = dice.pick(from);
    text += expand(first, to, dice);
    if (reply <= Reply::hard && dice.chance(45)) {
      const std::string_view second = dice.pick(from);
      if (second != first) append(text, expand(second, to, dice));
    }
    append(text, staffGivenName);
    if (said.isNew(text)) {
      said.add(text);
      return text;
    }
  }
  return reply == Reply::risk ? text : std::string();
}

}  // namespace attune::clinic
