#include "core/tensor/shape.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/error.h"
#include "core/tensor/stride_order.h"

namespace temper {
namespace {

// Tensors without elements may have other sizes whose product is beyond 64 bits: no stride is as
// long as what this gives then.
int64_t saturated_product(int64_t step, int64_t size) {
  int64_t product = 0;
  return __builtin_mul_overflow(step, size, &product) ? INT64_MAX : product;
}

}  // namespace

int64_t numel_of(DimsView sizes) {
  int64_t count = 1;
  bool empty = false;
  for (int64_t size : sizes) {
    if (size < 0) {
      fail("Trying to create tensor with negative dimension ", size, ": ", to_string(sizes));
    }
    if (size == 0) {
      empty = true;
    } else if (__builtin_mul_overflow(count, size, &count)) {
      fail("tensor of shape ", to_string(sizes), " has more elements than 64 bits can count");
    }
  }
  return empty ? 0 : count;
}

Dims contiguous_strides(DimsView sizes) {
  Dims strides(sizes.size());
  int64_t step = 1;
  for (size_t i = sizes.size(); i-- > 0;) {
    strides[i] = step;
    // Empty tensors may have other sizes whose product is beyond 64 bits.
    if (__builtin_mul_overflow(step, std::max<int64_t>(sizes[i], 1), &step)) {
      fail("Storage size calculation overflowed with sizes=", to_string(sizes));
    }
  }
  return strides;
}

Dims channels_last_strides(DimsView sizes) {
  const size_t rank = sizes.size();
  if (rank != 4 && rank != 5) fail("channels_last needs a tensor of 4 or 5 dims, got ", rank);
  Dims strides(rank);
  strides[1] = 1;
  int64_t step = std::max<int64_t>(sizes[1], 1);
  for (size_t i = rank - 1; i >= 2; --i) {
    strides[i] = step;
    if (__builtin_mul_overflow(step, std::max<int64_t>(sizes[i], 1), &step)) {
      fail("Storage size calculation overflowed with sizes=", to_string(sizes));
    }
  }
  strides[0] = step;
  return strides;
}

bool is_contiguous(DimsView sizes, DimsView strides) {
  int64_t step = 1;
  for (size_t i = sizes.size(); i-- > 0;) {
    if (sizes[i] == 0) return true;
    if (sizes[i] != 1) {
      if (strides[i] != step) return false;
      step = saturated_product(step, sizes[i]);
    }
  }
  return true;
}

bool is_channels_last(DimsView sizes, DimsView strides) {
  const size_t rank = sizes.size();
  if (rank != 4 && rank != 5) return false;
  if (strides[1] == 0) return false;
  int64_t minimum = 0;
  size_t order[5] = {1, rank - 1, rank - 2, rank == 5 ? 2u : 0u, 0};
  for (size_t k = 0; k < rank; ++k) {
    const size_t d = order[k];
    if (sizes[d] == 0) return false;
    if (strides[d] < minimum) return false;
    // N111 tensors are ambiguous and count as contiguous.
    if (d == 0 && minimum == strides[1]) return false;
    minimum = strides[d];
    if (sizes[d] > 1) minimum = saturated_product(minimum, sizes[d]);
  }
  return true;
}

bool is_non_overlapping_and_dense(DimsView sizes, DimsView strides) {
  absl::InlinedVector<size_t, 8> order(sizes.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const bool small_a = sizes[a] < 2, small_b = sizes[b] < 2;
    if (small_a || small_b) return !small_a && small_b;
    return strides[a] < strides[b];
  });
  int64_t step = 1;
  for (size_t d : order) {
    if (sizes[d] < 2) return true;
    if (strides[d] != step) return false;
    step = saturated_product(step, sizes[d]);
  }
  return true;
}

Dims dense_strides_like(DimsView sizes, absl::Span<const Dims> operands) {
  const size_t rank = sizes.size();
  // Innermost first. An insertion sort, because comparisons with a stride of 0 decide nothing.
  absl::InlinedVector<size_t, 8> order(rank);
  for (size_t i = 0; i < rank; ++i) order[i] = rank - 1 - i;
  const auto compare = [&](size_t a, size_t b) {
    for (const Dims& strides : operands) {
      if (strides[a] == 0 || strides[b] == 0) continue;
      if (strides[a] != strides[b]) return strides[a] < strides[b] ? -1 : 1;
      if (sizes[a] > sizes[b]) return 1;
    }
    return 0;
  };
  for (size_t i = 1; i < rank; ++i) {
    size_t moving = i;
    for (size_t k = i; k-- > 0;) {
      const int found = compare(order[k], order[moving]);
      if (found < 0) break;
      if (found > 0) {
        std::swap(order[k], order[moving]);
        moving = k;
      }
    }
  }
  Dims out(rank);
  int64_t step = 1;
  for (size_t d : order) {
    out[d] = step;
    if (sizes[d] > 1 && __builtin_mul_overflow(step, sizes[d], &step)) {
      fail("Storage size calculation overflowed with sizes=", to_string(sizes));
    }
  }
  return out;
}

Dims dense_strides_like(DimsView sizes, DimsView strides) {
  const Dims own(strides.begin(), strides.end());
  return dense_strides_like(sizes, absl::MakeConstSpan(&own, 1));
}

int64_t storage_extent(DimsView sizes, DimsView strides) {
  int64_t last = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == 0) return 0;
    int64_t reach = 0;
    if (__builtin_mul_overflow(sizes[i] - 1, strides[i], &reach) ||
        __builtin_add_overflow(last, reach, &last)) {
      fail("strides ", to_string(strides), " reach beyond 64 bits");
    }
  }
  if (last == INT64_MAX) fail("strides ", to_string(strides), " reach beyond 64 bits");
  return last + 1;
}

int64_t wrap_dim(int64_t dim, int64_t rank) {
  const int64_t span = std::max<int64_t>(rank, 1);
  if (dim < -span || dim >= span) {
    fail("Dimension out of range (expected to be in range of [", -span, ", ", span - 1,
         "], but got ", dim, ")");
  }
  return dim < 0 ? dim + span : dim;
}

int64_t existing_dim(int64_t dim, int64_t rank) {
  if (rank == 0) fail("Dimension specified as ", dim, " but tensor has no dimensions");
  return wrap_dim(dim, rank);
}

Dims wrap_dims(DimsView dims, int64_t rank) {
  Dims wrapped;
  for (int64_t dim : dims) {
    const int64_t d = wrap_dim(dim, rank);
    if (std::find(wrapped.begin(), wrapped.end(), d) != wrapped.end()) {
      fail("dim ", d, " appears multiple times in the list of dims");
    }
    wrapped.push_back(d);
  }
  return wrapped;
}

Dims broadcast(DimsView a, DimsView b) {
  const size_t rank = std::max(a.size(), b.size());
  Dims out(rank);
  for (size_t i = rank; i-- > 0;) {
    const int64_t size_a = i < rank - a.size() ? 1 : a[i - (rank - a.size())];
    const int64_t size_b = i < rank - b.size() ? 1 : b[i - (rank - b.size())];
    if (size_a != size_b && size_a != 1 && size_b != 1) {
      fail("The size of tensor a (", size_a, ") must match the size of tensor b (", size_b,
           ") at non-singleton dimension ", i);
    }
    out[i] = size_a == 1 ? size_b : size_a;
  }
  return out;
}

Dims infer_size(DimsView sizes, int64_t numel) {
  int64_t known = 1;
  int inferred = -1;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == -1) {
      if (inferred >= 0) fail("only one dimension can be inferred");
      inferred = static_cast<int>(i);
    } else if (sizes[i] < 0) {
      fail("invalid shape dimension ", sizes[i]);
    } else if (__builtin_mul_overflow(known, sizes[i], &known)) {
      fail("shape '", to_string(sizes), "' is invalid for input of size ", numel);
    }
  }
  Dims out(sizes.begin(), sizes.end());
  if (numel == known || (inferred >= 0 && known > 0 && numel % known == 0)) {
    if (inferred >= 0) {
      if (known == 0) {
        fail("cannot reshape tensor of 0 elements into shape ", to_string(sizes),
             " because the unspecified dimension size -1 can be any value and is ambiguous");
      }
      out[inferred] = numel / known;
    }
    return out;
  }
  fail("shape '", to_string(sizes), "' is invalid for input of size ", numel);
}

bool view_strides(DimsView sizes, DimsView strides, DimsView new_sizes, Dims* out) {
  const int64_t numel = numel_of(sizes);
  out->assign(new_sizes.size(), 0);
  if (numel == 0) {
    *out =
        sizes == new_sizes ? Dims(strides.begin(), strides.end()) : contiguous_strides(new_sizes);
    return true;
  }
  if (sizes.empty()) {
    out->assign(new_sizes.size(), 1);
    return true;
  }
  int64_t view_dim = static_cast<int64_t>(new_sizes.size()) - 1;
  int64_t chunk_base = strides.back();
  int64_t tensor_numel = 1, view_numel = 1;
  for (int64_t d = static_cast<int64_t>(sizes.size()) - 1; d >= 0; --d) {
    tensor_numel *= sizes[d];
    // A run of dims that act as one ends here: the new dims must fill it exactly.
    if (d == 0 || (sizes[d - 1] != 1 && strides[d - 1] != tensor_numel * chunk_base)) {
      while (view_dim >= 0 && (view_numel < tensor_numel || new_sizes[view_dim] == 1)) {
        (*out)[view_dim] = view_numel * chunk_base;
        view_numel *= new_sizes[view_dim];
        --view_dim;
      }
      if (view_numel != tensor_numel) return false;
      if (d > 0) {
        chunk_base = strides[d - 1];
        tensor_numel = 1;
        view_numel = 1;
      }
    }
  }
  return view_dim == -1;
}

std::string to_string(DimsView dims) { return absl::StrCat("[", absl::StrJoin(dims, ", "), "]"); }

}  // namespace temper
