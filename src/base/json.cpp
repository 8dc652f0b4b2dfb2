#include "base/json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <charconv>
#include <cmath>

#include "base/bytes.h"

namespace attune::base::json {

namespace bj = boost::json;

namespace {

// Feeds Boost's value stack, but reads doubles from their text with std::from_chars.
struct ExactHandler {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  bj::value_stack stack;
  std::string digits;

  bool on_document_begin(bj::error_code&) { return true; }
  bool on_document_end(bj::error_code&) { return true; }
  bool on_object_begin(bj::error_code&) { return true; }
  bool on_object_end(std::size_t n, bj::error_code&) {
    stack.push_object(n);
    return true;
  }
  bool on_array_begin(bj::error_code&) { return true; }
  bool on_array_end(std::size_t n, bj::error_code&) {
    stack.push_array(n);
    return true;
  }
  bool on_key_part(bj::string_view s, std::size_t, bj::error_code&) {
    stack.push_chars(s);
    return true;
  }
  bool on_key(bj::string_view s, std::size_t, bj::error_code&) {
    stack.push_key(s);
    return true;
  }
  bool on_string_part(bj::string_view s, std::size_t, bj::error_code&) {
    stack.push_chars(s);
    return true;
  }
  bool on_string(bj::string_view s, std::size_t, bj::error_code&) {
    stack.push_string(s);
    return true;
  }
  bool on_number_part(bj::string_view s, bj::error_code&) {
    digits.append(s.data(), s.size());
    return true;
  }
  bool on_int64(std::int64_t i, bj::string_view, bj::error_code&) {
    digits.clear();
    stack.push_int64(i);
    return true;
  }
  bool on_uint64(std::uint64_t u, bj::string_view, bj::error_code&) {
    digits.clear();
    stack.push_uint64(u);
    return true;
  }
  bool on_double(double approximate, bj::string_view s, bj::error_code&) {
    digits.append(s.data(), s.size());
    double exact = approximate;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), exact);
    stack.push_double(result.ec == std::errc{} ? exact : approximate);
    digits.clear();
    return true;
  }
  bool on_bool(bool b, bj::error_code&) {
    stack.push_bool(b);
    return true;
  }
  bool on_null(bj::error_code&) {
    stack.push_null();
    return true;
  }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }
};

void writeString(std::string_view s, std::string& out) {
  out += '"';
  for (const char c : s) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          constexpr std::string_view hex = "0123456789abcdef";
          out += "\\u00";
          out += hex[static_cast<unsigned char>(c) >> 4];
          out += hex[static_cast<unsigned char>(c) & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

template <class Number>
void writeNumber(Number number, std::string& out) {
  char buffer[32];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, number);
  out.append(buffer, result.ptr);
}

void writeValue(const Value& value, std::string& out) {
  switch (value.kind()) {
    case bj::kind::null:
      out += "null";
      break;
    case bj::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      break;
    case bj::kind::int64:
      writeNumber(value.get_int64(), out);
      break;
    case bj::kind::uint64:
      writeNumber(value.get_uint64(), out);
      break;
    case bj::kind::double_:
      // JSON has no infinity and no NaN; null is what readers expect in their place.
      if (std::isfinite(value.get_double())) {
        writeNumber(value.get_double(), out);
      } else {
        out += "null";
      }
      break;
    case bj::kind::string:
      writeString(value.get_string(), out);
      break;
    case bj::kind::array: {
      out += '[';
      bool first = true;
      for (const Value& item : value.get_array()) {
        if (!first) out += ',';
        first = false;
        writeValue(item, out);
      }
      out += ']';
      break;
    }
    case bj::kind::object: {
      out += '{';
      bool first = true;
      for (const auto& member : value.get_object()) {
        if (!first) out += ',';
        first = false;
        writeString(member.key(), out);
        out += ':';
        writeValue(member.value(), out);
      }
      out += '}';
      break;
    }
  }
}

[[noreturn]] void throwAt(std::size_t offset, const std::string& what) {
  throw Problem(Problem::Kind::invalid,
                "not valid JSON at byte " + std::to_string(offset) + ": " + what);
}

}  // namespace

Value parse(std::string_view text) {
  if (!isUtf8(text)) throw Problem(Problem::Kind::invalid, "the JSON text is not valid UTF-8");
  bj::parse_options options;
  options.max_depth = 64;
  bj::basic_parser<ExactHandler> parser(options);
  parser.handler().stack.reset(bj::storage_ptr{});
  bj::error_code error;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
  if (error) throwAt(used, error.message());
  const std::string_view rest = text.substr(used);
  if (rest.find_first_not_of(" \t\r\n") != std::string_view::npos) {
    throwAt(used, "something follows the value");
  }
  return parser.handler().stack.release();
}

std::string write(const Value& value) {
  std::string out;
  writeValue(value, out);
  return out;
}

std::optional<std::string_view> text(const Object& object, std::string_view key) {
  const Value* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string_view(value->get_string());
}

std::optional<bool> boolean(const Object& object, std::string_view key) {
  const Value* value = object.if_contains(key);
  if (value == nullptr || !value->is_bool()) return std::nullopt;
  return value->get_bool();
}

std::optional<double> number(const Object& object, std::string_view key) {
  const Value* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

const Object* object(const Object& object, std::string_view key) {
  const Value* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

const Array* array(const Object& object, std::string_view key) {
  const Value* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_array();
}

std::string_view requireText(const Object& object, std::string_view key) {
  const auto value = text(object, key);
  if (!value) {
    throw Problem(Problem::Kind::invalid, "this member must be there and be a string",
                  "/" + std::string(key));
  }
  return *value;
}

const Object& requireObject(const Value& value) {
  if (!value.is_object()) throw Problem(Problem::Kind::invalid, "a JSON object is expected here");
  return value.get_object();
}

}  // namespace attune::base::json
