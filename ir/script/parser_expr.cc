#include "ir/script/literals.h"
#include "ir/script/parser.h"

namespace temper::ir {
namespace {

constexpr int kMaxChain = 400;  // operators or postfixes in a row: each is a level of the tree
constexpr int kConditional = 1;
constexpr int kPower = 11;

// Levels of the language reference; 0: not a binary operator. `and` and `or` share one level.
int binary_precedence(const Token& token) {
  if (token.kind != TokenKind::kPunctuation && token.kind != TokenKind::kKeyword) return 0;
  static constexpr struct {
    std::string_view text;
    int precedence;
  } kTable[] = {
      {"and", 2}, {"or", 2}, {"in", 4}, {"not in", 4},  {"is", 4}, {"is not", 4}, {"<", 4},
      {">", 4},   {"<=", 4}, {">=", 4}, {"==", 4},      {"!=", 4}, {"|", 5},      {"^", 6},
      {"&", 7},   {"<<", 8}, {">>", 8}, {"+", 9},       {"-", 9},  {"*", 10},     {"/", 10},
      {"//", 10}, {"%", 10}, {"@", 10}, {"**", kPower},
  };
  for (const auto& row : kTable) {
    if (row.text == token.text) return row.precedence;
  }
  return 0;
}

int unary_precedence(const Token& token) {
  if (token.is("not") || token.is("~")) return 3;
  if (token.is("-") || token.is("*")) return 10;
  return 0;
}

}  // namespace

ExprPtr Parser::parse_lone_expression() {
  ExprPtr expression = parse_expression();
  if (peek().kind == TokenKind::kNewline) next();
  if (peek().kind != TokenKind::kEnd) unexpected("the end of the text");
  return expression;
}

ExprPtr Parser::parse_expression(int precedence) {
  const Depth depth(this, 1);
  ExprPtr left = parse_prefix();
  for (int chain = 0;; ++chain) {
    if (chain > kMaxChain) fail_at(left->range, "expression has too many operators in a row");
    if (at("if") && precedence < kConditional) {
      left = parse_ternary(std::move(left));
      continue;
    }
    const Token op = peek();
    const int level = binary_precedence(op);
    if (level == 0 || level <= precedence) return left;
    next();
    left = parse_binary(std::move(left), op, level);
  }
}

ExprPtr Parser::parse_prefix() {
  const Token op = peek();
  if (const int precedence = unary_precedence(op)) {
    next();
    return parse_unary(op, precedence);
  }
  return parse_postfix(parse_atom());
}

ExprPtr Parser::parse_unary(const Token& op, int precedence) {
  ExprPtr operand = parse_expression(precedence);
  ExprPtr out =
      make(op.is("*") ? ExprKind::kStarred : ExprKind::kUnary, op.begin, std::string(op.text));
  adopt(out, std::move(operand));
  return out;
}

ExprPtr Parser::parse_ternary(ExprPtr then) {
  const uint32_t begin = then->range.begin;
  expect("if");
  ExprPtr condition = parse_expression(kConditional);
  expect("else");
  ExprPtr otherwise = parse_expression();
  ExprPtr out = make(ExprKind::kTernary, begin);
  adopt(out, std::move(condition));
  adopt(out, std::move(then));
  adopt(out, std::move(otherwise));
  return out;
}

ExprPtr Parser::parse_binary(ExprPtr left, const Token& op, int precedence) {
  const uint32_t begin = left->range.begin;
  ExprPtr right = parse_expression(precedence == kPower ? precedence - 1 : precedence);
  ExprPtr out = make(ExprKind::kBinary, begin, std::string(op.text));
  adopt(out, std::move(left));
  adopt(out, std::move(right));
  return out;
}

ExprPtr Parser::parse_postfix(ExprPtr base) {
  const uint32_t begin = base->range.begin;
  for (int chain = 0;; ++chain) {
    if (chain > kMaxChain) fail_at(base->range, "expression has too many parts in a row");
    if (accept(".")) {
      std::string name = expect_name();
      ExprPtr out = make(ExprKind::kAttribute, begin, std::move(name));
      adopt(out, std::move(base));
      base = std::move(out);
    } else if (at("(")) {
      base = parse_call(std::move(base));
    } else if (at("[")) {
      base = parse_subscript(std::move(base));
    } else {
      return base;
    }
  }
}

ExprPtr Parser::parse_call(ExprPtr callee) {
  ExprPtr out = make(ExprKind::kCall, callee->range.begin);
  adopt(out, std::move(callee));
  expect("(");
  while (!at(")")) {
    if (peek().kind == TokenKind::kName && tokens_[at_ + 1].is("=")) {
      std::string name = expect_name();
      expect("=");
      ExprPtr value = parse_expression();
      out->height = std::max(out->height, value->height + 1);
      out->keywords.push_back({std::move(name), std::move(value)});
    } else {
      if (!out->keywords.empty()) unexpected("a keyword argument");
      adopt(out, parse_expression());
    }
    if (!accept(",")) break;
  }
  expect(")");
  out->range = range_from(out->range.begin);
  return out;
}

ExprPtr Parser::parse_subscript(ExprPtr base) {
  ExprPtr out = make(ExprKind::kSubscript, base->range.begin);
  adopt(out, std::move(base));
  expect("[");
  do {
    if (at("]")) break;
    adopt(out, parse_subscript_item());
  } while (accept(","));
  if (out->children.size() == 1) unexpected("a subscript");
  expect("]");
  out->range = range_from(out->range.begin);
  return out;
}

ExprPtr Parser::parse_subscript_item() {
  const uint32_t begin = here();
  ExprPtr parts[3];
  if (!at(":")) parts[0] = parse_expression();
  if (!at(":")) return std::move(parts[0]);
  expect(":");
  if (!at(":") && !at(",") && !at("]")) parts[1] = parse_expression();
  if (accept(":") && !at(",") && !at("]")) parts[2] = parse_expression();
  ExprPtr out = make(ExprKind::kSlice, begin);
  for (ExprPtr& part : parts) adopt(out, std::move(part));
  return out;
}

ExprPtr Parser::parse_atom() {
  const Token token = peek();
  if (token.is("(")) return parse_parenthesized();
  if (token.is("[")) return parse_list();
  if (token.is("{")) return parse_dict();
  switch (token.kind) {
    case TokenKind::kName:
      next();
      return make(ExprKind::kName, token.begin, std::string(token.text));
    case TokenKind::kNumber:
      next();
      return make(ExprKind::kNumber, token.begin, std::string(token.text));
    case TokenKind::kString: return parse_string();
    default: return parse_word(token);
  }
}

ExprPtr Parser::parse_word(const Token& token) {
  static constexpr struct {
    std::string_view text;
    ExprKind kind;
  } kTable[] = {{"None", ExprKind::kNone},     {"True", ExprKind::kTrue},
                {"False", ExprKind::kFalse},   {"...", ExprKind::kDots},
                {"Ellipsis", ExprKind::kDots}, {"NoneType", ExprKind::kName}};
  for (const auto& row : kTable) {
    if (!token.is(row.text)) continue;
    next();
    return make(row.kind, token.begin, std::string(token.text));
  }
  unexpected("an expression");
}

ExprPtr Parser::parse_string() {
  const uint32_t begin = here();
  std::string text;
  while (peek().kind == TokenKind::kString) {
    const Token token = next();
    text += unescape(token.text, SourceRange{source_, token.begin, token.end});
  }
  return make(ExprKind::kString, begin, std::move(text));
}

ExprPtr Parser::parse_parenthesized() {
  const uint32_t begin = here();
  expect("(");
  if (accept(")")) return make(ExprKind::kTuple, begin);
  ExprPtr first = parse_expression();
  if (accept(")")) return first;
  std::vector<ExprPtr> elements;
  elements.push_back(std::move(first));
  while (accept(",") && !at(")")) elements.push_back(parse_expression());
  expect(")");
  ExprPtr out = make(ExprKind::kTuple, begin);
  adopt(out, std::move(elements));
  return out;
}

ExprPtr Parser::parse_list() {
  const uint32_t begin = here();
  expect("[");
  std::vector<ExprPtr> elements;
  while (!at("]")) {
    elements.push_back(parse_expression());
    if (elements.size() == 1 && at("for")) {
      ExprPtr out = parse_comprehension(ExprKind::kListComp, std::move(elements), begin);
      expect("]");
      return out;
    }
    if (!accept(",")) break;
  }
  expect("]");
  ExprPtr out = make(ExprKind::kList, begin);
  adopt(out, std::move(elements));
  return out;
}

ExprPtr Parser::parse_dict() {
  const uint32_t begin = here();
  expect("{");
  std::vector<ExprPtr> elements;
  while (!at("}")) {
    elements.push_back(parse_expression());
    expect(":");
    elements.push_back(parse_expression());
    if (elements.size() == 2 && at("for")) {
      ExprPtr out = parse_comprehension(ExprKind::kDictComp, std::move(elements), begin);
      expect("}");
      return out;
    }
    if (!accept(",")) break;
  }
  expect("}");
  ExprPtr out = make(ExprKind::kDict, begin);
  adopt(out, std::move(elements));
  return out;
}

ExprPtr Parser::parse_comprehension(ExprKind kind, std::vector<ExprPtr> elements, uint32_t begin) {
  expect("for");
  const uint32_t target_begin = here();
  std::vector<ExprPtr> targets;
  bool tuple = false;
  do {
    if (at("in")) break;
    targets.push_back(parse_postfix(parse_atom()));
  } while (accept(",") && (tuple = true));
  if (targets.empty()) unexpected("a variable");
  ExprPtr target;
  if (tuple) {
    target = make(ExprKind::kTuple, target_begin);
    adopt(target, std::move(targets));
  } else {
    target = std::move(targets.at(0));
  }
  expect("in");
  ExprPtr iterable = parse_expression(kConditional);
  if (at("if") || at("for")) unexpected("the end of the comprehension (one 'for' and no 'if')");
  ExprPtr out = make(kind, begin);
  adopt(out, std::move(elements));
  adopt(out, std::move(target));
  adopt(out, std::move(iterable));
  return out;
}

bool Parser::starts_expression() const {
  const Token& token = peek();
  switch (token.kind) {
    case TokenKind::kName:
    case TokenKind::kNumber:
    case TokenKind::kString: return true;
    case TokenKind::kPunctuation:
      return token.is("(") || token.is("[") || token.is("{") || token.is("-") || token.is("~") ||
             token.is("*") || token.is("...");
    case TokenKind::kKeyword:
      return token.is("None") || token.is("True") || token.is("False") || token.is("not") ||
             token.is("NoneType") || token.is("Ellipsis");
    default: return false;
  }
}

ExprPtr Parser::parse_expression_or_tuple() {
  const uint32_t begin = here();
  ExprPtr first = parse_expression();
  if (!at(",")) return first;
  std::vector<ExprPtr> elements;
  elements.push_back(std::move(first));
  while (accept(",") && starts_expression()) elements.push_back(parse_expression());
  ExprPtr out = make(ExprKind::kTuple, begin);
  adopt(out, std::move(elements));
  return out;
}

}  // namespace temper::ir
