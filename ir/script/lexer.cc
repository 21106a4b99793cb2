#include "ir/script/lexer.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "ir/script/diagnostics.h"

namespace temper::ir {
namespace {

constexpr size_t kMaxIndents = 200;
// Bounds the memory of a tree: programs that people export have some ten thousands.
constexpr size_t kMaxTokens = 8'000'000;

constexpr std::string_view kKeywords[] = {
    "def",   "if",       "elif", "else",  "while",  "for",      "in",
    "not",   "is",       "and",  "or",    "return", "raise",    "assert",
    "break", "continue", "del",  "pass",  "class",  "import",   "with",
    "as",    "global",   "True", "False", "None",   "NoneType", "Ellipsis",
};

// Longest first, so that the first match is the right one.
constexpr std::string_view kPunctuation[] = {
    "**=", "<<=", ">>=", "...", "->", "**", "//", "<<", ">>", "<=", ">=", "==", "!=", "+=", "-=",
    "*=",  "/=",  "%=",  "|=",  "&=", "^=", "+",  "-",  "*",  "/",  "%",  "@",  "<",  ">",  "=",
    "(",   ")",   "[",   "]",   "{",  "}",  ",",  ":",  ".",  "|",  "&",  "^",  "~",
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

class Lexer {
 public:
  explicit Lexer(const std::shared_ptr<const SourceText>& source)
      : source_(source), text_(source->text()) {}

  std::vector<Token> run() {
    while (at_ < text_.size()) {
      if (line_start_ && !begin_line()) continue;
      lex_one();
    }
    at_ = text_.size();
    if (depth_ > 0) fail_here("a bracket is not closed");
    if (!line_start_) push(TokenKind::kNewline, 0);
    for (; indents_.size() > 1; indents_.pop_back()) push(TokenKind::kDedent, 0);
    push(TokenKind::kEnd, 0);
    return std::move(tokens_);
  }

 private:
  template <class... Parts>
  [[noreturn]] void fail_here(const Parts&... parts) {
    const uint32_t at = static_cast<uint32_t>(std::min(at_, text_.size()));
    fail_at(SourceRange{source_, at, at + 1}, parts...);
  }

  void push(TokenKind kind, size_t length) {
    if (tokens_.size() >= kMaxTokens) {
      throw_error(ErrorKind::kResourceExhausted,
                  str_cat("source file '", source_->file_name(), "' has more than ", kMaxTokens,
                          " words and signs"));
    }
    tokens_.push_back({kind, static_cast<uint32_t>(at_), static_cast<uint32_t>(at_ + length),
                       text_.substr(at_, length)});
    at_ += length;
  }

  bool starts_with(std::string_view prefix) const {
    return text_.compare(at_, prefix.size(), prefix) == 0;
  }

  // Consumes the indentation of a line; false when the line holds no code.
  bool begin_line() {
    size_t end = at_;
    while (end < text_.size() && is_blank(text_[end])) ++end;
    const size_t width = end - at_;
    at_ = end;
    if (at_ == text_.size()) return false;
    if (text_[at_] == '\n') return ++at_, false;
    if (text_[at_] == '#' && !starts_with("# type:")) return skip_comment(), ++at_, false;
    line_start_ = false;
    set_indent(width);
    return true;
  }

  void set_indent(size_t width) {
    if (width > indents_.back()) {
      if (indents_.size() >= kMaxIndents) fail_here("blocks are nested too deeply");
      indents_.push_back(width);
      push(TokenKind::kIndent, 0);
    }
    for (; width < indents_.back(); indents_.pop_back()) push(TokenKind::kDedent, 0);
    if (width != indents_.back()) fail_here("this indentation matches no enclosing block");
  }

  void skip_comment() { at_ = std::min(text_.find('\n', at_), text_.size()); }

  void lex_one() {
    const char c = text_[at_];
    if (is_blank(c)) {
      ++at_;
    } else if (c == '\n') {
      newline();
    } else if (c == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') {
      at_ += 2;
    } else if (starts_with("# type:")) {
      push(TokenKind::kTypeComment, 7);
    } else if (c == '#') {
      skip_comment();
    } else if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
      number();
    } else if (c == '"' || c == '\'') {
      string();
    } else if (is_name_start(c)) {
      word();
    } else {
      punctuation();
    }
  }

  void newline() {
    if (depth_ > 0) {
      ++at_;
      return;
    }
    push(TokenKind::kNewline, 1);
    line_start_ = true;
  }

  void number() {
    char* end = nullptr;
    std::strtod(text_.data() + at_, &end);  // the text of a std::string ends with NUL
    size_t length = static_cast<size_t>(end - (text_.data() + at_));
    if (at_ + length < text_.size() && text_[at_ + length] == 'j') ++length;
    push(TokenKind::kNumber, length);
  }

  void string() {
    const char quote = text_[at_];
    const std::string triple(3, quote);
    const bool is_triple = starts_with(triple);
    const std::string_view close = is_triple ? std::string_view(triple) : text_.substr(at_, 1);
    size_t end = at_ + close.size();
    while (text_.compare(end, close.size(), close) != 0) {
      if (end < text_.size() && text_[end] == '\\') ++end;
      if (end >= text_.size() || (!is_triple && text_[end] == '\n' && text_[end - 1] != '\\')) {
        fail_here("a string is not closed");
      }
      ++end;
    }
    push(TokenKind::kString, end + close.size() - at_);
  }

  void word() {
    size_t length = 1;
    while (at_ + length < text_.size() &&
           (is_name_start(text_[at_ + length]) || is_digit(text_[at_ + length]))) {
      ++length;
    }
    const std::string_view name = text_.substr(at_, length);
    if (name == "is" && joined_with(length, "not")) return push(TokenKind::kKeyword, 6);
    if (name == "not" && joined_with(length, "in")) return push(TokenKind::kKeyword, 6);
    const bool keyword =
        std::find(std::begin(kKeywords), std::end(kKeywords), name) != std::end(kKeywords);
    push(keyword ? TokenKind::kKeyword : TokenKind::kName, length);
  }

  // Whether the word is followed by exactly one space and `second`.
  bool joined_with(size_t length, std::string_view second) const {
    const size_t next = at_ + length + 1;
    if (next > text_.size() || text_[next - 1] != ' ') return false;
    if (text_.compare(next, second.size(), second) != 0) return false;
    const size_t after = next + second.size();
    return after >= text_.size() || !(is_name_start(text_[after]) || is_digit(text_[after]));
  }

  void punctuation() {
    for (const std::string_view candidate : kPunctuation) {
      if (!starts_with(candidate)) continue;
      const char c = candidate[0];
      if (c == '(' || c == '[' || c == '{') ++depth_;
      if ((c == ')' || c == ']' || c == '}') && depth_-- == 0)
        fail_here("unmatched '", candidate, "'");
      return push(TokenKind::kPunctuation, candidate.size());
    }
    fail_here("unexpected character '", text_.substr(at_, 1), "'");
  }

  const std::shared_ptr<const SourceText>& source_;
  std::string_view text_;
  size_t at_ = 0;
  size_t depth_ = 0;  // open brackets
  bool line_start_ = true;
  std::vector<size_t> indents_{0};
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(const std::shared_ptr<const SourceText>& text) {
  if (text->text().size() > UINT32_MAX / 2) fail("source file is too large: ", text->file_name());
  return Lexer(text).run();
}

}  // namespace temper::ir
