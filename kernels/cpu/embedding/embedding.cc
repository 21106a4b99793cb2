// Rows of a table, one for each index.
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/embedding/kernels.h"
#include "kernels/cpu/embedding/rows.h"
#include "kernels/cpu/gather_loops.h"

namespace temper {
namespace {

Tensor gather_rows(const RunContext& context, const Tensor& weight, const Tensor& indices,
                   DimsView sizes) {
  Dims out_sizes(sizes.begin(), sizes.end());
  out_sizes.push_back(weight.size(1));
  const Tensor table = weight.strides()[1] == 1 ? weight : weight.contiguous();
  const Tensor out = empty(out_sizes, weight.dtype());
  const int64_t count = indices.numel(), bytes = table.size(1) * table.item_size();
  const int64_t stride = table.strides()[0] * table.item_size();
  const int64_t* at = indices.data<int64_t>();
  const GatherLoops& loops = gather_loops();
  if (!loops.all_below(at, count, table.size(0))) fail("index out of range in self");
  const int64_t grain = 1 + 65536 / std::max<int64_t>(1, bytes);
  context.workers->parallel_for(0, count, grain, [&](int64_t begin, int64_t end) {
    loops.rows(out.raw() + begin * bytes, table.raw(), at + begin, end - begin, stride, bytes);
  });
  return out;
}

}  // namespace

Tensor as_indices(const char* op, const Tensor& t) {
  if (t.dtype() != DType::kInt64 && t.dtype() != DType::kInt32) {
    fail("Expected tensor for argument #1 'indices' to have one of the following scalar types: ",
         "Long, Int; but got torch.", dtype_name(t.dtype()),
         "Tensor instead (while checking arguments for ", op, ")");
  }
  return to_dtype(t, DType::kInt64).contiguous();
}

void embedding(OpCall& call) {
  const Tensor weight = call.tensor(0), given = call.tensor(1);
  if (weight.dim() != 2) fail("'weight' must be 2-D");
  const Tensor indices = as_indices("embedding", given);
  call.ret(gather_rows(call.context(), weight, indices, given.sizes()));
}

void embedding_renorm_in_place(OpCall& call) {
  const Tensor table = call.tensor(0), indices = as_indices("embedding_renorm_", call.tensor(1));
  if (table.dim() != 2) {
    fail("Expected 2-dimensional tensor, but got ", table.dim(),
         "-dimensional tensor for argument #1 'self' (while checking arguments for "
         "embedding_renorm_)");
  }
  const double limit = call.number(2), order = call.number(3);
  std::vector<int64_t> rows(indices.data<int64_t>(), indices.data<int64_t>() + indices.numel());
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  visit(table.dtype(), "embedding_renorm_", AllFloatTypes{}, [&]<class T>() {
    using C = Compute<T>;
    for (int64_t row : rows) {
      if (row < 0 || row >= table.size(0)) fail("index out of range in self");
      T* data = table.data<T>() + row * table.strides()[0];
      const int64_t step = table.strides()[1];
      double norm = 0;
      for (int64_t j = 0; j < table.size(1); ++j) {
        const double v = std::fabs(static_cast<double>(static_cast<C>(data[j * step])));
        norm = std::isinf(order) ? std::max(norm, v) : norm + std::pow(v, order);
      }
      if (!std::isinf(order)) norm = std::pow(norm, 1 / order);
      if (norm <= limit) continue;
      const C scale = static_cast<C>(limit / (norm + 1e-7));
      for (int64_t j = 0; j < table.size(1); ++j) {
        data[j * step] = static_cast<T>(static_cast<C>(data[j * step]) * scale);
      }
    }
  });
  table.mark_written();
  call.ret(table);
}

}  // namespace temper
