#pragma once
// What temper::attention computes, step by step as a program spells it. The steps are words, each
// an operator that is applied to the value so far, beginning with the query; the operands follow in
// the order of the words. Two of the steps are products: with the key, then with the value.
//
//   mul, div             by a number or tensor
//   key_mul, key_div     the same on the key; before the first product
//   matmul, bmm          the next product
//   baddbmm              the first one, with what is added, beta and alpha
//   add, sub             a tensor, times a number
//   masked_fill          a mask and the value where it is set
//   masked_fill_as       the same, with the mask expanded to what it masks
//   where                a mask and the value where it is not set
//   causal               -inf where the column is behind the row
//   as_in_place          the result of the step before is stored in what that step changed
//   to                   a dtype
//   type_as              the dtype before the last `to`
//   view, reshape        sizes
//   flatten              first and last dim
//   softmax              a dim and a dtype
//   safe_softmax         the same, where rows of -inf give zeros
//   transpose, permute   two dims, or all of them
//   contiguous
//
// A step whose first operand is None is left out, and what is stored of it: it stood in a branch
// that was not taken. Of baddbmm the product stays.

#include "absl/container/inlined_vector.h"
#include "core/op/op_call.h"

namespace temper {

enum class AttentionStep : uint8_t {
  kMul,
  kDiv,
  kKeyMul,
  kKeyDiv,
  kMatmul,
  kBmm,
  kBaddbmm,
  kAdd,
  kSub,
  kMaskedFill,
  kMaskedFillAs,
  kWhere,
  kCausal,
  kAsInPlace,
  kTo,
  kTypeAs,
  kView,
  kReshape,
  kFlatten,
  kSoftmax,
  kSafeSoftmax,
  kTranspose,
  kPermute,
  kContiguous,
};

class AttentionRecipe {
 public:
  struct Step {
    AttentionStep what;
    size_t operand;  // the first argument of the call that belongs to it
  };

  // The text is argument `text` of the call, operands follow.
  AttentionRecipe(OpCall& call, size_t text);

  size_t size() const { return steps_.size(); }
  AttentionStep what(size_t i) const { return steps_[i].what; }
  const IValue& operand(size_t i, size_t k = 0) const { return call_.in(steps_[i].operand + k); }
  Dims ints(size_t i) const { return call_.ints(steps_[i].operand); }

  // All steps, by the kernels of their operators.
  Tensor run(const Tensor& query, const Tensor& key, const Tensor& value) const;
  // Steps from the i-th on, none of them a product.
  Tensor finish(Tensor value, size_t i) const;

 private:
  Tensor step(size_t i, const Tensor& value) const;
  Tensor kernel(Kernel kernel, std::initializer_list<IValue> arguments) const;

  OpCall& call_;
  absl::InlinedVector<Step, 12> steps_;
};

}  // namespace temper
