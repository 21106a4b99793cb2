#pragma once
// Bodies of the linear algebra operators; rows in kernels/ops/linalg.cc. All follow PyTorch's
// conventions: results are column-major, batches broadcast where both operands have them.

#include "core/op/op_call.h"

namespace temper::linalg {

void cholesky(OpCall& call);
void cholesky_ex(OpCall& call);
void cholesky_legacy(OpCall& call);
void cholesky_inverse(OpCall& call);
void cholesky_solve(OpCall& call);
void inv(OpCall& call);
void inv_ex(OpCall& call);
void det(OpCall& call);
void slogdet(OpCall& call);
void lu(OpCall& call);
void lu_factor(OpCall& call);
void lu_factor_ex(OpCall& call);
void lu_solve(OpCall& call);
void lu_unpack(OpCall& call);
void solve(OpCall& call);
void solve_ex(OpCall& call);
void solve_triangular(OpCall& call);
void triangular_solve(OpCall& call);
void ldl_factor(OpCall& call);
void ldl_factor_ex(OpCall& call);
void ldl_solve(OpCall& call);
void geqrf(OpCall& call);
void householder_product(OpCall& call);
void ormqr(OpCall& call);
void qr(OpCall& call);
void svd(OpCall& call);
void svdvals(OpCall& call);
void svd_legacy(OpCall& call);
void eigh(OpCall& call);
void eigvalsh(OpCall& call);
void eig(OpCall& call);
void eigvals(OpCall& call);
void lstsq(OpCall& call);

}  // namespace temper::linalg
