#include "clinic/demo_sentences.h"

#include "clinic/demo_sentences_tables.h"

namespace attune::clinic {

Patterns lifePatterns(Topic topic, Band band) {
  const auto t = std::size_t(topic);
  const auto b = std::size_t(band);
  const std::size_t first = tables::firstTopics().size();
  return t < first ? tables::firstTopics()[t][b] : tables::otherTopics()[t - first][b];
}

Patterns lifePatterns(std::string_view language, Band band) {
  const auto b = std::size_t(band);
  if (language == "es") return tables::lifeEs()[b];
  if (language == "pl") return tables::lifePl()[b];
  return lifePatterns(Topic::everyday, band);
}

Patterns idiomPatterns() {
  return tables::idioms();
}

Patterns distressPatterns(std::string_view language) {
  if (language == "es") return tables::spanish().distress;
  if (language == "pl") return tables::polish().distress;
  return tables::distressEn();
}

Patterns riskPatterns(std::string_view language) {
  if (language == "es") return tables::spanish().risk;
  if (language == "pl") return tables::polish().risk;
  return tables::riskEn();
}

Patterns openings(std::string_view language) {
  if (language == "es") return tables::spanish().openings;
  if (language == "pl") return tables::polish().openings;
  return tables::openingsEn();
}

Patterns closings(std::string_view language) {
  if (language == "es") return tables::spanish().closings;
  if (language == "pl") return tables::polish().closings;
  return tables::closingsEn();
}

Patterns replyPatterns(std::string_view language, Reply reply) {
  return tables::staffReplies(language, reply);
}

Patterns reasonPatterns(std::string_view decision, bool risk) {
  return tables::staffReasons(decision, risk);
}

std::size_t patternCount() {
  std::size_t count = idiomPatterns().size();
  for (const Band band : {Band::good, Band::plain, Band::hard}) {
    for (std::size_t topic = 0; topic < kTopics; ++topic) {
      count += lifePatterns(Topic(topic), band).size();
    }
    count += lifePatterns("es", band).size() + lifePatterns("pl", band).size();
  }
  for (const std::string_view language : {"en", "es", "pl"}) {
    count += distressPatterns(language).size() + riskPatterns(language).size();
  }
  return count;
}

}  // namespace attune::clinic
