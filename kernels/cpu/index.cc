// self[i, None, mask, ...]: advanced indexing with any mix of integer and boolean tensors.
#include <algorithm>
#include <cstring>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/gather.h"
#include "kernels/cpu/indexing.h"
#include "kernels/cpu/walk.h"

namespace temper::indexing {
namespace {

// Indices after masks became coordinates: one entry per dim of `self`, undefined for whole dims.
struct Plan {
  Tensor self;   // indexed dims are adjacent
  size_t first;  // of the indexed dims
  size_t count;
  Dims shape;                    // of the broadcast indices
  std::vector<int64_t> offsets;  // in `self`, one per position of `shape`
  Dims result;                   // before + shape + after
};

void check_mask(const Tensor& mask, size_t position, const Tensor& self, size_t dim) {
  for (int64_t k = 0; k < mask.dim(); ++k) {
    if (static_cast<int64_t>(dim) + k >= self.dim()) {
      fail("too many indices for tensor of dimension ", self.dim());
    }
    if (mask.sizes()[k] != self.sizes()[dim + k]) {
      fail("The shape of the mask ", to_string(mask.sizes()), " at index ", k,
           " does not match the shape of the indexed tensor ", to_string(self.sizes()),
           " at index ", dim + k);
    }
  }
}

std::vector<Tensor> expand_masks(const Tensor& self, const std::vector<Tensor>& indices) {
  std::vector<Tensor> out;
  for (const Tensor& index : indices) {
    if (!index.defined()) {
      out.emplace_back();
    } else if (index.dtype() == DType::kBool || index.dtype() == DType::kUInt8) {
      check_mask(index, out.size(), self, out.size());
      const Tensor coordinates = nonzero_coordinates(index);
      for (int64_t k = 0; k < index.dim(); ++k) out.push_back(coordinates.select(1, k));
      if (index.dim() == 0) unimplemented("indexing with a 0-dim boolean tensor");
    } else if (index.dtype() == DType::kInt64 || index.dtype() == DType::kInt32) {
      out.push_back(to_dtype(index, DType::kInt64));
    } else {
      fail("tensors used as indices must be long, byte or bool tensors");
    }
  }
  if (static_cast<int64_t>(out.size()) > self.dim()) {
    fail("too many indices for tensor of dimension ", self.dim(), " (got ", out.size(), ")");
  }
  out.resize(static_cast<size_t>(self.dim()));
  return out;
}

Dims broadcast_shapes(const std::vector<Tensor>& indices) {
  Dims shape;
  try {
    for (const Tensor& index : indices) {
      if (index.defined()) shape = broadcast(shape, index.sizes());
    }
  } catch (const Error&) {
    std::string shapes;
    for (const Tensor& index : indices) {
      if (index.defined()) shapes += str_cat(shapes.empty() ? "" : ", ", to_string(index.sizes()));
    }
    fail("shape mismatch: indexing tensors could not be broadcast together with shapes ", shapes);
  }
  return shape;
}

// Indexed dims that are apart move to the front.
void make_adjacent(Tensor* self, std::vector<Tensor>* indices) {
  const auto defined = [](const Tensor& t) { return t.defined(); };
  const auto first = std::find_if(indices->begin(), indices->end(), defined);
  const auto gap = std::find_if_not(first, indices->end(), defined);
  if (std::find_if(gap, indices->end(), defined) == indices->end()) return;
  Dims order;
  for (const bool wanted : {true, false}) {
    for (size_t d = 0; d < indices->size(); ++d) {
      if ((*indices)[d].defined() == wanted) order.push_back(static_cast<int64_t>(d));
    }
  }
  std::vector<Tensor> moved;
  for (int64_t d : order) moved.push_back((*indices)[static_cast<size_t>(d)]);
  *indices = std::move(moved);
  *self = self->permute(order);
}

void add_offsets(Plan* plan, const Tensor& index, size_t dim) {
  const int64_t size = plan->self.sizes()[dim], stride = plan->self.strides()[dim];
  const Tensor spread = index.expand(plan->shape);
  const int64_t* data = spread.data<int64_t>();
  int64_t* next = plan->offsets.data();
  walk_each<1>(plan->shape, {spread.strides()}, [&](const auto& at) {
    int64_t i = data[at[0]];
    if (i < -size || i >= size) index_out_of_bounds(i, static_cast<int64_t>(dim), size);
    if (i < 0) i += size;
    *next++ += i * stride;
  });
}

Plan make_plan(const Tensor& self, const std::vector<Tensor>& given) {
  std::vector<Tensor> indices = expand_masks(self, given);
  Plan plan{self, 0, 0, broadcast_shapes(indices), {}, {}};
  make_adjacent(&plan.self, &indices);
  while (plan.first < indices.size() && !indices[plan.first].defined()) ++plan.first;
  while (plan.first + plan.count < indices.size() && indices[plan.first + plan.count].defined()) {
    ++plan.count;
  }
  const int64_t positions = numel_of(plan.shape);
  const DimsView sizes = plan.self.sizes();
  for (size_t d = plan.first; positions > 0 && d < plan.first + plan.count; ++d) {
    if (sizes[d] == 0 && numel_of(sizes.subspan(0, plan.first)) > 0) {
      fail("index is out of bounds for dimension with size 0");
    }
  }
  plan.offsets.assign(static_cast<size_t>(positions), 0);
  for (size_t d = plan.first; d < plan.first + plan.count; ++d) {
    if (sizes[d] > 0) add_offsets(&plan, indices[d], d);
  }
  plan.result.assign(sizes.begin(), sizes.begin() + static_cast<ptrdiff_t>(plan.first));
  plan.result.insert(plan.result.end(), plan.shape.begin(), plan.shape.end());
  plan.result.insert(plan.result.end(),
                     sizes.begin() + static_cast<ptrdiff_t>(plan.first + plan.count), sizes.end());
  return plan;
}

// Offsets of all positions of some dims, in row-major order.
std::vector<int64_t> offsets_of(DimsView sizes, DimsView strides) {
  std::vector<int64_t> out;
  out.reserve(static_cast<size_t>(numel_of(sizes)));
  walk_each<1>(sizes, {strides}, [&](const auto& at) { out.push_back(at[0]); });
  return out;
}

// Calls run(offset in self, number of the first result element, count, stride in self) for runs of
// the dims after the indexed ones, in the order of the result.
template <class Run>
void for_each_run(const Plan& plan, const Run& run) {
  const DimsView sizes = plan.self.sizes(), strides = plan.self.strides();
  const std::vector<int64_t> before =
      offsets_of(sizes.subspan(0, plan.first), strides.subspan(0, plan.first));
  Dims tail_sizes(sizes.begin() + static_cast<ptrdiff_t>(plan.first + plan.count), sizes.end());
  Dims tail_strides(strides.begin() + static_cast<ptrdiff_t>(plan.first + plan.count),
                    strides.end());
  // Trailing dims that act as one make longer runs.
  while (tail_sizes.size() >= 2 &&
         tail_strides[tail_sizes.size() - 2] == tail_strides.back() * tail_sizes.back()) {
    const int64_t merged = tail_sizes.back() * tail_sizes[tail_sizes.size() - 2];
    const int64_t step = tail_strides.back();
    tail_sizes.pop_back();
    tail_strides.pop_back();
    tail_sizes.back() = merged;
    tail_strides.back() = step;
  }
  int64_t done = 0;
  for (int64_t base : before) {
    for (int64_t offset : plan.offsets) {
      walk<1>(tail_sizes, {DimsView(tail_strides)},
              [&](const auto& at, int64_t count, const auto& steps) {
                run(base + offset + at[0], done, count, steps[0]);
                done += count;
              });
    }
  }
}

// Result dims in the order of the source's: like the oracle, which lets strides decide.
Dims result_strides(const Plan& plan) {
  const DimsView strides = plan.self.strides();
  Dims source(strides.begin(), strides.begin() + static_cast<ptrdiff_t>(plan.first));
  source.insert(source.end(), plan.shape.size(), 0);
  source.insert(source.end(), strides.begin() + static_cast<ptrdiff_t>(plan.first + plan.count),
                strides.end());
  return dense_strides_like(plan.result, source);
}

template <class T>
void add_to(T* target, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    *target = *target || value;
  } else {
    *target = T(static_cast<Compute<T>>(*target) + static_cast<Compute<T>>(value));
  }
}

void write(const Plan& plan, const Tensor& values, bool accumulate) {
  const Tensor source = values.expand(plan.result).contiguous();
  if (accumulate) {
    visit(source.dtype(), "index_put", AllTypes{}, [&]<class T>() {
      T* to = plan.self.data<T>();
      const T* from = source.data<T>();
      for_each_run(plan, [&](int64_t at, int64_t first, int64_t count, int64_t step) {
        for (int64_t i = 0; i < count; ++i) add_to(to + at + i * step, from[first + i]);
      });
    });
    return;
  }
  visit_size(source.dtype(), [&]<class T>() {
    T* to = reinterpret_cast<T*>(plan.self.raw());
    const T* from = reinterpret_cast<const T*>(source.raw());
    for_each_run(plan, [&](int64_t at, int64_t first, int64_t count, int64_t step) {
      for (int64_t i = 0; i < count; ++i) to[at + i * step] = from[first + i];
    });
  });
}

}  // namespace

void index(OpCall& call) {
  const Tensor self = call.tensor(0);
  const Plan plan = make_plan(self, call.opt_tensors(1));
  const Tensor packed = empty(plan.result, self.dtype());
  if (packed.numel() > 0) {
    visit_size(self.dtype(), [&]<class T>() {
      const T* from = reinterpret_cast<const T*>(plan.self.raw());
      T* to = reinterpret_cast<T*>(packed.raw());
      for_each_run(plan, [&](int64_t at, int64_t first, int64_t count, int64_t step) {
        if (step == 1) {
          std::memcpy(to + first, from + at, static_cast<size_t>(count) * sizeof(T));
        } else {
          for (int64_t i = 0; i < count; ++i) to[first + i] = from[at + i * step];
        }
      });
    });
  }
  const Dims strides = result_strides(plan);
  if (temper::is_contiguous(plan.result, strides)) return call.ret(packed);
  const Tensor out = empty_strided(plan.result, strides, self.dtype());
  copy_into(out, packed);
  call.ret(out);
}

void index_put(OpCall& call, const Tensor& self) {
  const Tensor values = call.tensor(2);
  if (self.dtype() != values.dtype()) {
    fail("Index put requires the source and destination dtypes match, got ",
         dtype_name(self.dtype()), " for the destination and ", dtype_name(values.dtype()),
         " for the source.");
  }
  const Plan plan = make_plan(self, call.opt_tensors(1));
  if (values.dim() > static_cast<int64_t>(plan.result.size())) {
    fail("shape mismatch: value tensor of shape ", to_string(values.sizes()),
         " cannot be broadcast to indexing result of shape ", to_string(plan.result));
  }
  if (numel_of(plan.result) == 0) {
    values.expand(plan.result);
    return;
  }
  self.mark_written();
  write(plan, values, call.boolean(3));
}

}  // namespace temper::indexing
