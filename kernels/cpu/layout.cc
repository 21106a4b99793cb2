#include "kernels/cpu/layout.h"

namespace temper {

MemoryFormat suggested_format(const Tensor& t) {
  if (!t.is_channels_last()) return MemoryFormat::kContiguous;
  return t.dim() == 4 ? MemoryFormat::kChannelsLast : MemoryFormat::kChannelsLast3d;
}

Tensor dense_in_format(const Tensor& t, MemoryFormat format) {
  if (format == MemoryFormat::kContiguous) return t.contiguous();
  if (t.is_channels_last() && is_non_overlapping_and_dense(t.sizes(), t.strides())) return t;
  const Tensor out = empty(t.sizes(), t.dtype(), format);
  copy_into(out, t);
  return out;
}

Tensor dense_in_format(const Tensor& t) { return dense_in_format(t, suggested_format(t)); }

void resize_to_layout(Tensor target, DimsView sizes, DimsView strides) {
  target.resize(sizes);
  target.set_view(target.as_strided(sizes, strides, target.offset()));
}

}  // namespace temper
