// One request on its way through a handler.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "api/services.h"
#include "base/json.h"

namespace attune::api {

struct Call {
  const net::Request& request;
  std::map<std::string, std::string, std::less<>> path;  // {id} and the like
  std::optional<trust::Account> account;                 // who is signed in
  std::string session;                                   // their token

  // The signed-in account as an actor. Throws Problem(unauthenticated) if nobody is.
  trust::Actor actor() const;
  const trust::Account& signedIn() const;

  // The body as a JSON object. Throws Problem(invalid).
  base::json::Object body() const;
  // A query parameter as a whole number within bounds, or `otherwise` if absent. Throws
  // Problem(invalid).
  int number(const std::string& name, int otherwise, int low, int high) const;
  // A path parameter that must look like an id: anything else is Problem(notFound).
  std::string id(std::string_view name = "id") const;
};

net::Response json(const base::json::Value& value, int status = 200);
net::Response noContent();

// The one place where a Problem becomes an answer: application/problem+json.
net::Response problemResponse(const base::Problem& problem);
// The same for an error that has no Problem behind it.
std::string problemBody(int status, std::string_view type, std::string_view detail,
                        std::string_view where = {});

}  // namespace attune::api
