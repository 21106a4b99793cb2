// What a program can ask of a tensor without reading its elements.
#include <algorithm>

#include "core/base/error.h"
#include "kernels/cpu/fill.h"
#include "kernels/ops/families.h"
#include "kernels/ops/overloads.h"

namespace temper {
namespace {

// Alive as long as the argument's register.
const TensorImpl& tensor(const OpCall& call) { return *call.tensor(0).impl(); }

void check_has_dims(const OpCall& call) {
  if (tensor(call).sizes.empty()) {
    fail("Dimension specified as ", call.integer(1), " but tensor has no dimensions");
  }
}

void sizes(OpCall& call) { call.ret(make_int_list(tensor(call).sizes)); }
void size(OpCall& call) {
  check_has_dims(call);
  call.ret(call.tensor(0).size(call.integer(1)));
}
void strides(OpCall& call) { call.ret(make_int_list(tensor(call).strides)); }
void stride(OpCall& call) {
  check_has_dims(call);
  call.ret(call.tensor(0).stride(call.integer(1)));
}
void dim(OpCall& call) { call.ret(call.tensor(0).dim()); }
void numel(OpCall& call) { call.ret(tensor(call).numel); }
void length(OpCall& call) {
  const TensorImpl& self = tensor(call);
  if (self.sizes.empty()) fail("len() of a 0-d tensor");
  call.ret(self.sizes[0]);
}
void storage_offset(OpCall& call) { call.ret(tensor(call).offset); }
void element_size(OpCall& call) { call.ret(item_size(tensor(call).dtype)); }
void nbytes(OpCall& call) { call.ret(call.tensor(0).nbytes()); }

void dtype(OpCall& call) { call.ret(static_cast<int64_t>(tensor(call).dtype)); }
void device(OpCall& call) { call.ret(call.tensor(0).device()); }
void get_device(OpCall& call) {
  const Device device = call.tensor(0).device();
  call.ret(device.kind == DeviceKind::kCpu ? -1 : std::max<int64_t>(0, device.index));
}
template <DeviceKind kKind>
void is_on(OpCall& call) {
  call.ret(call.tensor(0).device().kind == kKind);
}

template <bool (*kTest)(DType)>
void dtype_is(OpCall& call) {
  call.ret(kTest(tensor(call).dtype));
}

void is_contiguous(OpCall& call) { call.ret(tensor(call).contiguous); }
void is_contiguous_in(OpCall& call) {
  const int64_t format = call.integer(1);
  if (format < 0 || format > 3) fail("is_contiguous does not take memory format ", format);
  call.ret(temper::is_contiguous_in(call.tensor(0), static_cast<MemoryFormat>(format)));
}
void is_dense(OpCall& call) {
  const TensorImpl& self = tensor(call);
  call.ret(is_non_overlapping_and_dense(self.sizes, self.strides));
}
void is_same_size(OpCall& call) { call.ret(call.tensor(0).sizes() == call.tensor(1).sizes()); }
void is_set_to(OpCall& call) {
  const Tensor a = call.tensor(0), b = call.tensor(1);
  call.ret(a.storage() == b.storage() && a.offset() == b.offset() && a.sizes() == b.sizes() &&
           a.strides() == b.strides());
}

void requires_grad(OpCall& call) { call.ret(tensor(call).requires_grad); }
void set_requires_grad(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (call.boolean(1) && !is_floating(self.dtype()) && !is_complex(self.dtype())) {
    fail("Only Tensors of floating point and complex dtype can require gradients");
  }
  self.impl()->requires_grad = call.boolean(1);
  call.ret(self);
}
void data(OpCall& call) { call.ret(call.tensor(0).alias()); }
void version(OpCall& call) { call.ret(static_cast<int64_t>(call.tensor(0).storage()->version())); }
void nothing(OpCall& call) { call.ret(IValue()); }
void zero(OpCall& call) { call.ret(0); }
void always_false(OpCall& call) { call.ret(false); }
void always_true(OpCall& call) { call.ret(true); }

void shape_tensor(OpCall& call) {
  const Dims shape = tensor(call).sizes;
  const Tensor out = empty({static_cast<int64_t>(shape.size())}, DType::kInt64);
  std::copy(shape.begin(), shape.end(), out.data<int64_t>());
  call.ret(out);
}

void infer_size(OpCall& call) { call.ret(make_int_list(broadcast(call.ints(0), call.ints(1)))); }
void size_if_not_equal(OpCall& call) {
  const Dims self = call.ints(0);
  call.ret(self == call.ints(1) ? IValue() : make_int_list(self));
}
void squeezed_size(OpCall& call) {
  Dims out = call.ints(0);
  if (call.size() > 1) {
    const int64_t dim = wrap_dim(call.integer(1), static_cast<int64_t>(out.size()));
    if (!out.empty()) out.erase(out.begin() + dim);
  } else {
    out.erase(std::remove(out.begin(), out.end(), 1), out.end());
  }
  call.ret(make_int_list(out));
}
void unsqueezed_size(OpCall& call) {
  Dims out = call.ints(0);
  const int64_t dim = wrap_dim(call.integer(1), static_cast<int64_t>(out.size()) + 1);
  out.insert(out.begin() + dim, 1);
  call.ret(make_int_list(out));
}

void add_shape(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::size", sizes, kCheap | kIgnoresLayout},
      {"aten::size.int", size, kCheap | kIgnoresLayout},
      {"aten::sym_size", sizes, kCheap},
      {"aten::sym_size.int", size, kCheap},
      {"aten::stride", strides, kCheap},
      {"aten::stride.int", stride, kCheap},
      {"aten::sym_stride", strides, kCheap},
      {"aten::sym_stride.int", stride, kCheap},
      {"aten::dim", dim, kCheap | kIgnoresLayout},
      {"aten::numel", numel, kCheap | kIgnoresLayout},
      {"aten::sym_numel", numel, kCheap},
      {"aten::len.Tensor", length, kCheap},
      {"aten::storage_offset", storage_offset, kCheap},
      {"aten::sym_storage_offset", storage_offset, kCheap},
      {"aten::element_size", element_size, kCheap},
      {"aten::is_contiguous", is_contiguous, kCheap},
      {"aten::is_contiguous.memory_format", is_contiguous_in, kCheap},
      {"aten::sym_is_contiguous", is_contiguous_in, kCheap},
      {"aten::is_strides_like_format", is_contiguous_in, kCheap},
      {"aten::is_non_overlapping_and_dense", is_dense, kCheap},
      {"aten::is_same_size", is_same_size, kCheap},
      {"aten::is_set_to", is_set_to},
      {"aten::_shape_as_tensor", shape_tensor},
      {"aten::_infer_size", infer_size, kCheap},
      {"aten::_size_if_not_equal", size_if_not_equal, kCheap},
      {"prim::infer_squeeze_size", squeezed_size, kCheap},
      {"prim::infer_squeeze_size.dim", squeezed_size, kCheap},
      {"prim::infer_unsqueeze_size", unsqueezed_size, kCheap},
      {"prim::itemsize", element_size, kCheap},
      {"prim::nbytes", nbytes, kCheap},
  };
  registry.add(kRows);
}

void add_kinds(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"prim::dtype", dtype, kCheap},
      {"prim::device", device, kCheap},
      {"prim::layout", zero, kCheap},
      {"prim::is_cpu", is_on<DeviceKind::kCpu>, kCheap},
      {"prim::is_cuda", is_on<DeviceKind::kCuda>, kCheap},
      {"prim::is_meta", is_on<DeviceKind::kMeta>, kCheap},
      {"prim::is_quantized", dtype_is<is_quantized>, kCheap},
      {"aten::get_device", get_device, kCheap},
      {"aten::is_floating_point", dtype_is<is_floating>, kCheap},
      {"aten::is_complex", dtype_is<is_complex>, kCheap},
      {"aten::is_signed", dtype_is<is_signed>, kCheap},
      {"prim::requires_grad", requires_grad},
      {"aten::requires_grad_", set_requires_grad},
      {"aten::is_leaf", always_true},
      {"aten::retains_grad", always_false},
      {"aten::output_nr", zero},
      {"aten::_version", version},
      {"prim::data", data},
      {"prim::grad", nothing},
      {"prim::name", nothing},
  };
  registry.add(kRows);
}

}  // namespace

void add_tensor_facts(OpRegistry& registry) {
  add_shape(registry);
  add_kinds(registry);
  // Kinds of tensors that cannot exist here.
  for (std::string_view name :
       {"prim::is_ipu", "prim::is_maia", "prim::is_mkldnn", "prim::is_mps", "prim::is_mtia",
        "prim::is_ort", "prim::is_sparse", "prim::is_sparse_csr", "prim::is_vulkan", "prim::is_xla",
        "prim::is_xpu", "aten::is_conj", "aten::is_neg", "aten::is_inference",
        "aten::is_distributed", "aten::is_pinned", "aten::_is_zerotensor"}) {
    add_overloads(registry, name, {""}, always_false);
  }
}

}  // namespace temper
