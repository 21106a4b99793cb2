#pragma once
// A position in a text, for the IR parsers. Spaces, line ends and "# comments" are skipped before
// every token. Errors are kInvalidArgument with line and column.

#include <string>
#include <string_view>

#include "core/base/error.h"

namespace temper::ir {

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  [[noreturn]] void error(std::string_view message) const;
  bool at_end();
  bool peek(std::string_view token);
  bool eat(std::string_view token);  // advances when the token is next
  void expect(std::string_view token);
  // Letters, digits, '_', '.', '$' and ':' pairs; empty when none is next.
  std::string_view word();
  std::string_view expect_word(std::string_view what);
  // The same without skipping space first.
  std::string_view word_here();
  // A number: sign, digits, dot, exponent, inf or nan.
  std::string_view number();
  bool at_number();
  std::string_view rest();
  void advance(size_t bytes) { position_ += bytes; }
  size_t position() const { return position_; }
  void set_position(size_t position) { position_ = position; }

 private:
  void skip();
  std::string_view text_;
  size_t position_ = 0;
};

// Bounds the recursion of a parser: hostile texts nest deeply.
class DepthGuard {
 public:
  DepthGuard(const Cursor& cursor, int* depth) : depth_(depth) {
    if (++*depth_ > kMaxDepth) {
      --*depth_;
      cursor.error("nests too deeply");
    }
  }
  ~DepthGuard() { --*depth_; }
  static constexpr int kMaxDepth = 200;

 private:
  int* depth_;
};

}  // namespace temper::ir
