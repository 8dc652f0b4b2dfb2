// Reading content/ files with errors that an editor can act on: which file, where in it, what to
// do.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "companion/help.h"

namespace attune::companion {

// The languages every text of content/ is written in, sorted.
inline constexpr std::string_view kLanguages[] = {"en", "es"};
// The language that stands in for one that is not there.
inline constexpr std::string_view kFallbackLanguage = "en";

// The member of kLanguages that a BCP 47 tag asks for ("es-MX" is es), or kFallbackLanguage.
std::string_view languageFor(std::string_view tag);

// Throws Problem(configuration): "FILE: what is wrong; what to do", with where = "FILE#POINTER".
[[noreturn]] void contentProblem(std::string_view file, std::string_view pointer,
                                 std::string_view wrong, std::string_view remedy);

// A place in a parsed file: knows its JSON pointer, so that every complaint can name it. A view: it
// lives no longer than the value it was made from.
class Place {
 public:
  Place(std::string_view file, const base::json::Value& value, std::string pointer = {})
      : file_(file), value_(&value), pointer_(std::move(pointer)) {}

  const std::string& pointer() const { return pointer_; }
  [[noreturn]] void refuse(std::string_view wrong, std::string_view remedy) const;

  // The member; refuses when this is no object or has no such member.
  Place at(std::string_view key) const;
  // Absent when there is no such member; refuses when this is no object.
  std::optional<Place> find(std::string_view key) const;
  // The elements of an array; refuses anything else.
  std::vector<Place> elements() const;
  // The keys of an object, as they stand; refuses anything else.
  std::vector<std::string> keys() const;

  // A text of 1 to `limit` bytes without control characters other than line feed.
  std::string text(std::size_t limit = 2000) const;
  bool boolean() const;
  int whole(int least, int most) const;
  // A day that exists, as YYYY-MM-DD; gives its midnight in UTC.
  base::Instant day() const;
  // An object with a text in each of kLanguages and in no other language.
  std::map<std::string, std::string, std::less<>> words() const;

 private:
  std::string_view file_;
  const base::json::Value* value_;
  std::string pointer_;
};

// Parses a content file and checks its head: "file" is `expected`, author, licence, version and
// reviewedOn are there. Refuses a key that stands twice in one object, which JSON readers disagree
// about.
base::json::Value parseContent(const ContentFile& file, std::string_view expected);

}  // namespace attune::companion
