#pragma once
// Syntax tree of the source dialect. Plain data: one Expr and one Stmt struct with a kind, so that
// passes over the tree are switches. Children are owned.

#include <memory>
#include <string>
#include <vector>

#include "ir/graph/graph.h"

namespace temper::ir {

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;
struct Stmt;
using StmtPtr = std::unique_ptr<Stmt>;

enum class ExprKind : uint8_t {
  kName,    // text
  kNumber,  // text (as written, sign not included), see number_kind in lexer.h
  kString,  // text, unescaped
  kNone,
  kTrue,
  kFalse,
  kDots,
  kAttribute,  // children[0] . text
  kCall,       // children[0] ( children[1..], keywords )
  kSubscript,  // children[0] [ children[1..] ]; more than one: a tuple of subscripts
  kSlice,      // children[0..2] = start, stop, step; null when absent
  kUnary,      // op text: "-" "~" "not"
  kBinary,     // op text: "+" "is not" "and" ...
  kTernary,    // children: condition, then, else
  kList,
  kTuple,
  kDict,      // kDict: children alternate key, value
  kListComp,  // children: element, target, iterable
  kDictComp,  // children: key, value, target, iterable
  kStarred,   // * children[0]
};

struct Keyword {
  std::string name;
  ExprPtr value;
};

struct Expr {
  ExprKind kind;
  uint32_t height = 1;  // levels of the tree, this one included
  SourceRange range;
  std::string text;
  std::vector<ExprPtr> children;
  std::vector<Keyword> keywords;
};

enum class StmtKind : uint8_t {
  kExpr,       // value
  kAssign,     // targets = value; annotation optional (one target)
  kAugAssign,  // targets[0] op= value, op text without "="
  kIf,         // value, body, orelse
  kWhile,      // value, body
  kFor,        // targets, value = iterable, body
  kReturn,     // value, null for a bare return
  kRaise,      // value
  kAssert,     // value, message (null when absent)
  kBreak,
  kContinue,
  kPass,
  kDelete,  // targets
  kWith,    // items, body
  kDef,     // function
  kGlobal,  // rejected by the emitter
};

struct WithItem {
  ExprPtr value;
  ExprPtr target;  // null when absent
};

struct Param {
  std::string name;
  ExprPtr annotation;     // null when absent
  ExprPtr default_value;  // null when absent
  bool keyword_only = false;
  SourceRange range;
};

struct FunctionDef {
  std::string name;
  std::vector<Param> params;
  ExprPtr return_annotation;  // null when absent
  std::vector<StmtPtr> body;
  SourceRange range;
};

struct Stmt {
  StmtKind kind;
  SourceRange range;
  // kAssign: one entry per '='; a tuple target is a kTuple expression, "a, = t" keeps the comma by
  // being a kTuple of one.
  std::vector<ExprPtr> targets;
  ExprPtr annotation;
  ExprPtr value;
  ExprPtr message;
  std::string op;
  std::vector<StmtPtr> body;
  std::vector<StmtPtr> orelse;
  std::vector<WithItem> items;
  std::unique_ptr<FunctionDef> function;
};

struct ClassDef {
  std::string name;
  std::string superclass;  // "", "Module", "NamedTuple", "Enum", "Interface", "ModuleInterface"
  std::vector<StmtPtr> body;
  SourceRange range;
};

struct Definition {
  std::unique_ptr<FunctionDef> function;  // exactly one is set
  std::unique_ptr<ClassDef> klass;
};

struct SourceFile {
  std::shared_ptr<const SourceText> text;
  std::vector<Definition> definitions;
};

// Throws kInvalidArgument with a highlighted line. Limits nesting depth.
SourceFile parse_source(std::shared_ptr<const SourceText> text);
// One expression, as type strings of pickles use it ("List[__torch__.Foo]").
ExprPtr parse_expression(std::shared_ptr<const SourceText> text);

}  // namespace temper::ir
