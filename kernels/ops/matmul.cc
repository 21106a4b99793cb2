#include "kernels/cpu/matmul.h"

#include "kernels/cpu/attention/attention.h"
#include "kernels/cpu/distance.h"
#include "kernels/cpu/products.h"
#include "kernels/ops/families.h"

namespace temper {

void add_matmul(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::mm", mm},
      {"aten::bmm", bmm},
      {"aten::matmul", matmul, kIgnoresLayout},
      {"aten::linear", linear, kIgnoresLayout},
      {"temper::linear", fused_linear, kIgnoresLayout},
      {"temper::attention", attention, kIgnoresLayout},
      {"temper::normed_linear", normed_linear, kIgnoresLayout},
      {"temper::as_matrix", as_matrix, kCheap | kKeepsRank | kMayReturnInput},
      {"aten::mv", mv},
      {"aten::dot", dot},
      {"aten::vdot", vdot},
      {"aten::addmm", addmm},
      {"aten::baddbmm", baddbmm},
      {"aten::addmv", addmv},
      {"aten::baddbmm_", baddbmm_in_place},
      {"aten::addmv_", addmv_in_place},
      {"aten::linalg_matmul", matmul},
      {"aten::outer", outer},
      {"aten::ger", outer},
      {"aten::addr", addr},
      {"aten::inner", inner},
      {"aten::tensordot", tensordot},
      {"aten::addbmm", addbmm},
      {"aten::chain_matmul", chain_matmul, kMayReturnInput},
      {"aten::linalg_multi_dot", multi_dot},
      {"aten::linalg_vecdot", vecdot},
      {"aten::bilinear", bilinear},
      {"aten::einsum", einsum, kMayReturnInput},
      {"aten::cdist", cdist},
      {"aten::_cdist_forward", cdist},
      {"aten::_euclidean_dist", euclidean_dist},
      {"aten::pdist", pdist},
      {"aten::_pdist_forward", pdist},
  };
  registry.add(kRows);
}

}  // namespace temper
