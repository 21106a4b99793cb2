#include "core/op/scalar_expr.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <limits>

#include "core/base/error.h"

namespace temper {
namespace {

struct FunctionFacts {
  std::string_view name;
  int arity;
};
constexpr FunctionFacts kFunctions[] = {
#define TEMPER_SCALAR_FACTS(name, arity) {#name, arity},
    TEMPER_SCALAR_FUNCTIONS(TEMPER_SCALAR_FACTS)
#undef TEMPER_SCALAR_FACTS
};

class Parser {
 public:
  Parser(std::string_view text, absl::Span<const std::string> names) : text_(text), names_(names) {}

  ScalarExpr run() {
    comparison();
    skip();
    if (at_ != text_.size()) error("unexpected text");
    return std::move(expr_);
  }

 private:
  [[noreturn]] void error(std::string_view what) {
    throw_error(ErrorKind::kInternal,
                str_cat("scalar expression '", text_, "': ", what, " at position ", at_));
  }
  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool eat(std::string_view token) {
    skip();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }

  int push(ScalarNode node) {
    expr_.nodes.push_back(node);
    return static_cast<int>(expr_.nodes.size()) - 1;
  }
  int call(ScalarFn fn, int a, int b = -1, int c = -1) {
    ScalarNode node{ScalarNode::Kind::kCall};
    node.fn = fn;
    node.args[0] = a;
    node.args[1] = b;
    node.args[2] = c;
    return push(node);
  }

  int comparison() {
    int left = sum();
    static constexpr std::pair<std::string_view, ScalarFn> kOps[] = {
        {"==", ScalarFn::k_eq}, {"!=", ScalarFn::k_ne}, {"<=", ScalarFn::k_le},
        {">=", ScalarFn::k_ge}, {"<", ScalarFn::k_lt},  {">", ScalarFn::k_gt}};
    for (const auto& [token, fn] : kOps) {
      if (eat(token)) return call(fn, left, sum());
    }
    return left;
  }
  int sum() {
    int left = product();
    while (true) {
      if (eat("+")) {
        left = call(ScalarFn::k_add, left, product());
      } else if (eat("-")) {
        left = call(ScalarFn::k_sub, left, product());
      } else {
        return left;
      }
    }
  }
  int product() {
    int left = unary();
    while (true) {
      if (eat("*")) {
        left = call(ScalarFn::k_mul, left, unary());
      } else if (eat("/")) {
        left = call(ScalarFn::k_div, left, unary());
      } else {
        return left;
      }
    }
  }
  int unary() {
    if (eat("-")) return call(ScalarFn::k_neg, unary());
    return primary();
  }
  int primary() {
    skip();
    if (eat("(")) {
      const int inner = comparison();
      if (!eat(")")) error("expected ')'");
      return inner;
    }
    if (at_ == text_.size()) error("expected an operand");
    if (std::isdigit(static_cast<unsigned char>(text_[at_]))) return number();
    return name();
  }
  int number() {
    const std::string rest(text_.substr(at_));
    char* end = nullptr;
    const double value = std::strtod(rest.c_str(), &end);
    at_ += static_cast<size_t>(end - rest.c_str());
    return constant(value);
  }
  int constant(double value) {
    ScalarNode node{ScalarNode::Kind::kConstant};
    node.constant = value;
    return push(node);
  }
  int name() {
    const size_t start = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_')) {
      ++at_;
    }
    const std::string_view word = text_.substr(start, at_ - start);
    if (word.empty()) error("expected a name");
    if (eat("(")) return function(word);
    // An argument may be called nan.
    if (std::find(names_.begin(), names_.end(), word) != names_.end()) return input(word);
    if (word == "inf") return constant(std::numeric_limits<double>::infinity());
    if (word == "nan") return constant(std::numeric_limits<double>::quiet_NaN());
    error(str_cat("unknown name '", word, "'"));
  }
  int input(std::string_view word) {
    const auto it = std::find(expr_.inputs.begin(), expr_.inputs.end(), word);
    const int index = static_cast<int>(it - expr_.inputs.begin());
    if (it == expr_.inputs.end()) expr_.inputs.emplace_back(word);
    for (size_t i = 0; i < expr_.nodes.size(); ++i) {
      if (expr_.nodes[i].kind == ScalarNode::Kind::kInput && expr_.nodes[i].input == index) {
        return static_cast<int>(i);
      }
    }
    ScalarNode node{ScalarNode::Kind::kInput};
    node.input = index;
    return push(node);
  }
  int function(std::string_view word) {
    for (size_t i = 0; i < std::size(kFunctions); ++i) {
      if (kFunctions[i].name != word) continue;
      int args[3] = {-1, -1, -1};
      for (int k = 0; k < kFunctions[i].arity; ++k) {
        if (k > 0 && !eat(",")) error("expected ','");
        args[k] = comparison();
      }
      if (!eat(")")) error("expected ')'");
      return call(static_cast<ScalarFn>(i), args[0], args[1], args[2]);
    }
    error(str_cat("unknown function '", word, "'"));
  }

  std::string_view text_;
  absl::Span<const std::string> names_;
  size_t at_ = 0;
  ScalarExpr expr_;
};

}  // namespace

int scalar_fn_arity(ScalarFn fn) { return kFunctions[static_cast<size_t>(fn)].arity; }
std::string_view scalar_fn_name(ScalarFn fn) { return kFunctions[static_cast<size_t>(fn)].name; }

ScalarExpr parse_scalar_expr(std::string_view text, absl::Span<const std::string> names) {
  ScalarExpr expr = Parser(text, names).run();
  TEMPER_CHECK(!expr.nodes.empty());
  return expr;
}

}  // namespace temper
