#include "kernels/cpu/views.h"

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/fill.h"
#include "kernels/cpu/view_math.h"

namespace temper::views {
namespace {

Tensor transpose_2d(const Tensor& self, const char* name) {
  if (self.dim() > 2) {
    fail(name, " expects a tensor with <= 2 dimensions, but self is ", self.dim(), "D");
  }
  return self.dim() < 2 ? self.alias() : self.transpose(0, 1);
}

Tensor strided_view(const OpCall& call, size_t size_arg) {
  const Tensor self = call.tensor(0);
  return self.as_strided(call.ints(size_arg), call.ints(size_arg + 1),
                         call.integer_or(size_arg + 2, self.offset()));
}

Tensor sliced(const Tensor& self, const OpCall& call, size_t dim_arg) {
  return self.slice(call.integer(dim_arg), call.integer_or(dim_arg + 1, 0),
                    call.integer_or(dim_arg + 2, INT64_MAX), call.integer(dim_arg + 3));
}

// A contiguous-format copy of `self`, a view of it that `select` picks, and `src` put there.
template <class Select>
void scatter_view(OpCall& call, const char* name, const Select& select) {
  const Tensor out = call.tensor(0).clone();
  const Tensor target = select(out);
  const Tensor src = call.tensor(1);
  if (target.sizes() != src.sizes()) {
    fail(name, ": expected src to have a size equal to the slice of self. src size = ",
         to_string(src.sizes()), ", slice size = ", to_string(target.sizes()));
  }
  copy_into(target, src);
  call.ret(out);
}

Tensor complex_part(const Tensor& self, int64_t part) {
  const Tensor pairs = view_complex_as_real(self);
  return pairs.select(pairs.dim() - 1, part);
}

}  // namespace

void view(OpCall& call) { call.ret(call.tensor(0).view_as_shape(call.ints(1))); }
void view_dtype(OpCall& call) { call.ret(view_as_dtype(call.tensor(0), *call.opt_dtype(1))); }
void view_as(OpCall& call) { call.ret(call.tensor(0).view_as_shape(call.tensor(1).sizes())); }
void view_as_real(OpCall& call) { call.ret(view_complex_as_real(call.tensor(0))); }

void view_as_complex(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (self.dtype() != DType::kFloat32 && self.dtype() != DType::kFloat64) {
    if (self.dtype() == DType::kFloat16) unimplemented("view_as_complex of Half tensors");
    fail(
        "view_as_complex is only supported for half, float and double tensors, but got a tensor "
        "of scalar type: ",
        dtype_name(self.dtype()));
  }
  if (self.dim() == 0) fail("Input tensor must have one or more dimensions");
  if (self.sizes().back() != 2) fail("Tensor must have a last dimension of size 2");
  if (self.strides().back() != 1) fail("Tensor must have a last dimension with stride 1");
  Dims sizes(self.sizes().begin(), self.sizes().end() - 1);
  Dims strides(self.strides().begin(), self.strides().end() - 1);
  for (int64_t& stride : strides) {
    if (stride % 2 != 0)
      fail("Tensor must have a stride divisible by 2 for all but last dimension");
    stride /= 2;
  }
  if (self.offset() % 2 != 0) fail("Tensor must have a storage_offset divisible by 2");
  call.ret(
      from_storage(self.storage(), to_complex(self.dtype()), sizes, strides, self.offset() / 2));
}

void real(OpCall& call) {
  const Tensor self = call.tensor(0);
  call.ret(is_complex(self.dtype()) ? complex_part(self, 0) : self);
}

void imag(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (!is_complex(self.dtype())) {
    fail("imag is not implemented for tensors with non-complex dtypes.");
  }
  call.ret(complex_part(self, 1));
}

void conj(OpCall& call) { call.ret(conjugate(call.tensor(0))); }
void same(OpCall& call) { call.ret(call.in(0)); }
void reshape(OpCall& call) { call.ret(call.tensor(0).reshape(call.ints(1))); }
void reshape_as(OpCall& call) { call.ret(call.tensor(0).reshape(call.tensor(1).sizes())); }

void reshape_alias(OpCall& call) {
  const Tensor self = call.tensor(0);
  call.ret(self.as_strided(call.ints(1), call.ints(2), self.offset()));
}

void flatten(OpCall& call) {
  call.ret(flatten_dims(call.tensor(0), call.integer(1), call.integer(2)));
}
void ravel(OpCall& call) { call.ret(call.tensor(0).contiguous().view_as_shape({-1})); }

void unflatten(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (call.ints(2).empty()) fail("unflatten: sizes must be non-empty");
  const int64_t d = wrap_dim(call.integer(1), self.dim());
  const int64_t whole = self.dim() == 0 ? 1 : self.sizes()[d];
  const Dims inner = infer_size(call.ints(2), whole);
  Dims sizes(self.sizes().begin(), self.sizes().begin() + d);
  sizes.insert(sizes.end(), inner.begin(), inner.end());
  if (self.dim() > 0) sizes.insert(sizes.end(), self.sizes().begin() + d + 1, self.sizes().end());
  call.ret(self.view_as_shape(sizes));
}

void transpose(OpCall& call) {
  call.ret(call.tensor(0).transpose(call.integer(1), call.integer(2)));
}
void matrix_t(OpCall& call) { call.ret(transpose_2d(call.tensor(0), "t()")); }

void numpy_t(OpCall& call) {
  const Tensor self = call.tensor(0);
  Dims order;
  for (int64_t d = self.dim(); d-- > 0;) order.push_back(d);
  call.ret(self.permute(order));
}

void m_t(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (self.dim() == 1)
    fail("tensor.mT is only supported on matrices or batches of matrices. Got 1-D tensor.");
  call.ret(self.dim() == 0 ? self : self.transpose(-2, -1));
}

void m_h(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (self.dim() == 1) {
    fail("tensor.mH is only supported on matrices or batches of matrices. Got 1-D tensor.");
  }
  if (self.dim() == 0) return call.ret(conjugate(self));
  call.ret(conjugate(self.transpose(-2, -1)));
}

void matrix_h(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (self.dim() != 0 && self.dim() != 2) {
    fail("tensor.H is only supported on matrices (2-D tensors). Got ", self.dim(), "-D tensor.");
  }
  m_h(call);
}

void permute(OpCall& call) { call.ret(call.tensor(0).permute(call.ints(1))); }
void movedim(OpCall& call) { call.ret(move_dims(call.tensor(0), call.ints(1), call.ints(2))); }
void select(OpCall& call) { call.ret(call.tensor(0).select(call.integer(1), call.integer(2))); }
void slice(OpCall& call) { call.ret(sliced(call.tensor(0), call, 1)); }
void narrow(OpCall& call) {
  call.ret(call.tensor(0).narrow(call.integer(1), call.integer(2), call.integer(3)));
}

void narrow_tensor(OpCall& call) {
  const Tensor start = call.tensor(2);
  if (start.dim() != 0 || !is_integral(start.dtype())) {
    fail("start must be an 0-dim integral Tensor.");
  }
  call.ret(call.tensor(0).narrow(call.integer(1), *to_dtype(start, DType::kInt64).data<int64_t>(),
                                 call.integer(3)));
}

void unsqueeze(OpCall& call) { call.ret(call.tensor(0).unsqueeze(call.integer(1))); }
void squeeze(OpCall& call) { call.ret(squeeze_all(call.tensor(0))); }
void squeeze_dims(OpCall& call) { call.ret(squeeze_listed(call.tensor(0), call.ints(1))); }
void expand(OpCall& call) { call.ret(call.tensor(0).expand(call.ints(1))); }
void expand_as(OpCall& call) { call.ret(call.tensor(0).expand(call.tensor(1).sizes())); }
void broadcast_tensors(OpCall& call) { call.ret(make_tensor_list(broadcast_all(call.tensors(0)))); }
void as_strided(OpCall& call) { call.ret(strided_view(call, 1)); }
void diagonal(OpCall& call) {
  call.ret(diagonal_of(call.tensor(0), call.integer(1), call.integer(2), call.integer(3)));
}
void unfold(OpCall& call) {
  call.ret(unfold_of(call.tensor(0), call.integer(1), call.integer(2), call.integer(3)));
}

void detach(OpCall& call) {
  const Tensor view = call.tensor(0).alias();
  view.impl()->requires_grad = false;
  call.ret(view);
}

void alias(OpCall& call) { call.ret(call.tensor(0).alias()); }

void positive(OpCall& call) {
  if (call.tensor(0).dtype() == DType::kBool) {
    fail("The `+` operator, on a bool tensor is not supported.");
  }
  call.ret(call.tensor(0));
}

void contiguous(OpCall& call) {
  const Tensor self = call.tensor(0);
  const MemoryFormat format = memory_format_or(call, 1, MemoryFormat::kContiguous);
  if (format == MemoryFormat::kPreserve) {
    if (self.is_contiguous()) return call.ret(self);
    fail("preserve memory format is unsupported by the contiguous operator");
  }
  if (is_contiguous_in(self, format)) return call.ret(self);
  const Tensor out = empty(self.sizes(), self.dtype(), format);
  out.impl()->quant = self.impl()->quant;
  copy_into(out, self);
  call.ret(out);
}

void atleast(OpCall& call) {
  // The rank is part of the name: atleast_2d.
  call.ret(at_least(call.tensor(0), call.op().name()[call.op().name().size() - 2] - '0'));
}

void atleast_list(OpCall& call) {
  std::vector<Tensor> out;
  for (const Tensor& tensor : call.tensors(0)) {
    out.push_back(at_least(tensor, call.op().name()[call.op().name().size() - 2] - '0'));
  }
  call.ret(make_tensor_list(out));
}

void view_copy(OpCall& call) { call.ret(call.tensor(0).view_as_shape(call.ints(1)).clone()); }
void view_dtype_copy(OpCall& call) {
  call.ret(view_as_dtype(call.tensor(0), *call.opt_dtype(1)).clone());
}
void permute_copy(OpCall& call) { call.ret(call.tensor(0).permute(call.ints(1)).clone()); }
void unfold_copy(OpCall& call) {
  call.ret(unfold_of(call.tensor(0), call.integer(1), call.integer(2), call.integer(3)).clone());
}

void select_scatter(OpCall& call) {
  scatter_view(call, "select_scatter",
               [&](const Tensor& out) { return out.select(call.integer(2), call.integer(3)); });
}
void slice_scatter(OpCall& call) {
  scatter_view(call, "slice_scatter", [&](const Tensor& out) { return sliced(out, call, 2); });
}
void diagonal_scatter(OpCall& call) {
  scatter_view(call, "diagonal_scatter", [&](const Tensor& out) {
    return diagonal_of(out, call.integer(2), call.integer(3), call.integer(4));
  });
}
void as_strided_scatter(OpCall& call) {
  scatter_view(call, "as_strided_scatter", [&](const Tensor& out) {
    return out.as_strided(call.ints(2), call.ints(3), call.integer_or(4, out.offset()));
  });
}

}  // namespace temper::views
