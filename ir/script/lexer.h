#pragma once
// Bytes of a source file -> tokens, with the indentation made explicit.

#include <memory>
#include <string_view>
#include <vector>

#include "ir/script/source.h"

namespace temper::ir {

enum class TokenKind : uint8_t {
  kEnd,
  kNewline,
  kIndent,
  kDedent,
  kName,
  kNumber,
  kString,
  kKeyword,      // "if", "is not"...
  kPunctuation,  // "+=", "(", "->"...
  kTypeComment,  // "# type:"
};

struct Token {
  TokenKind kind;
  uint32_t begin;
  uint32_t end;
  std::string_view text;  // of the source; "is not" and "not in" are one token

  bool is(std::string_view expected) const {
    return (kind == TokenKind::kKeyword || kind == TokenKind::kPunctuation) && text == expected;
  }
};

// Throws kInvalidArgument with a highlighted line. The last token is kEnd.
std::vector<Token> tokenize(const std::shared_ptr<const SourceText>& text);

}  // namespace temper::ir
