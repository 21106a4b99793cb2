#pragma once
// The three primitive transforms; everything else of torch.fft is TorchScript over them
// (kernels/prelude/fft.py). Normalization codes: 0 none, 1 by sqrt(n), 2 by n.

#include "core/op/op_call.h"

namespace temper {

void fft_c2c(OpCall& call);  // (self, int[] dim, int normalization, bool forward)
void fft_r2c(OpCall& call);  // (self, int[] dim, int normalization, bool onesided)
void fft_c2r(OpCall& call);  // (self, int[] dim, int normalization, int last_dim_size)

}  // namespace temper
