#pragma once
// Bodies of operators that read or write elements chosen by indices or masks; rows in
// kernels/ops/indexing.cc.

#include "core/op/op_call.h"
#include "core/tensor/tensor.h"

namespace temper::indexing {

// Each writes into `self`, which is argument 0 or a copy of it.
using Writer = void (*)(OpCall& call, const Tensor& self);
// In-place and functional forms of a writer. The copy is contiguous unless `Preserve`.
template <Writer Write>
void in_place(OpCall& call) {
  Write(call, call.tensor(0));
  call.ret(call.in(0));
}
template <Writer Write, bool Preserve = false>
void functional(OpCall& call) {
  const Tensor self = call.tensor(0);
  const Tensor out = Preserve ? empty_like(self) : empty(self.sizes(), self.dtype());
  out.impl()->quant = self.impl()->quant;
  copy_into(out, self);
  Write(call, out);
  call.ret(out);
}

void index(OpCall& call);
void index_put(OpCall& call, const Tensor& self);
void index_select(OpCall& call);
void gather(OpCall& call);
void take(OpCall& call);
void take_along_dim(OpCall& call);

void scatter_src(OpCall& call, const Tensor& self);
void scatter_value(OpCall& call, const Tensor& self);
void scatter_reduce_src(OpCall& call, const Tensor& self);  // reduce="add" or "multiply"
void scatter_reduce_value(OpCall& call, const Tensor& self);
void scatter_add(OpCall& call, const Tensor& self);
void scatter_reduce(OpCall& call, const Tensor& self);  // sum, prod, mean, amax, amin
void index_add(OpCall& call, const Tensor& self);
void index_copy(OpCall& call, const Tensor& self);
void index_fill(OpCall& call, const Tensor& self);
void index_reduce(OpCall& call, const Tensor& self);
void put(OpCall& call, const Tensor& self);

void masked_fill(OpCall& call);
void masked_fill_in_place(OpCall& call);
void masked_select(OpCall& call);
void masked_scatter(OpCall& call);
void masked_scatter_in_place(OpCall& call);
void nonzero(OpCall& call);
void nonzero_numpy(OpCall& call);

void tril(OpCall& call);
void triu(OpCall& call);
void diag(OpCall& call);
void diag_embed(OpCall& call);
void diagflat(OpCall& call);
void trace(OpCall& call);
void fill_diagonal(OpCall& call, const Tensor& self);
void one_hot(OpCall& call);

void bucketize(OpCall& call);  // numbers or tensors
void searchsorted(OpCall& call);
void unique(OpCall& call);
void unique2(OpCall& call);
void unique_dim(OpCall& call);
void unique_consecutive(OpCall& call);
void unique_dim_consecutive(OpCall& call);

void im2col(OpCall& call);
void col2im(OpCall& call);

}  // namespace temper::indexing
