// Linear algebra through LAPACK. Composites over these are in kernels/prelude/linalg.py.
#include "kernels/cpu/linalg/kernels.h"
#include "kernels/ops/families.h"

namespace temper {

void add_linalg(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::linalg_cholesky", linalg::cholesky},
      {"aten::linalg_cholesky_ex", linalg::cholesky_ex},
      {"aten::cholesky", linalg::cholesky_legacy},
      {"aten::cholesky_inverse", linalg::cholesky_inverse},
      {"aten::cholesky_solve", linalg::cholesky_solve},
      {"aten::linalg_inv", linalg::inv},
      {"aten::linalg_inv_ex", linalg::inv_ex},
      {"aten::inverse", linalg::inv},
      {"aten::linalg_det", linalg::det},
      {"aten::_linalg_det", linalg::det},
      {"aten::det", linalg::det},
      {"aten::linalg_slogdet", linalg::slogdet},
      {"aten::_linalg_slogdet", linalg::slogdet},
      {"aten::slogdet", linalg::slogdet},
      {"aten::linalg_lu", linalg::lu},
      {"aten::linalg_lu_factor", linalg::lu_factor},
      {"aten::linalg_lu_factor_ex", linalg::lu_factor_ex},
      {"aten::_lu_with_info", linalg::lu_factor_ex},
      {"aten::linalg_lu_solve", linalg::lu_solve},
      {"aten::lu_solve", linalg::lu_solve},
      {"aten::lu_unpack", linalg::lu_unpack},
      {"aten::linalg_solve", linalg::solve},
      {"aten::linalg_solve_ex", linalg::solve_ex},
      {"aten::_linalg_solve_ex", linalg::solve_ex},
      {"aten::linalg_solve_triangular", linalg::solve_triangular},
      {"aten::triangular_solve", linalg::triangular_solve},
      {"aten::linalg_ldl_factor", linalg::ldl_factor},
      {"aten::linalg_ldl_factor_ex", linalg::ldl_factor_ex},
      {"aten::linalg_ldl_solve", linalg::ldl_solve},
      {"aten::geqrf", linalg::geqrf},
      {"aten::linalg_householder_product", linalg::householder_product},
      {"aten::orgqr", linalg::householder_product},
      {"aten::ormqr", linalg::ormqr},
      {"aten::linalg_qr", linalg::qr},
      {"aten::qr", linalg::qr},
      {"aten::linalg_svd", linalg::svd},
      {"aten::_linalg_svd", linalg::svd},
      {"aten::linalg_svdvals", linalg::svdvals},
      {"aten::svd", linalg::svd_legacy},
      {"aten::linalg_eigh", linalg::eigh},
      {"aten::_linalg_eigh", linalg::eigh},
      {"aten::symeig", linalg::eigh},
      {"aten::linalg_eigvalsh", linalg::eigvalsh},
      {"aten::linalg_eig", linalg::eig},
      {"aten::linalg_eigvals", linalg::eigvals},
      {"aten::linalg_lstsq", linalg::lstsq},
  };
  registry.add(kRows);
}

}  // namespace temper
