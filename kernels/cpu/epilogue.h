#pragma once
// What a fused operator does to its product before it is stored: y = activation(product +
// residual).

#include <optional>

#include "core/op/op_call.h"

namespace temper {

enum class Activation : unsigned char {
  kNone,
  kRelu,
  kClip,       // min(max(x, alpha), beta)
  kLeakyRelu,  // alpha: the slope below 0
  kElu,        // alpha (exp(x) - 1) below 0
  kSigmoid,
  kTanh,
  kSilu,
  kHardswish,
  kGelu,      // by erf
  kGeluTanh,  // by the tanh approximation
  kMish,
};

struct Epilogue {
  Tensor residual;  // may be undefined
  // The sum is stored in the product: it keeps the product's shape and dtype.
  bool in_place = false;
  Activation activation = Activation::kNone;
  float alpha = 0;
  float beta = 0;
  bool empty() const { return !residual.defined() && activation == Activation::kNone; }
};

// Arguments first..first + 4 of the call: residual, in_place, activation, alpha, beta.
Epilogue epilogue_of(OpCall& call, size_t first);

// Whether a library that computes float32 products of these sizes can do it on the way.
bool fuses(const Epilogue& epilogue, DimsView sizes);

// The same one step at a time, for every dtype and with broadcasting.
Tensor finish(OpCall& call, const Tensor& product, const Epilogue& epilogue);

}  // namespace temper
