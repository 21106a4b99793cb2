#include "ir/script/parser.h"

namespace temper::ir {
namespace {

// Levels of nested expressions and statements together.
constexpr int kMaxDepth = 500;
constexpr int kStatementLevels = 2;
// Levels of one expression's tree: nesting and chains together.
constexpr uint32_t kMaxHeight = 1000;

constexpr std::string_view kAugmented[] = {
    "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "<<=", ">>=", "**="};

}  // namespace

Parser::Depth::Depth(Parser* parser, int levels) : parser_(parser), levels_(levels) {
  if (parser->depth_ + levels > kMaxDepth) {
    fail_at(parser->range_from(parser->here()), "the program is nested too deeply");
  }
  parser->depth_ += levels;
}

bool Parser::accept(std::string_view text) {
  if (!at(text)) return false;
  next();
  return true;
}

void Parser::expect(std::string_view text) {
  if (!accept(text)) unexpected(str_cat("'", text, "'"));
}

void Parser::expect_kind(TokenKind kind, std::string_view what) {
  if (peek().kind != kind) unexpected(what);
  next();
}

std::string Parser::expect_name() {
  if (peek().kind != TokenKind::kName) unexpected("a name");
  return std::string(next().text);
}

void Parser::unexpected(std::string_view wanted) const {
  const Token& token = peek();
  std::string found = str_cat("'", token.text, "'");
  if (token.kind == TokenKind::kEnd) found = "the end of the text";
  if (token.kind == TokenKind::kNewline) found = "the end of the line";
  if (token.kind == TokenKind::kIndent) found = "an indented line";
  if (token.kind == TokenKind::kDedent) found = "the end of the block";
  fail_at(SourceRange{source_, token.begin, token.end}, "expected ", wanted, " but found ", found);
}

SourceRange Parser::range_from(uint32_t begin) const {
  const uint32_t end = at_ == 0 ? begin : tokens_[at_ - 1].end;
  return {source_, begin, std::max(begin, end)};
}

ExprPtr Parser::make(ExprKind kind, uint32_t begin, std::string text) {
  auto expr = std::make_unique<Expr>();
  expr->kind = kind;
  expr->range = range_from(begin);
  expr->text = std::move(text);
  return expr;
}

void Parser::adopt(const ExprPtr& parent, ExprPtr child) const {
  if (child) {
    parent->height = std::max(parent->height, child->height + 1);
    if (parent->height > kMaxHeight) fail_at(parent->range, "the program is nested too deeply");
  }
  parent->children.push_back(std::move(child));
}

void Parser::adopt(const ExprPtr& parent, std::vector<ExprPtr> children) const {
  for (ExprPtr& child : children) adopt(parent, std::move(child));
}

StmtPtr Parser::make(StmtKind kind, uint32_t begin) {
  auto stmt = std::make_unique<Stmt>();
  stmt->kind = kind;
  stmt->range = range_from(begin);
  return stmt;
}

void Parser::skip_to_line_end() {
  while (peek().kind != TokenKind::kNewline && peek().kind != TokenKind::kEnd) next();
  if (peek().kind == TokenKind::kNewline) next();
}

std::vector<Definition> Parser::parse_definitions() {
  std::vector<Definition> definitions;
  while (peek().kind != TokenKind::kEnd) {
    const Token& token = peek();
    if (token.is("class")) {
      definitions.push_back({nullptr, parse_class()});
    } else if (token.is("def")) {
      definitions.push_back({parse_function(), nullptr});
    } else if (token.is("import") || token.text == "op_version_set") {
      skip_to_line_end();  // of old archives
    } else {
      unexpected("a class or a function");
    }
  }
  return definitions;
}

std::unique_ptr<ClassDef> Parser::parse_class() {
  auto out = std::make_unique<ClassDef>();
  const uint32_t begin = here();
  expect("class");
  out->name = expect_name();
  if (accept("(")) {
    if (!at(")")) out->superclass = expect_name();
    expect(")");
  }
  expect(":");
  out->range = range_from(begin);
  out->body = parse_indented();
  return out;
}

std::unique_ptr<FunctionDef> Parser::parse_function() {
  auto out = std::make_unique<FunctionDef>();
  const uint32_t begin = here();
  expect("def");
  out->name = expect_name();
  out->params = parse_params();
  if (accept("->")) out->return_annotation = parse_expression();
  out->range = range_from(begin);
  expect(":");
  if (peek().kind != TokenKind::kNewline) {
    out->body.push_back(parse_simple(here()));
    return out;
  }
  next();
  expect_kind(TokenKind::kIndent, "an indented block");
  if (peek().kind == TokenKind::kTypeComment) parse_type_comment(out.get());
  out->body = parse_block();
  return out;
}

std::vector<Param> Parser::parse_params() {
  std::vector<Param> params;
  bool keyword_only = false;
  expect("(");
  while (!at(")")) {
    if (!keyword_only && accept("*")) {
      keyword_only = true;
    } else {
      params.push_back(parse_param(keyword_only));
    }
    if (!accept(",")) break;
  }
  expect(")");
  return params;
}

Param Parser::parse_param(bool keyword_only) {
  Param param;
  const uint32_t begin = here();
  param.name = expect_name();
  param.keyword_only = keyword_only;
  if (accept(":")) param.annotation = parse_expression();
  if (accept("=")) param.default_value = parse_expression();
  param.range = range_from(begin);
  return param;
}

// "# type: (int, Tensor) -> Tensor"; the receiver of a method has no type in it.
void Parser::parse_type_comment(FunctionDef* function) {
  expect_kind(TokenKind::kTypeComment, "a type comment");
  std::vector<ExprPtr> types;
  expect("(");
  while (!at(")")) {
    types.push_back(parse_expression());
    if (!accept(",")) break;
  }
  expect(")");
  expect("->");
  function->return_annotation = parse_expression();
  expect_kind(TokenKind::kNewline, "the end of the line");
  if (types.size() > function->params.size()) {
    fail_at(function->range, "the type comment lists more parameters than the function has");
  }
  const size_t first = function->params.size() - types.size();
  for (size_t i = 0; i < types.size(); ++i) {
    function->params[first + i].annotation = std::move(types[i]);
  }
}

std::vector<StmtPtr> Parser::parse_indented() {
  expect_kind(TokenKind::kNewline, "the end of the line");
  expect_kind(TokenKind::kIndent, "an indented block");
  return parse_block();
}

std::vector<StmtPtr> Parser::parse_block() {
  std::vector<StmtPtr> body;
  while (peek().kind != TokenKind::kDedent) body.push_back(parse_statement());
  next();
  return body;
}

StmtPtr Parser::parse_statement() {
  const Depth depth(this, kStatementLevels);
  const uint32_t begin = here();
  if (at("if")) return parse_if(begin);
  if (at("while")) return parse_while(begin);
  if (at("for")) return parse_for(begin);
  if (at("with")) return parse_with(begin);
  if (at("def")) {
    auto function = parse_function();
    StmtPtr out = make(StmtKind::kDef, begin);
    out->function = std::move(function);
    return out;
  }
  return parse_simple(begin);
}

// A statement of one line, with its end.
StmtPtr Parser::parse_simple(uint32_t begin) {
  StmtPtr out;
  if (accept("return")) {
    ExprPtr value = starts_expression() ? parse_expression_or_tuple() : nullptr;
    out = make(StmtKind::kReturn, begin);
    out->value = std::move(value);
  } else if (accept("raise")) {
    ExprPtr value = parse_expression();
    out = make(StmtKind::kRaise, begin);
    out->value = std::move(value);
  } else if (accept("pass")) {
    out = make(StmtKind::kPass, begin);
  } else if (accept("break")) {
    out = make(StmtKind::kBreak, begin);
  } else if (accept("continue")) {
    out = make(StmtKind::kContinue, begin);
  } else if (accept("assert")) {
    out = parse_assert(begin);
  } else if (accept("del")) {
    out = parse_delete(begin);
  } else if (accept("global")) {
    out = parse_global(begin);
  } else {
    out = parse_expression_statement(begin);
  }
  expect_kind(TokenKind::kNewline, "the end of the line");
  return out;
}

StmtPtr Parser::parse_assert(uint32_t begin) {
  ExprPtr value = parse_expression();
  ExprPtr message = accept(",") ? parse_expression() : nullptr;
  StmtPtr out = make(StmtKind::kAssert, begin);
  out->value = std::move(value);
  out->message = std::move(message);
  return out;
}

StmtPtr Parser::parse_delete(uint32_t begin) {
  std::vector<ExprPtr> targets;
  do {
    if (!starts_expression()) break;
    targets.push_back(parse_expression());
  } while (accept(","));
  StmtPtr out = make(StmtKind::kDelete, begin);
  out->targets = std::move(targets);
  return out;
}

StmtPtr Parser::parse_global(uint32_t begin) {
  do {
    expect_name();
  } while (accept(","));
  return make(StmtKind::kGlobal, begin);
}

// The "if" or "elif" stands before `begin`.
StmtPtr Parser::parse_if(uint32_t begin) {
  next();
  StmtPtr out = make(StmtKind::kIf, begin);
  out->value = parse_expression();
  expect(":");
  out->range = range_from(begin);
  out->body = parse_indented();
  if (at("elif")) {
    const Depth depth(this, kStatementLevels);
    out->orelse.push_back(parse_if(here()));
  } else if (accept("else")) {
    expect(":");
    out->orelse = parse_indented();
  }
  return out;
}

StmtPtr Parser::parse_while(uint32_t begin) {
  next();
  StmtPtr out = make(StmtKind::kWhile, begin);
  out->value = parse_expression();
  expect(":");
  out->range = range_from(begin);
  out->body = parse_indented();
  return out;
}

StmtPtr Parser::parse_for(uint32_t begin) {
  next();
  StmtPtr out = make(StmtKind::kFor, begin);
  const uint32_t target_begin = here();
  std::vector<ExprPtr> targets;
  bool tuple = false;
  do {
    if (at("in")) break;
    targets.push_back(parse_postfix(parse_atom()));
  } while (accept(",") && (tuple = true));
  if (targets.empty()) unexpected("a loop variable");
  if (tuple) {
    ExprPtr all = make(ExprKind::kTuple, target_begin);
    adopt(all, std::move(targets));
    out->targets.push_back(std::move(all));
  } else {
    out->targets.push_back(std::move(targets[0]));
  }
  expect("in");
  out->value = parse_expression_or_tuple();
  expect(":");
  out->range = range_from(begin);
  out->body = parse_indented();
  return out;
}

StmtPtr Parser::parse_with(uint32_t begin) {
  next();
  StmtPtr out = make(StmtKind::kWith, begin);
  do {
    WithItem item;
    item.value = parse_expression();
    if (accept("as")) item.target = parse_expression();
    out->items.push_back(std::move(item));
  } while (accept(","));
  expect(":");
  out->range = range_from(begin);
  out->body = parse_indented();
  return out;
}

StmtPtr Parser::parse_expression_statement(uint32_t begin) {
  ExprPtr first = parse_expression_or_tuple();
  for (const std::string_view op : kAugmented) {
    if (!accept(op)) continue;
    ExprPtr value = parse_expression_or_tuple();
    StmtPtr out = make(StmtKind::kAugAssign, begin);
    out->targets.push_back(std::move(first));
    out->op = std::string(op.substr(0, op.size() - 1));
    out->value = std::move(value);
    return out;
  }
  ExprPtr annotation = accept(":") ? parse_expression() : nullptr;
  std::vector<ExprPtr> parts;
  parts.push_back(std::move(first));
  while (accept("=")) parts.push_back(parse_expression_or_tuple());
  StmtPtr out = make(parts.size() > 1 || annotation ? StmtKind::kAssign : StmtKind::kExpr, begin);
  out->annotation = std::move(annotation);
  if (out->kind == StmtKind::kExpr || parts.size() > 1) {
    out->value = std::move(parts.back());
    parts.pop_back();
  }
  out->targets = std::move(parts);
  return out;
}

SourceFile parse_source(std::shared_ptr<const SourceText> text) {
  Parser parser(text);
  return {text, parser.parse_definitions()};
}

ExprPtr parse_expression(std::shared_ptr<const SourceText> text) {
  return Parser(std::move(text)).parse_lone_expression();
}

}  // namespace temper::ir
