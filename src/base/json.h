// JSON with exact numbers. Boost.JSON 1.81 parses one 17-digit double in five an ulp off and prints
// 1.5 as 1.5E0; these two functions don't. Use them instead of boost::json::parse and serialize.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/problem.h"

namespace attune::base::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;

// Parses one JSON text (RFC 8259). Throws Problem(invalid) that names the byte offset; so it does
// for ill-formed UTF-8, nesting deeper than 64 and anything after the value.
Value parse(std::string_view text);

// Shortest form that reads back as the same value; no white space; keys in their order.
std::string write(const Value& value);

// Members of an object, absent if missing, null or of another type.
std::optional<std::string_view> text(const Object& object, std::string_view key);
std::optional<bool> boolean(const Object& object, std::string_view key);
std::optional<double> number(const Object& object, std::string_view key);
const Object* object(const Object& object, std::string_view key);
const Array* array(const Object& object, std::string_view key);

// Throws Problem(invalid) with where = "/key" when the member is missing or of another type.
std::string_view requireText(const Object& object, std::string_view key);
// Throws Problem(invalid) when the value is not an object.
const Object& requireObject(const Value& value);

}  // namespace attune::base::json
