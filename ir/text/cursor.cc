#include "ir/text/cursor.h"

#include <algorithm>

namespace temper::ir {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

}  // namespace

void Cursor::error(std::string_view message) const {
  const size_t at = std::min(position_, text_.size());
  const std::string_view before = text_.substr(0, at);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const std::string_view near = text_.substr(at, std::min<size_t>(20, text_.size() - at));
  fail("IR text, line ", line, ", column ", at - start, ": ", message, " (near '",
       near.substr(0, near.find('\n')), "')");
}

void Cursor::skip() {
  while (position_ < text_.size()) {
    const char c = text_[position_];
    if (c == '#') {
      position_ = std::min(text_.find('\n', position_), text_.size());
    } else if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      ++position_;
    } else {
      return;
    }
  }
}

bool Cursor::at_end() {
  skip();
  return position_ == text_.size();
}

std::string_view Cursor::rest() {
  skip();
  return text_.substr(position_);
}

bool Cursor::peek(std::string_view token) { return rest().substr(0, token.size()) == token; }

bool Cursor::eat(std::string_view token) {
  if (!peek(token)) return false;
  position_ += token.size();
  return true;
}

void Cursor::expect(std::string_view token) {
  if (!eat(token)) error(str_cat("expected '", token, "'"));
}

std::string_view Cursor::word() {
  skip();
  return word_here();
}

std::string_view Cursor::word_here() {
  const size_t start = position_;
  while (position_ < text_.size()) {
    const char c = text_[position_];
    if (is_letter(c) || is_digit(c) || c == '.' || c == '$') {
      ++position_;
    } else if (text_.substr(position_, 2) == "::") {
      position_ += 2;
    } else {
      break;
    }
  }
  return text_.substr(start, position_ - start);
}

std::string_view Cursor::expect_word(std::string_view what) {
  const std::string_view found = word();
  if (found.empty()) error(str_cat("expected ", what));
  return found;
}

bool Cursor::at_number() {
  std::string_view text = rest();
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return !text.empty() && (is_digit(text[0]) || text[0] == '.' || text.substr(0, 3) == "inf" ||
                           text.substr(0, 3) == "nan");
}

std::string_view Cursor::number() {
  if (!at_number()) error("expected a number");
  const size_t start = position_;
  if (text_[position_] == '-' || text_[position_] == '+') ++position_;
  if (text_.substr(position_, 3) == "inf" || text_.substr(position_, 3) == "nan") {
    position_ += 3;
    return text_.substr(start, position_ - start);
  }
  while (position_ < text_.size()) {
    const char c = text_[position_];
    const bool exponent = c == 'e' && position_ + 1 < text_.size();
    if (exponent) {
      const char next = text_[position_ + 1];
      if (!is_digit(next) && next != '-' && next != '+') break;
      position_ += 2;
    } else if (is_digit(c) || c == '.') {
      ++position_;
    } else {
      break;
    }
  }
  return text_.substr(start, position_ - start);
}

}  // namespace temper::ir
