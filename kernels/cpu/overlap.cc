#include "kernels/cpu/overlap.h"

#include "core/base/error.h"

namespace temper {
namespace {

bool is_dense(const Tensor& t) { return is_non_overlapping_and_dense(t.sizes(), t.strides()); }

}  // namespace

void check_no_overlap(const Tensor& written) {
  for (int64_t d = 0; d < written.dim(); ++d) {
    if (written.strides()[d] == 0 && written.sizes()[d] > 1) {
      fail(
          "unsupported operation: more than one element of the written-to tensor refers to a "
          "single memory location. Please clone() the tensor before performing the operation.");
    }
  }
}

void check_no_partial_overlap(const Tensor& written, const Tensor& read) {
  if (written.storage() != read.storage() || written.impl() == read.impl()) return;
  if (written.numel() == 0 || read.numel() == 0 || !is_dense(written) || !is_dense(read)) return;
  const std::byte *w = written.raw(), *r = read.raw();
  const bool same_bytes = w == r && written.nbytes() == read.nbytes();
  if (same_bytes && written.strides() == read.strides()) return;
  if (w >= r + read.nbytes() || r >= w + written.nbytes()) return;
  fail(
      "unsupported operation: some elements of the input tensor and the written-to tensor refer to "
      "a single memory location. Please clone() the tensor before performing the operation.");
}

}  // namespace temper
