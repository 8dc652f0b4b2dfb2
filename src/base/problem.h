// The one error of Attune. Thrown inside a request or a command, turned once, at the edge, into
// problem+json, an OperationOutcome or a line on standard error. Absence is std::optional instead;
// findings and decisions are values.
//
//   throw Problem(Problem::Kind::invalid, "the text is empty; write something first", "/text");
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace attune::base {

class Problem : public std::runtime_error {
 public:
  enum class Kind {
    invalid,          // the caller sent something that can't be used (400)
    unauthenticated,  // nobody is signed in, or the sign-in has ended (401)
    forbidden,        // signed in, but not allowed and allowed to know that it exists (403)
    notFound,         // not there, or the caller may not know that it is (404)
    conflict,         // somebody else changed it first, or it has been used already (409)
    tooLarge,         // over a stated limit (413)
    rateLimited,      // too many, too fast; try later (429)
    unavailable,      // can't be served just now; try again (503)
    storage,          // the disk is full or can't be written: nothing was stored (507)
    configuration,    // the operator must change a setting or a file
    corrupt,          // stored data does not verify: tampering or a failing disk
    internal,         // a fault in Attune
  };

  // detail: a sentence a person can act on, without any client's words.
  // where: the place of the fault: a JSON pointer, "file:line", a setting's name; may be empty.
  Problem(Kind kind, std::string detail, std::string where = {});

  Kind kind() const { return kind_; }
  const std::string& detail() const { return detail_; }
  const std::string& where() const { return where_; }

 private:
  Kind kind_;
  std::string detail_;
  std::string where_;
};

// The kind as a stable machine-readable word, e.g. "not-found".
std::string_view name(Problem::Kind kind);

// The HTTP status that the kind maps to.
int httpStatus(Problem::Kind kind);

}  // namespace attune::base
