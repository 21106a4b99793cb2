#include "passes/patterns/fixed_norm.h"

namespace temper {
namespace {

// Undefined unless it is a known tensor.
Tensor known_tensor(const Match& match, const char* name) {
  const IValue* value = match.constant(name);
  return value && value->is_tensor() ? value->to_tensor() : Tensor();
}

}  // namespace

bool is_known(const Match& match, const char* name, DType dtype, bool required) {
  const IValue* value = match.constant(name);
  if (!value || !(value->is_none() || value->is_tensor())) return false;
  const Tensor tensor = known_tensor(match, name);
  return tensor.defined() ? tensor.dtype() == dtype : !required;
}

bool is_fixed_norm(const Match& match, DType dtype) {
  const Tensor mean = known_tensor(match, "mean");
  if (!mean.defined() || mean.dtype() != dtype || mean.dim() != 1) return false;
  const auto fits = [&](const char* name, bool required) {
    if (!is_known(match, name, dtype, required)) return false;
    const Tensor tensor = known_tensor(match, name);
    return !tensor.defined() || tensor.sizes() == mean.sizes();
  };
  return fits("var", true) && fits("gamma", false) && fits("beta", false);
}

}  // namespace temper
