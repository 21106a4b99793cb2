// Positions in sorted sequences.
#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/fill.h"
#include "kernels/cpu/indexing.h"

namespace temper::indexing {
namespace {

constexpr int64_t kGrain = 2048;

struct Search {
  const char* name;
  Tensor boundaries;  // [..., n], sorted along the last dim
  Tensor sorter;      // of the shape of `boundaries`, or undefined
  Tensor values;
  bool right;
  bool small;  // the result is int32
};

// A number takes part in promotion like a 0-dim tensor: it only raises the category.
Tensor value_tensor(const OpCall& call, size_t i, DType boundaries) {
  const IValue& value = call.in(i);
  if (value.is_tensor()) return value.to_tensor();
  const DType own = dtype_of_scalar(value);
  const bool wider = is_floating(own) && !is_floating(boundaries);
  return scalar_tensor(value, wider ? DType::kFloat32 : boundaries);
}

void check(const Search& search) {
  const Tensor &boundaries = search.boundaries, &values = search.values;
  if (boundaries.dim() == 0) {
    fail(search.name, "(): boundaries tensor should have positive dimension, but got 0 dimension");
  }
  if (boundaries.dim() != 1) {
    bool same = boundaries.dim() == values.dim();
    for (int64_t d = 0; same && d + 1 < boundaries.dim(); ++d) {
      same = boundaries.sizes()[d] == values.sizes()[d];
    }
    if (!same) {
      fail(search.name,
           "(): boundaries tensor should be 1 dimension or the first N-1 dimensions "
           "of boundaries tensor and input value tensor must match, but we got boundaries tensor ",
           to_string(boundaries.sizes()), " and input value tensor ", to_string(values.sizes()));
    }
  }
  if (search.sorter.defined()) {
    if (search.sorter.sizes() != boundaries.sizes()) {
      fail(search.name, "(): boundary and sorter must have the same size, but got boundary tensor ",
           to_string(boundaries.sizes()), "and got sorter tensor ",
           to_string(search.sorter.sizes()));
    }
    if (search.sorter.dtype() != DType::kInt64) {
      fail(search.name, "(): sorter must be a tensor of long dtype but got dtype ",
           dtype_name(search.sorter.dtype()));
    }
    const Tensor order = search.sorter.contiguous();
    for (int64_t i = 0; i < order.numel(); ++i) {
      const int64_t k = order.data<int64_t>()[i];
      if (k < 0 || k >= boundaries.sizes().back())
        fail(search.name, "(): sorter index out of range");
    }
  }
}

template <class T>
int64_t position(const T* sorted, const int64_t* order, int64_t count, T value, bool right) {
  using C = Compute<T>;
  const C wanted = static_cast<C>(value);
  // Written so that NaN sorts last.
  const auto before = [&](int64_t i) {
    const C element = static_cast<C>(sorted[order ? order[i] : i]);
    return right ? !(element > wanted) : !(element >= wanted);
  };
  // Halves without branches: which way it goes follows no pattern.
  int64_t low = 0, length = count;
  while (length > 1) {
    const int64_t half = length / 2;
    low += before(low + half - 1) ? half : 0;
    length -= half;
  }
  return low + (length == 1 && before(low) ? 1 : 0);
}

void run(OpCall& call, Search search) {
  check(search);
  DType common = search.boundaries.dtype();
  if (common != search.values.dtype()) common = promote(common, search.values.dtype());
  const Tensor sorted = to_dtype(search.boundaries, common).contiguous();
  const Tensor values = to_dtype(search.values, common).contiguous();
  const Tensor order = search.sorter.defined() ? search.sorter.contiguous() : Tensor();
  const Tensor out = empty(values.sizes(), DType::kInt64);
  const int64_t count = sorted.sizes().back();
  const bool shared = sorted.dim() == 1;
  const int64_t row = shared || values.numel() == 0 ? values.numel() : values.sizes().back();
  visit(common, "searchsorted", RealTypes{}, [&]<class T>() {
    call.context().workers->parallel_for(
        0, values.numel(), kGrain, [&](int64_t begin, int64_t end) {
          for (int64_t i = begin; i < end; ++i) {
            const int64_t base = shared ? 0 : i / row * count;
            out.data<int64_t>()[i] = position(
                sorted.data<T>() + base, order.defined() ? order.data<int64_t>() + base : nullptr,
                count, values.data<T>()[i], search.right);
          }
        });
  });
  call.ret(search.small ? to_dtype(out, DType::kInt32) : out);
}

}  // namespace

void bucketize(OpCall& call) {
  const Tensor boundaries = call.tensor(1);
  if (boundaries.dim() != 1) {
    fail("boundaries tensor must be 1 dimension, but got dim(", boundaries.dim(), ")");
  }
  run(call, {"torch.searchsorted", boundaries, Tensor(), value_tensor(call, 0, boundaries.dtype()),
             call.boolean(3), call.boolean(2)});
}

void searchsorted(OpCall& call) {
  const Tensor boundaries = call.tensor(0);
  bool right = call.boolean(3);
  if (!call.is_none(4)) {
    const std::string& side = call.string(4);
    if (side != "left" && side != "right") {
      fail("torch.searchsorted(): side can only be 'left' or 'right' but got ", side);
    }
    if (right && side == "left") {
      fail(
          "torch.searchsorted(): side and right can't be set to opposites, got side of left while "
          "right was True");
    }
    right = side == "right";
  }
  run(call, {"torch.searchsorted", boundaries, call.opt_tensor(5),
             value_tensor(call, 1, boundaries.dtype()), right, call.boolean(2)});
}

}  // namespace temper::indexing
