#include "text/evidence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string_view>

namespace attune::text {
namespace {

constexpr double kLeast = 0.01;          // a weight under it explains nothing
constexpr std::size_t kCandidates = 24;  // sentences tried, the gravest first
constexpr std::size_t kHuge = 1000;      // sentences from which only a few are tried
constexpr std::size_t kPerClaim = 3;     // sentences told
constexpr std::size_t kWords = 8;        // words or phrases tried within the strongest sentence

// Words that carry no claim of their own; leaving one out explains nothing.
constexpr std::string_view kSmall =
    " a an the and or but if so to of in on at by for from with as is am are was were be been it "
    "its "
    "that this these those there here then than too very just also i im me my we you your he she "
    "they them his her their do did does have has had will would can could should not up out ";

bool isSmall(const std::string& word) {
  return word.size() < 2 || kSmall.find(" " + word + " ") != std::string_view::npos;
}

class Explainer {
 public:
  Explainer(const Document& document, const TextFeatures& features, const Claims& claims,
            const Claimant& claimant)
      : document_(document), features_(features), claims_(claims), claimant_(claimant) {}

  // The probability that a claim is about.
  double valueOf(const Claims& claims, Wanted kind, std::size_t number) const {
    if (kind == Wanted::stress) return claims.stress;
    if (kind == Wanted::emotions) return claims.emotions[number];
    return claims.risk[number];
  }

  // Tells the sentences without which the claim is weaker; returns the strongest, or none.
  std::size_t sentences(Wanted kind, std::size_t number, const std::string& about) {
    const double whole = valueOf(claims_, kind, number);
    std::vector<std::pair<double, std::size_t>> weights;
    for (const std::size_t i : candidates(kind)) {
      const std::array<std::size_t, 1> left{i};
      const double drop = whole - valueOf(claimant_.without(left, kind), kind, number);
      if (std::abs(drop) >= kLeast) weights.emplace_back(drop, i);
    }
    std::stable_sort(weights.begin(), weights.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    if (weights.size() > kPerClaim) weights.resize(kPerClaim);
    for (const auto& [weight, i] : weights) {
      const Sentence& sentence = document_.sentences[i];
      tell(sentence.start, sentence.end, weight, about);
    }
    return weights.empty() || weights[0].first <= 0 ? document_.sentences.size()
                                                    : weights[0].second;
  }

  void words(std::size_t at, std::size_t number, const std::string& about,
             const inference::Encoder& encoder, const Phrases& phrases) {
    const Sentence& sentence = document_.sentences[at];
    std::vector<std::pair<std::uint32_t, std::uint32_t>> spans;  // of tokens
    for (const PhraseMatch& match : features_.matches) {
      if (match.sentence != at) continue;
      if (match.endToken - match.firstToken >= sentence.words) continue;
      spans.emplace_back(match.firstToken, match.endToken);
    }
    // Longer phrases first; one that lies within another says nothing new.
    std::stable_sort(spans.begin(), spans.end(), [](const auto& a, const auto& b) {
      return a.second - a.first > b.second - b.first;
    });
    std::vector<std::pair<std::uint32_t, std::uint32_t>> tried;
    const auto isNew = [&](const auto& span) {
      return std::none_of(tried.begin(), tried.end(), [&](const auto& other) {
        return span.first < other.second && other.first < span.second;
      });
    };
    for (const auto& span : spans) {
      if (tried.size() < kWords && isNew(span)) tried.push_back(span);
    }
    for (std::uint32_t i = sentence.firstToken; i < sentence.endToken; ++i) {
      const std::pair<std::uint32_t, std::uint32_t> span(i, i + 1);
      if (tried.size() >= kWords) break;
      if (document_.tokens[i].word && !isSmall(document_.tokens[i].text) && isNew(span)) {
        tried.push_back(span);
      }
    }
    if (tried.empty() || sentence.words < 2) return;

    const std::string_view text = document_.textOf(sentence);
    std::vector<std::string> shorter;
    for (const auto& [first, end] : tried) {
      const std::size_t from = document_.tokens[first].start - sentence.start;
      const std::size_t to = document_.tokens[end - 1].end - sentence.start;
      shorter.push_back(std::string(text.substr(0, from)) + std::string(text.substr(to)));
    }
    std::vector<Document> documents;
    std::vector<std::string_view> views;
    for (const std::string& s : shorter) {
      documents.push_back(cut(s));
      views.push_back(documents.back().clean.text);
    }
    const std::vector<float> vectors = encodeWhole(views, encoder);
    const double whole = valueOf(claims_, Wanted::risk, number);
    for (std::size_t v = 0; v < tried.size(); ++v) {
      SentenceFeatures other;
      other.weight = features_.sentences[at].weight;
      const std::vector<PhraseMatch> matches = phrases.find(documents[v]);
      for (std::uint32_t s = 0; s < documents[v].sentences.size(); ++s) {
        other.phrases.add(phrases.features(documents[v], matches, s));
        const auto more = ngramsOf(documents[v], documents[v].sentences[s]);
        other.ngrams.insert(other.ngrams.end(), more.begin(), more.end());
      }
      constexpr std::size_t kWidth = inference::Encoder::kWidth;
      const Claims changed =
          claimant_.with(at, other, std::span(vectors).subspan(v * kWidth, kWidth), Wanted::risk);
      const double drop = whole - changed.risk[number];
      if (std::abs(drop) < kLeast) continue;
      tell(document_.tokens[tried[v].first].start, document_.tokens[tried[v].second - 1].end, drop,
           about);
    }
  }

  std::vector<Evidence> take() {
    std::stable_sort(evidence_.begin(), evidence_.end(), [](const Evidence& a, const Evidence& b) {
      return std::abs(a.weight) > std::abs(b.weight);
    });
    return std::move(evidence_);
  }

 private:
  std::vector<std::size_t> candidates(Wanted kind) const {
    if (document_.sentences.size() <= kCandidates) {
      std::vector<std::size_t> all(document_.sentences.size());
      std::iota(all.begin(), all.end(), std::size_t{0});
      return all;
    }
    std::vector<std::size_t> some = claimant_.gravest();
    if (kind != Wanted::risk) {
      // The longest sentences bear most on the mean.
      std::stable_sort(some.begin(), some.end(), [&](std::size_t a, std::size_t b) {
        return features_.sentences[a].weight > features_.sentences[b].weight;
      });
    }
    some.resize(document_.sentences.size() < kHuge ? kCandidates : kPerClaim);
    return some;
  }

  void tell(std::size_t start, std::size_t end, double weight, const std::string& about) {
    if (end <= start) return;
    const auto [from, to] = document_.clean.given(start, end);
    evidence_.push_back({from, to, weight, about});
  }

  const Document& document_;
  const TextFeatures& features_;
  const Claims& claims_;
  const Claimant& claimant_;
  std::vector<Evidence> evidence_;
};

}  // namespace

std::vector<Evidence> evidenceFor(const EvidenceWanted& wanted, const Document& document,
                                  const TextFeatures& features, const Claims& claims,
                                  const Claimant& claimant, const Heads& heads,
                                  const inference::Encoder& encoder, const Phrases& phrases) {
  Explainer explainer(document, features, claims, claimant);
  if (wanted.risk) {
    // What is told is what moves P(ideation or worse) when that is the claim, else P(indicator).
    const std::size_t number = claims.risk[1] >= heads.crisisThreshold ? 1 : 0;
    const std::size_t strongest = explainer.sentences(Wanted::risk, number, "risk");
    if (strongest < document.sentences.size()) {
      explainer.words(strongest, number, "risk", encoder, phrases);
    }
  }
  if (wanted.stress) explainer.sentences(Wanted::stress, 0, "stress");
  for (const std::size_t emotion : wanted.emotions) {
    explainer.sentences(Wanted::emotions, emotion, heads.emotionNames[emotion]);
  }
  return explainer.take();
}

}  // namespace attune::text
