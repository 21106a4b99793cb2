#pragma once
// Reads trees of point-wise operators as formulas, so that one recognition serves every order in
// which a program may have written its sums and products. What an operator computes is read off the
// scalar expression of its row.

#include <array>
#include <optional>
#include <vector>

#include "ir/graph/graph.h"

namespace temper {

// A polynomial of a tensor x and of t, the value of one function: terms[i][j] is the factor of
// x^i t^j.
struct Polynomial {
  static constexpr size_t kPowers = 4;
  std::array<std::array<double, 2>, kPowers> terms{};

  static Polynomial constant(double value);
  std::optional<double> as_constant() const;
  bool has_t() const;
};

// Equal but for what is lost when factors are written with the digits of a float.
bool close(const Polynomial& a, const Polynomial& b);

struct Formula {
  enum Function : unsigned char {
    kNone,
    kErf,
    kTanh,
    kSigmoid,
    kClamp6,        // min(max(argument, 0), 6)
    kTanhSoftplus,  // tanh(log(1 + exp(argument)))
  };
  Function function = kNone;
  Polynomial argument;  // of t, in x alone
  Polynomial value;
  std::vector<ir::Node*> nodes;     // all that compute it; users before what they use
  bool has_tensor_numbers = false;  // some of the numbers are tensors, without dims
};

class FormulaReader {
 public:
  explicit FormulaReader(const OpRegistry& ops);

  // What x may be in the tree that ends in `root`; empty when no function is computed there.
  std::vector<ir::Value*> candidates(const ir::Node& root) const;
  // The value of `root` in terms of x; nothing when it is no such formula, or when somebody else
  // looks at what is computed on the way.
  std::optional<Formula> read(ir::Node& root, const ir::Value* x) const;

 private:
  class Reading;
  bool has_function(const ir::Node& node) const;
  ir::Value* softplus_argument(const ir::Node& node, std::vector<ir::Node*>* inner) const;
  const OpDef* tanh_;
  const OpDef* softplus_;
  const OpDef* log1p_;
  const OpDef* exp_;
  const OpDef* clamp_;
};

}  // namespace temper
