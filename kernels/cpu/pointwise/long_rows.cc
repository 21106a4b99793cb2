#include "kernels/cpu/pointwise/long_rows.h"

#include <algorithm>
#include <cstring>
#include <memory>

namespace temper {
namespace {

using Operand = LoopNest::Operand;

// Elements of the rows that are short, of those they become, and of operations that are worth it.
constexpr int64_t kShort = 512, kLong = 2048, kWorthIt = 8192;
constexpr int64_t kMostCopied = 65536;  // bytes of one operand

int64_t size_of(const Operand& operand) { return static_cast<int64_t>(item_size(operand.dtype)); }

// Whether the rows of a nest are one long row for this operand.
bool goes_on(const Operand& operand, int64_t length) {
  return operand.strides[1] == length * operand.strides[0];
}
bool repeats(const Operand& operand) {
  return operand.strides[1] == 0 && operand.strides[0] == size_of(operand);
}

// The rows of an operand that repeats them: one for each place in the dims from the third on that
// it moves in.
int64_t distinct_rows(const Operand& operand, const LoopNest& nest) {
  int64_t rows = 1;
  for (size_t d = 2; d < nest.sizes.size(); ++d) {
    if (operand.strides[d] != 0) rows *= nest.sizes[d];
  }
  return rows;
}

bool can_lengthen(const LoopNest& nest) {
  const int64_t length = nest.sizes[0];
  if (length > kShort || nest.sizes[1] < 4 || nest.rows() * length < kWorthIt) return false;
  return std::all_of(nest.operands.begin(), nest.operands.end(), [&](const Operand& operand) {
    if (goes_on(operand, length)) return true;
    return repeats(operand) &&
           distinct_rows(operand, nest) * kLong * size_of(operand) <= kMostCopied;
  });
}

// Makes the operand one of `times` equal rows in a row, which live in the result.
std::unique_ptr<std::byte[]> repeat_rows(Operand& operand, const LoopNest& nest, int64_t times) {
  const int64_t bytes = nest.sizes[0] * size_of(operand), rows = distinct_rows(operand, nest);
  auto copies = std::make_unique<std::byte[]>(static_cast<size_t>(rows * times * bytes));
  for (int64_t row = 0; row < rows; ++row) {
    const std::byte* from = operand.data;
    int64_t rest = row;
    for (size_t d = 2; d < nest.sizes.size(); ++d) {
      if (operand.strides[d] == 0) continue;
      from += rest % nest.sizes[d] * operand.strides[d];
      rest /= nest.sizes[d];
    }
    for (int64_t i = 0; i < times; ++i) {
      std::memcpy(copies.get() + (row * times + i) * bytes, from, static_cast<size_t>(bytes));
    }
  }
  int64_t stride = times * bytes;
  for (size_t d = 2; d < nest.sizes.size(); ++d) {
    if (operand.strides[d] == 0) continue;
    operand.strides[d] = stride;
    stride *= nest.sizes[d];
  }
  operand.data = copies.get();
  return copies;
}

}  // namespace

void for_long_rows(const LoopNest& nest, absl::FunctionRef<void(const LoopNest&)> run) {
  if (!can_lengthen(nest)) return run(nest);
  const int64_t length = nest.sizes[0], times = std::min(nest.sizes[1], kLong / length);
  const int64_t full = nest.sizes[1] / times;
  LoopNest longer = nest;
  absl::InlinedVector<std::unique_ptr<std::byte[]>, 4> copies;
  for (Operand& operand : longer.operands) {
    if (goes_on(operand, length)) {
      operand.strides[1] *= times;
    } else {
      copies.push_back(repeat_rows(operand, nest, times));
    }
  }
  longer.sizes[0] = length * times;
  longer.sizes[1] = full;
  run(longer);
  longer.sizes[0] = length * (nest.sizes[1] - full * times);
  longer.sizes[1] = 1;
  if (longer.sizes[0] == 0) return;
  for (Operand& operand : longer.operands) operand.data += full * operand.strides[1];
  run(longer);
}

}  // namespace temper
