// Distinct elements and rows.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/gather.h"
#include "kernels/cpu/indexing.h"
#include "kernels/cpu/reduce/keys.h"

namespace temper::indexing {
namespace {

// Numbers of the elements that start a group, and the group of every element.
struct Groups {
  std::vector<int64_t> firsts;
  std::vector<int64_t> counts;
  Tensor inverse;  // int64, one per element
};

// Walks elements in `order`; `same(a, b)` says whether two neighbours are equal.
template <class Same>
Groups group(const std::vector<int64_t>& order, const Same& same) {
  Groups groups;
  groups.inverse = empty({static_cast<int64_t>(order.size())}, DType::kInt64);
  for (size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || !same(order[i - 1], order[i])) {
      groups.firsts.push_back(order[i]);
      groups.counts.push_back(0);
    }
    ++groups.counts.back();
    groups.inverse.data<int64_t>()[order[i]] = static_cast<int64_t>(groups.firsts.size()) - 1;
  }
  return groups;
}

std::vector<int64_t> iota(int64_t count) {
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

// NaN sorts last and equals nothing.
template <class T>
bool less(T a, T b) {
  const auto x = static_cast<Compute<T>>(a), y = static_cast<Compute<T>>(b);
  if constexpr (std::is_floating_point_v<Compute<T>>) {
    if (std::isnan(y)) return !std::isnan(x);
  }
  return x < y;
}
template <class T>
bool same_value(T a, T b) {
  return static_cast<Compute<T>>(a) == static_cast<Compute<T>>(b);
}

Tensor as_tensor(const std::vector<int64_t>& values) {
  const Tensor out = empty({static_cast<int64_t>(values.size())}, DType::kInt64);
  std::copy(values.begin(), values.end(), out.data<int64_t>());
  return out;
}

Tensor nothing() { return empty({0}, DType::kInt64); }

// Distinct keys in the order in which they come, as long as there are few.
template <class Key>
class FewKeys {
 public:
  static constexpr size_t kMost = 1 << 14;

  FewKeys() : slots_(4 * kMost, -1) {}

  // The number of the key, -1 when there are too many.
  int64_t number(Key key) {
    size_t at = static_cast<size_t>(key * Key(0x9e3779b97f4a7c15u) >> (8 * sizeof(Key) - 16));
    while (slots_[at] >= 0) {
      if (keys_[static_cast<size_t>(slots_[at])] == key) return slots_[at];
      at = (at + 1) % slots_.size();
    }
    if (keys_.size() == kMost) return -1;
    slots_[at] = static_cast<int32_t>(keys_.size());
    keys_.push_back(key);
    return slots_[at];
  }
  const std::vector<Key>& keys() const { return keys_; }

 private:
  std::vector<int32_t> slots_;
  std::vector<Key> keys_;
};

// Groups in rising order of many elements with few values; false when there are too many, or
// elements that equal nothing.
template <class T>
bool group_few(const T* data, int64_t n, Groups* groups) {
  FewKeys<KeyOf<T>> few;
  groups->inverse = empty({n}, DType::kInt64);
  int64_t* number = groups->inverse.data<int64_t>();
  std::vector<int64_t> firsts, counts;
  for (int64_t i = 0; i < n; ++i) {
    number[i] = same_value(data[i], data[i]) ? few.number(key_of(data[i], false)) : -1;
    if (number[i] < 0) return false;
    if (static_cast<size_t>(number[i]) == firsts.size()) {
      firsts.push_back(i);
      counts.push_back(0);
    }
    ++counts[static_cast<size_t>(number[i])];
  }
  const std::vector<KeyOf<T>>& keys = few.keys();
  const std::vector<int64_t> order = sorted_places(keys.data(), static_cast<int64_t>(keys.size()));
  std::vector<int64_t> rank(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    const auto from = static_cast<size_t>(order[i]);
    rank[from] = static_cast<int64_t>(i);
    groups->firsts.push_back(firsts[from]);
    groups->counts.push_back(counts[from]);
  }
  for (int64_t i = 0; i < n; ++i) number[i] = rank[static_cast<size_t>(number[i])];
  return true;
}

// Groups of single elements of a flat tensor; sorted, or runs of neighbours.
Groups group_elements(const Tensor& flat, bool sorted) {
  Groups groups;
  visit(flat.dtype(), "unique", RealAndBool{}, [&]<class T>() {
    const T* data = flat.data<T>();
    if (sorted && group_few(data, flat.numel(), &groups)) return;
    const std::vector<int64_t> order =
        sorted ? sorted_places(data, flat.numel()) : iota(flat.numel());
    groups = group(order, [&](int64_t a, int64_t b) { return same_value(data[a], data[b]); });
  });
  return groups;
}

// Groups of rows of a [rows, width] tensor.
Groups group_rows(const Tensor& rows, bool sorted) {
  Groups groups;
  const int64_t width = rows.sizes()[1];
  visit(rows.dtype(), "unique_dim", RealAndBool{}, [&]<class T>() {
    const T* data = rows.data<T>();
    std::vector<int64_t> order = iota(rows.sizes()[0]);
    if (sorted) {
      std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
        return std::lexicographical_compare(data + a * width, data + (a + 1) * width,
                                            data + b * width, data + (b + 1) * width, less<T>);
      });
    }
    groups = group(order, [&](int64_t a, int64_t b) {
      return std::equal(data + a * width, data + (a + 1) * width, data + b * width, same_value<T>);
    });
  });
  return groups;
}

void elements(OpCall& call, bool sorted, bool inverse, bool counts) {
  const Tensor self = call.tensor(0), flat = self.contiguous().view_as_shape({-1});
  const Groups groups = group_elements(flat, sorted);
  call.ret(0, select_indices(call.context(), flat, 0, as_tensor(groups.firsts)));
  call.ret(1, inverse ? groups.inverse.view_as_shape(self.sizes()) : nothing());
  if (call.num_outputs() > 2) call.ret(2, counts ? as_tensor(groups.counts) : nothing());
}

void along_dim(OpCall& call, int64_t dim, bool sorted) {
  const Tensor self = call.tensor(0);
  if (self.dim() == 0) fail("unique along a dim needs a tensor of at least 1 dim");
  const int64_t d = wrap_dim(dim, self.dim()), size = self.sizes()[d];
  if (self.numel() == 0 && size != 0) {
    fail("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied");
  }
  const int64_t width = size == 0 ? 0 : self.numel() / size;
  const Tensor moved = self.transpose(d, 0).contiguous();
  const Groups groups = group_rows(moved.view_as_shape({size, width}), sorted);
  const Tensor rows = select_indices(call.context(), moved, 0, as_tensor(groups.firsts));
  call.ret(0, rows.transpose(d, 0));
  // Both are there whether asked for or not.
  call.ret(1, groups.inverse);
  call.ret(2, as_tensor(groups.counts));
}

}  // namespace

void unique(OpCall& call) { elements(call, true, call.boolean(2), false); }
void unique2(OpCall& call) {
  elements(call, true, call.boolean(2) || call.boolean(3), call.boolean(3));
}
void unique_dim(OpCall& call) { along_dim(call, call.integer(1), true); }
void unique_consecutive(OpCall& call) {
  if (call.is_none(3)) return elements(call, false, call.boolean(1), call.boolean(2));
  along_dim(call, call.integer(3), false);
}
void unique_dim_consecutive(OpCall& call) { along_dim(call, call.integer(1), false); }

}  // namespace temper::indexing
