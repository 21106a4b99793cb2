// Lexical rules, precedence and statements of the source dialect.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/error.h"
#include "ir/script/ast.h"
#include "ir/script/literals.h"
#include "ir/script/source.h"

namespace temper::ir {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const SourceText> text_of(std::string text) {
  return std::make_shared<const SourceText>(std::move(text), "test.py");
}

std::string show(const Expr* expr);

std::string show_children(const Expr& expr, std::string_view head) {
  std::string out = str_cat("(", head);
  for (const ExprPtr& child : expr.children) out += str_cat(" ", show(child.get()));
  for (const Keyword& keyword : expr.keywords) {
    out += str_cat(" ", keyword.name, "=", show(keyword.value.get()));
  }
  return out + ")";
}

std::string show(const Expr* expr) {
  if (!expr) return "_";
  switch (expr->kind) {
    case ExprKind::kName:
    case ExprKind::kNumber:
    case ExprKind::kNone:
    case ExprKind::kTrue:
    case ExprKind::kFalse:
    case ExprKind::kDots: return expr->text;
    case ExprKind::kString: return str_cat("'", expr->text, "'");
    case ExprKind::kAttribute: return str_cat(show(expr->children[0].get()), ".", expr->text);
    case ExprKind::kCall: return show_children(*expr, "call");
    case ExprKind::kSubscript: return show_children(*expr, "at");
    case ExprKind::kSlice: return show_children(*expr, ":");
    case ExprKind::kUnary:
    case ExprKind::kBinary: return show_children(*expr, expr->text);
    case ExprKind::kTernary: return show_children(*expr, "?");
    case ExprKind::kList: return show_children(*expr, "list");
    case ExprKind::kTuple: return show_children(*expr, "tuple");
    case ExprKind::kDict: return show_children(*expr, "dict");
    case ExprKind::kListComp: return show_children(*expr, "listcomp");
    case ExprKind::kDictComp: return show_children(*expr, "dictcomp");
    case ExprKind::kStarred: return show_children(*expr, "star");
  }
  return "?";
}

std::string parsed(std::string text) {
  return show(parse_expression(text_of(std::move(text))).get());
}

std::string error_of(std::string text) {
  try {
    parse_source(text_of(std::move(text)));
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(ScriptParser, BindsOperatorsAsTheDialectDoes) {
  EXPECT_EQ(parsed("a or b and c"), "(and (or a b) c)");
  EXPECT_EQ(parsed("not a in b"), "(not (in a b))");
  EXPECT_EQ(parsed("~a == b"), "(~ (== a b))");
  EXPECT_EQ(parsed("a < b < c"), "(< (< a b) c)");
  EXPECT_EQ(parsed("a | b ^ c & d << e + f * g"), "(| a (^ b (& c (<< d (+ e (* f g))))))");
  EXPECT_EQ(parsed("-a ** b"), "(- (** a b))");
  EXPECT_EQ(parsed("-a * b"), "(* (- a) b)");
  EXPECT_EQ(parsed("a ** b ** c"), "(** a (** b c))");
  EXPECT_EQ(parsed("a - b - c"), "(- (- a b) c)");
  EXPECT_EQ(parsed("a is not None"), "(is not a None)");
  EXPECT_EQ(parsed("a not in b"), "(not in a b)");
  EXPECT_EQ(parsed("a if b else c if d else e"), "(? b a (? d c e))");
  EXPECT_EQ(parsed("a.b(c, d=e)[0].f"), "(at (call a.b c d=e) 0).f");
}

TEST(ScriptParser, ReadsSubscriptsAndCollections) {
  EXPECT_EQ(parsed("x[1:2, ::3, ..., None, :]"), "(at x (: 1 2 _) (: _ _ 3) ... None (: _ _ _))");
  EXPECT_EQ(parsed("(a,)"), "(tuple a)");
  EXPECT_EQ(parsed("()"), "(tuple)");
  EXPECT_EQ(parsed("{a: b, c: d}"), "(dict a b c d)");
  EXPECT_EQ(parsed("[f(x) for x in y]"), "(listcomp (call f x) x y)");
  EXPECT_EQ(parsed("{k: v for k, v in d}"), "(dictcomp k v (tuple k v) d)");
  EXPECT_EQ(parsed("f(*a)"), "(call f (star a))");
}

TEST(ScriptParser, ReadsStrings) {
  EXPECT_EQ(parsed(R"('a' "b")"), "'ab'");
  EXPECT_EQ(parsed(R"("\n\t\\\"\101")"), "'\n\t\\\"A'");
  EXPECT_EQ(parsed("\"\"\"a\nb\"\"\""), "'a\nb'");
  EXPECT_THROW(parsed(R"("\x41")"), Error);
  EXPECT_THROW(parsed(R"("\r")"), Error);
  EXPECT_THROW(parsed("'abc"), Error);
}

IValue number(std::string text, bool negative = false) {
  return number_value(*parse_expression(text_of(std::move(text))), negative);
}

TEST(ScriptParser, TellsIntegersFromFloats) {
  EXPECT_EQ(number("017").to_int(), 15);
  EXPECT_EQ(number("0x1F").to_int(), 31);
  EXPECT_EQ(number("9223372036854775808", true).to_int(), INT64_MIN);
  EXPECT_THROW(number("9223372036854775808"), Error);
  EXPECT_EQ(number("1.").to_double(), 1.0);
  EXPECT_EQ(number(".5").to_double(), 0.5);
  EXPECT_EQ(number("1e3").to_double(), 1000.0);
  EXPECT_EQ(number("2.5j").to_complex(), std::complex<double>(0, 2.5));
}

TEST(ScriptParser, ReadsFilesOfOldArchives) {
  const SourceFile file =
      parse_source(text_of("op_version_set = 1\n"
                           "import __torch__.other\n"
                           "class Net(Module):\n"
                           "  __parameters__ = [\"weight\", ]\n"
                           "  weight : Tensor\n"
                           "  __annotations__[\"0\"] = __torch__.m.Child\n"
                           "  def forward(self: __torch__.Net,\n"
                           "    x: Tensor, n: int=2) -> Tensor:\n"
                           "    a, b, = (x, x)\n"
                           "    return a  # comment\n"
                           "def f(x, *, y: int):\n"
                           "  # type: (Tensor, int) -> Tensor\n"
                           "  return x"));
  ASSERT_EQ(file.definitions.size(), 2u);
  const ClassDef& klass = *file.definitions[0].klass;
  EXPECT_EQ(klass.superclass, "Module");
  ASSERT_EQ(klass.body.size(), 4u);
  const FunctionDef& forward = *klass.body[3]->function;
  ASSERT_EQ(forward.params.size(), 3u);
  EXPECT_EQ(show(forward.params[2].default_value.get()), "2");
  EXPECT_EQ(show(forward.body[0]->targets[0].get()), "(tuple a b)");
  const FunctionDef& f = *file.definitions[1].function;
  EXPECT_TRUE(f.params[1].keyword_only);
  EXPECT_EQ(show(f.params[0].annotation.get()), "Tensor");
  EXPECT_EQ(show(f.return_annotation.get()), "Tensor");
}

TEST(ScriptParser, ReadsEveryStatement) {
  const SourceFile file =
      parse_source(text_of("def f(x):\n"
                           "  if x:\n    pass\n  elif y:\n    return\n  else:\n    raise E(\"m\")\n"
                           "  while x:\n    break\n"
                           "  for a, b in zip(x, y):\n    continue\n"
                           "  with o as p, q:\n    assert x, \"m\"\n"
                           "  del x[0], y\n"
                           "  a = b = c, d\n"
                           "  a : int = 1\n"
                           "  a **= 2\n"
                           "  a, *b = c\n"
                           "  def g():\n    return x\n"
                           "  global z\n"));
  std::string kinds;
  for (const StmtPtr& stmt : file.definitions[0].function->body) {
    kinds += std::to_string(static_cast<int>(stmt->kind)) + " ";
  }
  const std::vector<StmtKind> expected = {
      StmtKind::kIf,     StmtKind::kWhile,  StmtKind::kFor,    StmtKind::kWith,
      StmtKind::kDelete, StmtKind::kAssign, StmtKind::kAssign, StmtKind::kAugAssign,
      StmtKind::kAssign, StmtKind::kDef,    StmtKind::kGlobal};
  ASSERT_EQ(file.definitions[0].function->body.size(), expected.size()) << kinds;
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(file.definitions[0].function->body[i]->kind, expected[i]) << i;
  }
  EXPECT_EQ(file.definitions[0].function->body[5]->targets.size(), 2u);
}

TEST(ScriptParser, PointsAtMistakes) {
  const std::string message = error_of("def f(x):\n  return x +\n");
  EXPECT_THAT(message, HasSubstr("expected an expression"));
  EXPECT_THAT(message, HasSubstr("line 2"));
  EXPECT_THAT(error_of("def f(x):\n    a\n  b\n"), HasSubstr("indentation"));
  EXPECT_THAT(error_of("def f(:\n"), HasSubstr("bracket"));
  EXPECT_THAT(error_of("x = 1\n"), HasSubstr("class or a function"));
  EXPECT_THAT(error_of("def f(x):\n  return [a for a in b if c]\n"), HasSubstr("comprehension"));
  EXPECT_THAT(error_of("def f(x):\n  x ? y\n"), HasSubstr("unexpected character"));
}

TEST(ScriptParser, BoundsNesting) {
  const std::string deep(100000, '(');
  EXPECT_THAT(error_of("def f():\n  return " + deep + std::string(100000, ')') + "\n"),
              HasSubstr("too deeply"));
  std::string chain = "def f():\n  return x";
  for (int i = 0; i < 100000; ++i) chain += ".a";
  EXPECT_THAT(error_of(chain + "\n"), HasSubstr("in a row"));
  std::string minus = "def f():\n  return " + std::string(100000, '-') + "x\n";
  EXPECT_THAT(error_of(minus), HasSubstr("too deeply"));
  std::string blocks = "def f():\n";
  for (int i = 1; i < 2000; ++i) blocks += std::string(static_cast<size_t>(i), ' ') + "if x:\n";
  EXPECT_THAT(error_of(blocks), HasSubstr("too deeply"));
  std::string branches = "def f():\n  if x:\n    pass\n";
  for (int i = 0; i < 5000; ++i) branches += "  elif x:\n    pass\n";
  EXPECT_THAT(error_of(branches), HasSubstr("too deeply"));
  // Each chain and each nesting is allowed, all of them together are not.
  std::string tower = "x";
  for (int i = 0; i < 50; ++i) {
    tower = "(" + tower;
    for (int k = 0; k < 100; ++k) tower += ".a";
    tower += ")";
  }
  EXPECT_THAT(error_of("def f():\n  return " + tower + "\n"), HasSubstr("too deeply"));
}

TEST(ScriptParser, ShowsPartsOfLongLines) {
  const std::string error = error_of("def f():\n  return [" + std::string(50000, '1') + ", ?" +
                                     std::string(50000, '2') + "]\n");
  EXPECT_THAT(error, HasSubstr("..."));
  EXPECT_THAT(error, HasSubstr(", ?2"));
  EXPECT_LT(error.size(), 1500u);
}

TEST(SourceText, FindsLinesAndOrigins) {
  auto original = text_of("first\nsecond line\n");
  auto text = std::make_shared<SourceText>("a\nbcd\n", "code.py");
  EXPECT_EQ(text->position(3), (std::pair<uint32_t, uint32_t>(2, 1)));
  EXPECT_EQ(text->line(2), "bcd");
  EXPECT_EQ(describe({text, 3, 4}), "code.py:2:1");
  text->set_origins({{2, original, 8, 10, 40}});
  EXPECT_EQ(describe({text, 0, 1}), "code.py:1:0");
  EXPECT_EQ(describe({text, 3, 4}), "test.py:41:2");
}

}  // namespace
}  // namespace temper::ir
