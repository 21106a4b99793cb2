#pragma once
// Matrix products of any dtype. float32, and half precision through it, go to oneDNN; the rest to
// plain loops.

#include "core/op/op_call.h"
#include "core/op/run_context.h"

namespace temper {

struct Epilogue;

// a [.., M, K] x b [.., K, N] with broadcast batch dims, following torch.matmul for ranks 1 and 2.
Tensor matmul_of(const RunContext& context, const Tensor& a, const Tensor& b);
// Few rows times a constant weight [N, K]: what the call costs beside reading the weight counts.
bool streams_weight(const RunContext& context, const Tensor& x, int64_t rows, const Tensor& weight,
                    const Tensor& bias);
// That product, of x as `rows` rows, into the dense `out`. Takes rectifiers out of the epilogue,
// which the result then has been through.
void stream_weight(const RunContext& context, const Tensor& x, int64_t rows, const Tensor& weight,
                   const Tensor& bias, Epilogue* epilogue, const Tensor& out);

// x [.., K] * weight[N, K]^T + bias[N]. An epilogue that could be fused is done and emptied.
Tensor linear_of(const RunContext& context, const Tensor& x, const Tensor& weight,
                 const Tensor& bias, Epilogue* epilogue = nullptr);
// beta * self + alpha * product with self broadcast; self is not read when beta is 0.
Tensor scaled_sum(const Tensor& self, const Tensor& product, const IValue& beta,
                  const IValue& alpha);

void mm(OpCall& call);
void bmm(OpCall& call);
void matmul(OpCall& call);
void linear(OpCall& call);
void as_matrix(OpCall& call);     // the tensor itself; raises unless it has two dims
void fused_linear(OpCall& call);  // linear, then the arguments of an epilogue
// (input, weight, bias?, normed weight, normed bias?, gamma?, beta?, mean, variance, eps), then the
// arguments of an epilogue: a linear layer and a batch norm. For samples, which are matrices, these
// are the layer with the normed weight and bias; for sequences the norm is over positions.
void normed_linear(OpCall& call);
void mv(OpCall& call);
void dot(OpCall& call);
void vdot(OpCall& call);
void addmm(OpCall& call);
void baddbmm(OpCall& call);
void baddbmm_in_place(OpCall& call);
void addmv(OpCall& call);
void addmv_in_place(OpCall& call);

}  // namespace temper
