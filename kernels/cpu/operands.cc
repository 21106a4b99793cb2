#include "kernels/cpu/operands.h"

#include "core/base/error.h"
#include "kernels/cpu/pointwise/promote.h"

namespace temper {

void is_plain(OpCall& call) {
  const TensorImpl* self = call.in(0).raw_tensor();
  const bool full = self && (self->dtype == DType::kFloat32 || self->dtype == DType::kFloat64);
  call.ret(IValue(full && !self->sizes.empty()));
}

void as_promoted(OpCall& call) {
  ResultType type;
  type.add(call.in(0));
  type.add(call.in(1));
  const Tensor self = call.tensor(0);
  if (self.dtype() == type.get()) return call.ret(call.in(0));
  call.ret(to_dtype(self, type.get()));
}

void as_batch(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (self.dim() + 1 != call.integer(1)) return call.ret(call.in(0));
  call.ret(self.unsqueeze(0));
}

void as_normalizable(OpCall& call) {
  const Tensor self = call.tensor(0);
  const int64_t rank = call.integer(1), channels = call.integer(2);
  const int64_t found = self.dim() < 2 ? 0 : self.size(1);
  if (found != channels) {
    fail("running_mean should contain ", found, " elements not ", channels);
  }
  if (self.dim() != rank) {
    unimplemented("a batch norm of a ", self.dim(), "-D tensor in front of a layer that takes ",
                  rank, "-D ones");
  }
  call.ret(call.in(0));
}

}  // namespace temper
