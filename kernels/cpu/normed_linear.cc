#include "kernels/cpu/epilogue.h"
#include "kernels/cpu/matmul.h"
#include "kernels/cpu/norm.h"

namespace temper {

void normed_linear(OpCall& call) {
  const RunContext& context = call.context();
  const Tensor x = call.tensor(0);
  Epilogue epilogue = epilogue_of(call, 10);
  Tensor out;
  if (x.dim() == 2) {
    out = linear_of(context, x, call.tensor(3), call.opt_tensor(4), &epilogue);
  } else {
    out = linear_of(context, x, call.tensor(1), call.opt_tensor(2));
    out = normalize_batch(context, out, call.opt_tensor(5), call.opt_tensor(6), call.tensor(7),
                          call.tensor(8), call.number(9));
  }
  call.ret(epilogue.empty() ? out : finish(call, out, epilogue));
}

}  // namespace temper
