#pragma once
// Recursive descent over the tokens of one file. Internal to ir/script; see parse_source in ast.h.

#include "ir/script/ast.h"
#include "ir/script/diagnostics.h"
#include "ir/script/lexer.h"

namespace temper::ir {

class Parser {
 public:
  explicit Parser(std::shared_ptr<const SourceText> text)
      : source_(std::move(text)), tokens_(tokenize(source_)) {}

  std::vector<Definition> parse_definitions();
  ExprPtr parse_lone_expression();

 private:
  // Statements (parser_stmt.cc).
  std::unique_ptr<ClassDef> parse_class();
  std::unique_ptr<FunctionDef> parse_function();
  std::vector<Param> parse_params();
  Param parse_param(bool keyword_only);
  void parse_type_comment(FunctionDef* function);
  std::vector<StmtPtr> parse_block();
  std::vector<StmtPtr> parse_indented();
  StmtPtr parse_statement();
  StmtPtr parse_simple(uint32_t begin);
  StmtPtr parse_if(uint32_t begin);
  StmtPtr parse_while(uint32_t begin);
  StmtPtr parse_for(uint32_t begin);
  StmtPtr parse_with(uint32_t begin);
  StmtPtr parse_assert(uint32_t begin);
  StmtPtr parse_delete(uint32_t begin);
  StmtPtr parse_global(uint32_t begin);
  StmtPtr parse_expression_statement(uint32_t begin);
  void skip_to_line_end();

  // Expressions (parser_expr.cc).
  ExprPtr parse_expression(int precedence = 0);
  ExprPtr parse_prefix();
  ExprPtr parse_unary(const Token& op, int precedence);
  ExprPtr parse_ternary(ExprPtr then);
  ExprPtr parse_binary(ExprPtr left, const Token& op, int precedence);
  ExprPtr parse_postfix(ExprPtr base);
  ExprPtr parse_call(ExprPtr callee);
  ExprPtr parse_subscript(ExprPtr base);
  ExprPtr parse_subscript_item();
  ExprPtr parse_atom();
  ExprPtr parse_word(const Token& token);
  ExprPtr parse_string();
  ExprPtr parse_parenthesized();
  ExprPtr parse_list();
  ExprPtr parse_dict();
  // "e" or "e, e" up to something that cannot start an element: a bare tuple.
  ExprPtr parse_expression_or_tuple();
  ExprPtr parse_comprehension(ExprKind kind, std::vector<ExprPtr> elements, uint32_t begin);
  bool starts_expression() const;

  const Token& peek() const { return tokens_[at_]; }
  const Token& next() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  bool at(std::string_view text) const { return peek().is(text); }
  bool accept(std::string_view text);
  void expect(std::string_view text);
  void expect_kind(TokenKind kind, std::string_view what);
  std::string expect_name();
  [[noreturn]] void unexpected(std::string_view wanted) const;

  uint32_t here() const { return peek().begin; }
  // From `begin` to the end of the last consumed token.
  SourceRange range_from(uint32_t begin) const;
  ExprPtr make(ExprKind kind, uint32_t begin, std::string text = "");
  StmtPtr make(StmtKind kind, uint32_t begin);
  // Children are added here, so that chains inside of nested expressions cannot tower up.
  void adopt(const ExprPtr& parent, ExprPtr child) const;
  void adopt(const ExprPtr& parent, std::vector<ExprPtr> children) const;

  // Bounds the recursion of this parser and of everything that walks the tree.
  class Depth {
   public:
    Depth(Parser* parser, int levels);
    ~Depth() { parser_->depth_ -= levels_; }

   private:
    Parser* parser_;
    int levels_;
  };

  std::shared_ptr<const SourceText> source_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace temper::ir
