#include "kernels/cpu/overlap.h"

#include "core/base/error.h"

namespace temper {
namespace {

bool is_dense(const Tensor& t) { return is_non_overlapping_and_dense(t.sizes(), t.strides()); }

// Whether bytes of the one lie between those of the other, as far as that is easy to see.
bool meet(const Tensor& a, const Tensor& b) {
  if (a.storage() != b.storage() || a.numel() == 0 || b.numel() == 0) return false;
  if (!is_dense(a) || !is_dense(b)) return false;
  return a.raw() < b.raw() + b.nbytes() && b.raw() < a.raw() + a.nbytes();
}

[[noreturn]] void refuse() {
  fail(
      "unsupported operation: some elements of the input tensor and the written-to tensor refer to "
      "a single memory location. Please clone() the tensor before performing the operation.");
}

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
  if (written.impl() == read.impl() || !meet(written, read)) return;
  const bool same_bytes = written.raw() == read.raw() && written.nbytes() == read.nbytes();
  if (!same_bytes || written.strides() != read.strides()) refuse();
}

void check_no_shared_memory(const Tensor& written, const Tensor& read) {
  if (written.impl() == read.impl() || meet(written, read)) refuse();
}

}  // namespace temper
