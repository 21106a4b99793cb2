#include "core/tensor/dispatch.h"
#include "core/value/containers.h"
#include "ir/interp/frame.h"

namespace temper::ir {
namespace {

enum Element : int64_t { kInt = 0, kFloat = 1, kBool = 2, kComplex = 3 };

IValue item(const Tensor& scalar, int64_t element) {
  switch (element) {
    case kInt: return *to_dtype(scalar, DType::kInt64).data<int64_t>();
    case kFloat: return *to_dtype(scalar, DType::kFloat64).data<double>();
    case kBool: return bool{*to_dtype(scalar, DType::kBool).data<Bool8>()};
    default: return *to_dtype(scalar, DType::kComplex128).data<Complex128>();
  }
}

TypePtr element_type(int64_t element, int64_t dims) {
  TypePtr type = element == kInt     ? Type::integer()
                 : element == kFloat ? Type::floating()
                 : element == kBool  ? Type::boolean()
                                     : Type::complex();
  for (int64_t i = 0; i < dims; ++i) type = list_of(type);
  return type;
}

IValue convert(const Tensor& tensor, int64_t element) {
  if (tensor.dim() == 0) return item(tensor, element);
  std::vector<IValue> items;
  items.reserve(static_cast<size_t>(tensor.size(0)));
  for (int64_t i = 0; i < tensor.size(0); ++i)
    items.push_back(convert(tensor.select(0, i), element));
  return make_list(element_type(element, tensor.dim() - 1), std::move(items));
}

bool fits(DType dtype, int64_t element) {
  switch (element) {
    case kInt: return dtype == DType::kInt64;
    case kFloat: return is_floating(dtype);
    case kBool: return dtype == DType::kBool;
    default: return is_complex(dtype);
  }
}

}  // namespace

IValue tensor_to_list(const Tensor& tensor, int64_t dim, int64_t element) {
  if (tensor.dim() != dim) {
    fail("Output annotation list dimension and runtime tensor dimension must match for tolist()");
  }
  if (!fits(tensor.dtype(), element)) {
    fail(
        "Output annotation element type and runtime tensor element type must match for tolist(), "
        "got a tensor of ",
        dtype_name(tensor.dtype()));
  }
  return convert(tensor, element);
}

}  // namespace temper::ir
