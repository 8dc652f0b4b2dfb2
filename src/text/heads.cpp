#include "text/heads.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "base/problem.h"

namespace attune::text {
namespace {

using base::Problem;
namespace json = base::json;

static_assert(std::endian::native == std::endian::little, "heads.bin is little-endian");

constexpr std::string_view kMagic = "ATTUNEH1";

class Arrays {
 public:
  Arrays(const json::Object& index, std::string_view bytes) : index_(index), bytes_(bytes) {}

  template <class T>
  std::vector<T> read(const std::string& name) const {
    const json::Array* entry = json::array(index_, name);
    if (entry == nullptr || entry->size() != 2) {
      throw std::invalid_argument("array " + name + " is missing");
    }
    const auto offset = entry->at(0).to_number<std::size_t>();
    const auto count = entry->at(1).to_number<std::size_t>();
    if (offset > bytes_.size() || count > (bytes_.size() - offset) / sizeof(T)) {
      throw std::invalid_argument("array " + name + " lies outside the file");
    }
    std::vector<T> values(count);
    std::memcpy(values.data(), bytes_.data() + offset, count * sizeof(T));
    return values;
  }

 private:
  const json::Object& index_;
  std::string_view bytes_;
};

double numberOf(const json::Object& in, std::string_view key) {
  const auto value = json::number(in, key);
  if (!value) throw std::invalid_argument(std::string(key) + " is missing");
  return *value;
}

const json::Array& arrayOf(const json::Object& in, std::string_view key) {
  const json::Array* value = json::array(in, key);
  if (value == nullptr) throw std::invalid_argument(std::string(key) + " is missing");
  return *value;
}

}  // namespace

std::vector<float> Head::scores(const Dense& dense, std::span<const std::uint64_t> ngrams) const {
  const std::size_t k = columns();
  std::vector<float> result(bias_);
  for (std::size_t i = 0; i < Dense::kWidth; ++i) {
    const float x = dense.values[i];
    if (x == 0.0F) continue;
    const float* row = dense_.data() + i * k;
    for (std::size_t c = 0; c < k; ++c) result[c] += x * row[c];
  }
  if (vocabulary_.empty()) return result;

  std::unordered_map<std::uint32_t, std::pair<float, float>> counts;  // row -> count, idf
  for (const std::uint64_t hash : ngrams) {
    const auto found = vocabulary_.find(hash);
    if (found == vocabulary_.end()) continue;
    auto& [count, idf] = counts[found->second.row];
    count += 1;
    idf = found->second.idf;
  }
  float squares = 0;
  for (auto& [row, entry] : counts) {
    entry.first = (1 + std::log(entry.first)) * entry.second;
    squares += entry.first * entry.first;
  }
  if (squares == 0.0F) return result;
  const float norm = 1 / std::sqrt(squares);
  for (const auto& [row, entry] : counts) {
    const float* weights = ngrams_.data() + row * k;
    for (std::size_t c = 0; c < k; ++c) result[c] += norm * entry.first * weights[c];
  }
  return result;
}

Heads Heads::load(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Problem(Problem::Kind::configuration, "the weights can't be read", file.string());
  std::ostringstream content;
  content << in.rdbuf();
  const std::string bytes = content.str();
  try {
    std::uint32_t length = 0;
    if (bytes.size() < kMagic.size() + sizeof length || !bytes.starts_with(kMagic)) {
      throw std::invalid_argument("this is no file of heads");
    }
    std::memcpy(&length, bytes.data() + kMagic.size(), sizeof length);
    const std::size_t start = kMagic.size() + sizeof length;
    if (length > bytes.size() - start) throw std::invalid_argument("the file is cut short");
    const json::Value value = json::parse(std::string_view(bytes).substr(start, length));
    const json::Object& header = json::requireObject(value);
    const std::string_view payload = std::string_view(bytes).substr(start + length);
    std::ostringstream digest;
    digest << std::hex << hashOf(payload);
    if (std::string(16 - std::min<std::size_t>(16, digest.str().size()), '0') + digest.str() !=
        json::requireText(header, "digest")) {
      throw std::invalid_argument("the digest does not fit: the file is damaged");
    }

    const json::Object* index = json::object(header, "arrays");
    if (index == nullptr) throw std::invalid_argument("arrays are missing");
    const Arrays arrays(*index, payload);
    Heads heads;
    const auto fill = [&](Head& head, const std::string& name) {
      head.bias_ = arrays.read<float>(name + ".bias");
      head.dense_ = arrays.read<float>(name + ".dense");
      head.ngrams_ = arrays.read<float>(name + ".ngrams");
      const auto keys = arrays.read<std::uint64_t>(name + ".keys");
      const auto idf = arrays.read<float>(name + ".idf");
      if (head.dense_.size() != Dense::kWidth * head.columns() || idf.size() != keys.size() ||
          head.ngrams_.size() != keys.size() * head.columns()) {
        throw std::invalid_argument(name + "'s arrays do not fit each other");
      }
      head.vocabulary_.reserve(keys.size());
      for (std::uint32_t i = 0; i < keys.size(); ++i) head.vocabulary_[keys[i]] = {i, idf[i]};
    };
    fill(heads.stress, "stress");
    fill(heads.emotions, "emotions");
    fill(heads.risk, "risk");
    fill(heads.riskSentence, "riskSentence");
    const auto platt = [](const json::Value& pair) {
      return Platt{pair.at(0).to_number<double>(), pair.at(1).to_number<double>()};
    };
    heads.stressCalibration = platt(header.at("stressCalibration"));
    for (const json::Value& name : arrayOf(header, "emotionNames")) {
      heads.emotionNames.emplace_back(name.as_string());
    }
    for (const json::Value& pair : arrayOf(header, "emotionCalibration")) {
      heads.emotionCalibration.push_back(platt(pair));
    }
    const json::Array& combine = arrayOf(header, "riskCombine");
    for (std::size_t i = 0; i < heads.riskCombine.size(); ++i) {
      heads.riskCombine[i] = {combine.at(i).at(0).to_number<double>(),
                              combine.at(i).at(1).to_number<double>(),
                              combine.at(i).at(2).to_number<double>()};
    }
    heads.riskFloor = json::number(header, "riskFloor").value_or(0);
    heads.members = static_cast<std::size_t>(numberOf(header, "members"));
    heads.crisisThreshold = numberOf(header, "crisisThreshold");
    heads.embeddingScale = static_cast<float>(numberOf(header, "embeddingScale"));
    heads.digest = json::requireText(header, "digest").substr(0, 8);
    if (heads.emotions.columns() != heads.emotionNames.size() ||
        heads.emotionCalibration.size() != heads.emotionNames.size() ||
        heads.stress.columns() != 1 + heads.members ||
        heads.risk.columns() != 5 * (1 + heads.members) ||
        heads.riskSentence.columns() != heads.risk.columns()) {
      throw std::invalid_argument("the heads do not fit each other");
    }
    return heads;
  } catch (const std::exception& fault) {
    throw Problem(Problem::Kind::configuration, std::string("the weights: ") + fault.what(),
                  file.string());
  }
}

}  // namespace attune::text
