#pragma once
// Reading JSON of strangers.

#include <nlohmann/json.hpp>
#include <string_view>

#include "core/base/error.h"

namespace temper {

// Throws Error when the text is no JSON, or nests deeper than any request needs.
inline nlohmann::json parse_json(std::string_view text) {
  static constexpr int kMaxDepth = 100;
  const auto limit = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    if (depth > kMaxDepth) fail("the JSON nests deeper than ", kMaxDepth, " levels");
    return true;
  };
  try {
    return nlohmann::json::parse(text.begin(), text.end(), limit);
  } catch (const nlohmann::json::exception& error) {
    // The message quotes the body, however long the piece is that it tripped over.
    fail("the body is no JSON: ", std::string_view(error.what()).substr(0, 300));
  }
}

}  // namespace temper
