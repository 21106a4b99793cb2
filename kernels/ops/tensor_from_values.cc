// Tensors made from scalars and nested lists.
#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/item.h"
#include "kernels/ops/families.h"

namespace temper {
namespace {

// The dtype that a Python scalar gets in a tensor.
DType default_dtype(TypeKind kind) {
  switch (kind) {
    case TypeKind::kInt: return DType::kInt64;
    case TypeKind::kBool: return DType::kBool;
    case TypeKind::kComplex: return DType::kComplex64;
    default: return DType::kFloat32;
  }
}

Tensor placed(const OpCall& call, const Tensor& values, size_t dtype_at) {
  const Tensor out = to_dtype(values, call.dtype_or(dtype_at, values.dtype()));
  if (!call.is_none(dtype_at + 1)) {
    const Device device = call.in(dtype_at + 1).to_device();
    if (device.kind != DeviceKind::kCpu) {
      unimplemented(call.op().key(), " on device ", to_string(device));
    }
  }
  return out;
}

void set_requires_grad(const Tensor& tensor, bool wanted) {
  if (!wanted) return;
  if (!is_floating(tensor.dtype()) && !is_complex(tensor.dtype())) {
    fail("Only Tensors of floating point and complex dtype can require gradients");
  }
  tensor.impl()->requires_grad = true;
}

void store(const IValue& value, const Tensor& out, int64_t at) {
  switch (out.dtype()) {
    case DType::kInt64: out.data<int64_t>()[at] = value.to_int(); return;
    case DType::kBool: out.data<Bool8>()[at] = value.to_bool(); return;
    case DType::kComplex64:
      out.data<Complex64>()[at] = static_cast<Complex64>(value.to_complex());
      return;
    default: out.data<float>()[at] = static_cast<float>(value.to_double());
  }
}

// Writes the leaves of a nested list in order; `at` moves along.
void fill(const ListValue& list, size_t depth, const Tensor& out, int64_t& at) {
  const int64_t expected = out.sizes()[depth], size = static_cast<int64_t>(list.items.size());
  if (size != expected) {
    fail("Expected sequence of length ", expected, " at dim ", depth, " (got ", size, ")");
  }
  for (const IValue& item : list.items) {
    if (depth + 1 < out.sizes().size()) {
      fill(item.to_list(), depth + 1, out, at);
    } else {
      store(item, out, at++);
    }
  }
}

// Only the first elements are asked for the shape, as the reference does.
Dims shape_of(const ListValue& list) {
  Dims shape;
  const ListValue* level = &list;
  while (true) {
    shape.push_back(static_cast<int64_t>(level->items.size()));
    if (level->items.empty() || !level->items[0].is_list()) return shape;
    level = &level->items[0].to_list();
  }
}

Tensor from_list(const ListValue& list) {
  TypePtr leaf = list.element_type;
  while (leaf->kind() == TypeKind::kList) leaf = leaf->expect<WrapperType>().element();
  const TypeKind kind = leaf->kind();
  if (kind != TypeKind::kInt && kind != TypeKind::kFloat && kind != TypeKind::kBool &&
      kind != TypeKind::kComplex) {
    fail("Input must be of ints, floats, or bools, got ", leaf->annotation());
  }
  const Tensor out = empty(shape_of(list), default_dtype(kind));
  int64_t at = 0;
  if (out.numel() > 0) fill(list, 0, out, at);
  return out;
}

Tensor from_scalar(const IValue& value) {
  if (value.is_double() && std::isfinite(value.to_double()) &&
      std::isinf(static_cast<float>(value.to_double()))) {
    fail("value cannot be converted to type float without overflow");
  }
  const TypePtr type = type_of(value);
  const Tensor out = empty({}, default_dtype(type->kind()));
  store(value, out, 0);
  return out;
}

Tensor from_value(const IValue& value) {
  return value.is_list() ? from_list(value.to_list()) : from_scalar(value);
}

void tensor(OpCall& call) {
  const Tensor out = placed(call, from_value(call.in(0)), 1);
  set_requires_grad(out, call.boolean(3));
  call.ret(out);
}

void as_tensor(OpCall& call) {
  const Tensor values = call.in(0).is_tensor() ? call.tensor(0) : from_value(call.in(0));
  call.ret(placed(call, values, 1));
}

void number_to_tensor(OpCall& call) { call.ret(tensor_of_scalar(call.in(0))); }

void list_to_tensor(OpCall& call) {
  call.ret(to_dtype(from_list(call.in(0).to_list()), DType::kInt32));
}

void tensor_to_list(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (self.dtype() != DType::kInt32) {
    fail("expected scalar type Int but found ", dtype_name(self.dtype()));
  }
  const Tensor values = self.contiguous();
  const int32_t* data = values.data<int32_t>();
  call.ret(make_list(Type::integer(), std::vector<IValue>(data, data + values.numel())));
}

}  // namespace

void add_tensor_from_values(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::tensor", tensor},
      {"aten::tensor.float", tensor},
      {"aten::tensor.int", tensor},
      {"aten::tensor.bool", tensor},
      {"aten::tensor.complex", tensor},
      {"aten::as_tensor", as_tensor},
      {"aten::as_tensor.float", as_tensor},
      {"aten::as_tensor.int", as_tensor},
      {"aten::as_tensor.bool", as_tensor},
      {"aten::as_tensor.complex", as_tensor},
      {"aten::as_tensor.list", as_tensor},
      {"prim::NumToTensor.Scalar", number_to_tensor},
      {"prim::NumToTensor.bool", number_to_tensor},
      {"aten::_list_to_tensor", list_to_tensor},
      {"aten::_tensor_to_list", tensor_to_list},
  };
  registry.add(kRows);
}

}  // namespace temper
