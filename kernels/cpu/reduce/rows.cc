#include "kernels/cpu/reduce/rows.h"

namespace temper {

Rows make_rows(const Tensor& self, DimsView dims, bool keepdim) {
  const int64_t rank = self.dim();
  Dims reduced = wrap_dims(dims, rank);
  if (dims.empty()) {
    for (int64_t d = 0; d < rank; ++d) reduced.push_back(d);
  }
  Dims order, kept_sizes;
  Rows rows;
  rows.length = 1;
  for (int64_t d = 0; d < rank; ++d) {
    const bool gone = std::find(reduced.begin(), reduced.end(), d) != reduced.end();
    if (!gone) {
      order.push_back(d);
      rows.out_sizes.push_back(self.sizes()[d]);
    } else if (keepdim) {
      rows.out_sizes.push_back(1);
    }
  }
  rows.rows = 1;
  for (int64_t d : order) rows.rows *= self.sizes()[d];
  for (int64_t d = 0; d < rank; ++d) {
    if (std::find(reduced.begin(), reduced.end(), d) == reduced.end()) continue;
    order.push_back(d);
    rows.length *= self.sizes()[d];
  }
  rows.data = rank == 0 ? self : self.permute(order);
  rows.data = rows.data.contiguous();
  return rows;
}

Rows make_rows_along(const Tensor& self, int64_t dim, bool keepdim) {
  wrap_dim(dim, self.dim());
  if (self.dim() == 0) return make_rows(self, {}, keepdim);
  return make_rows(self, {dim}, keepdim);
}

}  // namespace temper
