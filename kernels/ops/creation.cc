// Factories, conversions and copies.
#include "kernels/cpu/creation.h"
#include "kernels/ops/families.h"

namespace temper {

void add_creation(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::empty.memory_format", creation::empty, kNondeterministic},
      {"aten::empty_like", creation::empty_like, kNondeterministic},
      {"aten::empty_strided", creation::empty_strided, kNondeterministic},
      {"aten::new_empty", creation::new_empty, kNondeterministic},
      {"aten::new_empty_strided", creation::new_empty_strided, kNondeterministic},
      {"aten::zeros", creation::zeros},
      {"aten::zeros_like", creation::zeros_like},
      {"aten::new_zeros", creation::new_zeros},
      {"aten::ones", creation::ones},
      {"aten::ones_like", creation::ones_like},
      {"aten::new_ones", creation::new_ones},
      {"aten::full", creation::full},
      {"aten::full_like", creation::full_like},
      {"aten::new_full", creation::new_full},
      {"aten::scalar_tensor", creation::scalar_tensor},
      {"aten::arange", creation::arange},
      {"aten::arange.start", creation::arange_start},
      {"aten::arange.start_step", creation::arange_step},
      {"aten::arange.out", creation::arange_out},
      {"aten::arange.start_out", creation::arange_start_out},
      {"aten::linspace", creation::linspace},
      {"aten::linspace.Tensor_Tensor", creation::linspace},
      {"aten::linspace.Tensor_Scalar", creation::linspace},
      {"aten::linspace.Scalar_Tensor", creation::linspace},
      {"aten::logspace", creation::logspace},
      {"aten::logspace.Tensor_Tensor", creation::logspace},
      {"aten::logspace.Tensor_Scalar", creation::logspace},
      {"aten::logspace.Scalar_Tensor", creation::logspace},
      {"aten::eye", creation::eye},
      {"aten::eye.m", creation::eye_m},
      {"aten::tril_indices", creation::tril_indices},
      {"aten::triu_indices", creation::triu_indices},
      {"aten::to.device", creation::to_device},
      {"aten::to.dtype", creation::to_dtype},
      {"aten::to.dtype_layout", creation::to_layout},
      {"aten::to.other", creation::to_other},
      {"aten::to.prim_Device", creation::to_prim_device},
      {"aten::to.prim_dtype", creation::to_prim_dtype},
      {"aten::to.prim_other", creation::to_prim_other},
      {"aten::_to_copy", creation::to_copy},
      {"aten::type_as", creation::type_as, kMayReturnInput},
      {"aten::cpu", creation::cpu, kMayReturnInput},
      {"aten::clone", creation::clone},
      {"aten::copy", creation::copy},
      {"aten::copy_", creation::copy_in_place},
      {"aten::copy_.Tensor", creation::copy_in_place},
      {"aten::copy_.int", creation::copy_number},
      {"aten::copy_.float", creation::copy_number},
      {"aten::fill.Scalar", creation::fill},
      {"aten::fill.Tensor", creation::fill_from_tensor},
      {"aten::fill_.Scalar", creation::fill_in_place},
      {"aten::fill_.Tensor", creation::fill_in_place_from_tensor},
      {"aten::zero", creation::zero},
      {"aten::zero_", creation::zero_in_place},
  };
  registry.add(kRows);
}

}  // namespace temper
