#include "kernels/cpu/nested.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"

namespace temper {
namespace {

const std::vector<int64_t>* lengths_of(const Tensor& t) {
  return t.impl()->lengths ? &t.impl()->lengths->values : nullptr;
}

// Kept positions per row; `aligned` tells whether they come first everywhere.
std::vector<int64_t> count_kept(const Tensor& mask, bool* aligned) {
  const Tensor keep = to_dtype(mask, DType::kBool).contiguous();
  const int64_t rows = keep.size(0), columns = keep.size(1);
  std::vector<int64_t> lengths;
  *aligned = true;
  for (int64_t r = 0; r < rows; ++r) {
    const Bool8* row = keep.data<Bool8>() + r * columns;
    lengths.push_back(std::count_if(row, row + columns, [](Bool8 b) { return bool{b}; }));
    *aligned &= std::all_of(row, row + lengths.back(), [](Bool8 b) { return bool{b}; });
  }
  return lengths;
}

void check_mask(const Tensor& t, const Tensor& mask) {
  if (mask.dim() != 2) fail("Padding mask should be 2D");
  if (t.dim() != 3) fail("Input should be a 3D tensor, N * L * D");
  if (mask.size(0) != t.size(0) || mask.size(1) != t.size(1)) {
    fail("Padding mask size should match the first two dims of the input");
  }
}

}  // namespace

void nested_from_mask(OpCall& call) {
  const Tensor t = call.tensor(0), mask = call.tensor(1);
  check_mask(t, mask);
  bool aligned = false;
  std::vector<int64_t> lengths = count_kept(mask, &aligned);
  if (!aligned) fail("Mask must be left-aligned without gaps");
  const Tensor nested = t.clone();
  nested.impl()->lengths = make_ref<SequenceLengths>(std::move(lengths));
  call.ret(nested);
}

void nested_from_mask_left_aligned(OpCall& call) {
  const Tensor t = call.tensor(0), mask = call.tensor(1);
  check_mask(t, mask);
  bool aligned = false;
  count_kept(mask, &aligned);
  call.ret(IValue(aligned));
}

void to_padded_tensor(OpCall& call) {
  const Tensor self = call.tensor(0);
  const auto* lengths = lengths_of(self);
  if (!lengths) return call.ret(self);
  const int64_t longest =
      lengths->empty() ? 0 : *std::max_element(lengths->begin(), lengths->end());
  Dims sizes(self.sizes().begin(), self.sizes().end());
  sizes[1] = longest;
  if (const auto wanted = call.opt_ints(2)) {
    if (wanted->size() != sizes.size()) fail("to_padded_tensor: output_size has the wrong rank");
    for (size_t i = 0; i < sizes.size(); ++i) {
      if ((*wanted)[i] < sizes[i]) {
        fail(
            "Value in output_size is less than NestedTensor padded size. Truncation is not "
            "supported.");
      }
    }
    sizes = *wanted;
  }
  const Tensor out = full(sizes, call.number(1), self.dtype());
  for (size_t n = 0; n < lengths->size(); ++n) {
    const int64_t row = static_cast<int64_t>(n), length = (*lengths)[n];
    Tensor to = out.select(0, row).narrow(0, 0, length);
    for (int64_t d = 1; d < to.dim(); ++d) to = to.narrow(d, 0, self.sizes()[d + 1]);
    copy_into(to, self.select(0, row).narrow(0, 0, length));
  }
  call.ret(out);
}

void is_nested(OpCall& call) { call.ret(IValue(lengths_of(call.tensor(0)) != nullptr)); }

void key_padding(OpCall& call) {
  const Tensor self = call.tensor(0);
  const auto* lengths = lengths_of(self);
  if (!lengths) return call.ret(IValue());
  const int64_t columns = self.size(1);
  const Tensor mask = empty({self.size(0), columns}, DType::kBool);
  for (int64_t r = 0; r < self.size(0); ++r) {
    for (int64_t c = 0; c < columns; ++c) {
      mask.data<Bool8>()[r * columns + c] = c >= (*lengths)[static_cast<size_t>(r)];
    }
  }
  call.ret(mask);
}

void nested_like(OpCall& call) {
  const Tensor self = call.tensor(0);
  const Ref<SequenceLengths>& lengths = call.tensor(1).impl()->lengths;
  if (!lengths) return call.ret(self);
  const Tensor nested = self.alias();
  nested.impl()->lengths = lengths;
  call.ret(nested);
}

}  // namespace temper
