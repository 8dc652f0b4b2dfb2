// The web app out of the binary, as HTTP answers.
#pragma once

#include <optional>

#include "net/http.h"

namespace attune::app {

// The file for a GET or HEAD: compressed as the browser accepts it, 304 where it has it already.
// A path without a dot that is no file is a page of the app: index.html. Absent otherwise.
std::optional<net::Response> webFile(const net::Request& request);

}  // namespace attune::app
