// self[i, None, mask, ...]: advanced indexing with any mix of integer and boolean tensors.
#include <algorithm>
#include <cstring>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/fill.h"
#include "kernels/cpu/gather.h"
#include "kernels/cpu/gather_loops.h"
#include "kernels/cpu/indexing.h"
#include "kernels/cpu/item.h"
#include "kernels/cpu/walk.h"
#include "kernels/cpu/wrapping.h"

namespace temper::indexing {
namespace {

constexpr int64_t kGrainBytes = 65536;

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

bool is_mask(const Tensor& index) {
  return index.dtype() == DType::kBool || index.dtype() == DType::kUInt8;
}

void check_count(size_t count, const Tensor& self) {
  if (static_cast<int64_t>(count) <= self.dim()) return;
  fail("too many indices for tensor of dimension ", self.dim(), " (got ", count, ")");
}

std::vector<Tensor> expand_masks(const Tensor& self, const std::vector<Tensor>& indices) {
  check_count(indices.size(), self);
  std::vector<Tensor> out;
  bool chosen = false;  // a mask without dims chooses nothing
  for (const Tensor& index : indices) {
    if (!index.defined()) {
      out.emplace_back();
      continue;
    }
    chosen |= !is_mask(index) || index.dim() > 0;
    if (is_mask(index)) {
      check_mask(index, out.size(), self, out.size());
      const Tensor coordinates = nonzero_coordinates(index);
      for (int64_t k = 0; k < index.dim(); ++k) out.push_back(coordinates.select(1, k));
    } else if (index.dtype() == DType::kInt64 || index.dtype() == DType::kInt32) {
      out.push_back(to_dtype(index, DType::kInt64));
    } else {
      fail("tensors used as indices must be long, byte or bool tensors");
    }
  }
  if (!chosen) fail("a mask without dims cannot be the only index");
  check_count(out.size(), self);
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
  if (spread.is_contiguous() &&
      gather_loops().add_offsets(next, data, spread.numel(), size, stride)) {
    return;
  }
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

// Offsets of all positions of the dims before the indexed ones, in row-major order.
Dims offsets_before(const Plan& plan) {
  const DimsView sizes = plan.self.sizes().subspan(0, plan.first);
  Dims out;
  walk_each<1>(sizes, {plan.self.strides().subspan(0, plan.first)},
               [&](const auto& at) { out.push_back(at[0]); });
  return out;
}

// The dims after the indexed ones, those that act as one merged.
struct Tail {
  Dims sizes, strides;

  explicit Tail(const Plan& plan) {
    const DimsView all = plan.self.sizes(), steps = plan.self.strides();
    for (size_t d = plan.first + plan.count; d < all.size(); ++d) {
      if (!sizes.empty() && strides.back() == steps[d] * all[d]) {
        sizes.back() *= all[d];
        strides.back() = steps[d];
      } else {
        sizes.push_back(all[d]);
        strides.push_back(steps[d]);
      }
    }
  }
};

// Calls run(offset in self, number of the first result element, count, stride in self) for runs of
// the dims after the indexed ones, in the order of the result: those of positions [begin, end).
template <class Run>
void for_each_run(const Plan& plan, const Tail& tail, DimsView before, int64_t begin, int64_t end,
                  const Run& run) {
  const int64_t positions = static_cast<int64_t>(plan.offsets.size());
  int64_t done = begin * numel_of(tail.sizes);
  for (int64_t i = begin; i < end; ++i) {
    const int64_t start = before[static_cast<size_t>(i / positions)] +
                          plan.offsets[static_cast<size_t>(i % positions)];
    if (tail.sizes.size() == 1) {
      run(start, done, tail.sizes[0], tail.strides[0]);
      done += tail.sizes[0];
      continue;
    }
    walk<1>(tail.sizes, {DimsView(tail.strides)},
            [&](const auto& at, int64_t count, const auto& steps) {
              run(start + at[0], done, count, steps[0]);
              done += count;
            });
  }
}

// Positions are pairs of one before the indexed dims and one of the indices.
void read_positions(const Plan& plan, const Tail& tail, DimsView before, int64_t begin, int64_t end,
                    const Tensor& to) {
  const int64_t item = to.item_size(), positions = static_cast<int64_t>(plan.offsets.size());
  const auto elements = gather_loops().elements[element_loop(item)];
  if (tail.sizes.empty()) {  // single elements, many at once
    for (int64_t i = begin; i < end;) {
      const int64_t first = i % positions, n = std::min(end - i, positions - first);
      elements(to.raw() + i * item,
               plan.self.raw() + before[static_cast<size_t>(i / positions)] * item,
               plan.offsets.data() + first, 1, 0, n);
      i += n;
    }
    return;
  }
  visit_size(to.dtype(), [&]<class T>() {
    const T* source = reinterpret_cast<const T*>(plan.self.raw());
    T* target = reinterpret_cast<T*>(to.raw());
    for_each_run(plan, tail, before, begin, end,
                 [&](int64_t at, int64_t first, int64_t count, int64_t step) {
                   if (step == 1) {
                     std::memcpy(target + first, source + at,
                                 static_cast<size_t>(count) * sizeof(T));
                   } else {
                     for (int64_t i = 0; i < count; ++i) target[first + i] = source[at + i * step];
                   }
                 });
  });
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
  if constexpr (std::is_same_v<T, Bool8>) {
    *target = *target || value;
  } else {
    *target = T(wrapping_sum(static_cast<Compute<T>>(*target), static_cast<Compute<T>>(value)));
  }
}

void write(const Plan& plan, const Tensor& values, bool accumulate) {
  const Tensor source = values.expand(plan.result).contiguous();
  const Tail tail(plan);
  const Dims before = offsets_before(plan);
  const int64_t all = static_cast<int64_t>(before.size() * plan.offsets.size());
  if (accumulate) {
    visit(source.dtype(), "index_put", AllTypes{}, [&]<class T>() {
      T* to = plan.self.data<T>();
      const T* from = source.data<T>();
      for_each_run(plan, tail, before, 0, all,
                   [&](int64_t at, int64_t first, int64_t count, int64_t step) {
                     for (int64_t i = 0; i < count; ++i)
                       add_to(to + at + i * step, from[first + i]);
                   });
    });
    return;
  }
  visit_size(source.dtype(), [&]<class T>() {
    T* to = reinterpret_cast<T*>(plan.self.raw());
    const T* from = reinterpret_cast<const T*>(source.raw());
    if (tail.sizes.empty()) {
      for (const int64_t base : before) {
        for (const int64_t offset : plan.offsets) to[base + offset] = *from++;
      }
      return;
    }
    for_each_run(plan, tail, before, 0, all,
                 [&](int64_t at, int64_t first, int64_t count, int64_t step) {
                   for (int64_t i = 0; i < count; ++i) to[at + i * step] = from[first + i];
                 });
  });
}

// The mask that is the only index.
const Tensor* lone_mask(const std::vector<Tensor>& indices) {
  const Tensor* found = nullptr;
  for (const Tensor& index : indices) {
    if (!index.defined()) continue;
    if (found || !is_mask(index)) return nullptr;
    found = &index;
  }
  return found;
}

}  // namespace

void index(OpCall& call) {
  const Tensor self = call.tensor(0);
  const Plan plan = make_plan(self, call.opt_tensors(1));
  const Tensor packed = empty(plan.result, self.dtype());
  if (packed.numel() > 0) {
    const Tail tail(plan);
    const Dims before = offsets_before(plan);
    const int64_t all = static_cast<int64_t>(before.size() * plan.offsets.size());
    const int64_t bytes = numel_of(tail.sizes) * self.item_size();
    call.context().workers->parallel_for(0, all, 1 + kGrainBytes / bytes,
                                         [&](int64_t begin, int64_t end) {
                                           read_positions(plan, tail, before, begin, end, packed);
                                         });
  }
  const Dims strides = result_strides(plan);
  if (temper::is_contiguous(plan.result, strides)) return call.ret(packed);
  const Tensor out = empty_strided(plan.result, strides, self.dtype());
  copy_into(out, packed);
  call.ret(out);
}

void index_put(OpCall& call, const Tensor& self) {
  Tensor values = call.tensor(2);
  const std::vector<Tensor> indices = call.opt_tensors(1);
  // One value where a mask says so is a number: its dtype and dims do not matter.
  const Tensor* mask = values.numel() == 1 && !call.boolean(3) ? lone_mask(indices) : nullptr;
  if (mask) {
    values = values.dtype() == self.dtype() ? values.reshape({})
                                            : scalar_tensor(item_of(values), self.dtype());
  }
  if (self.dtype() != values.dtype()) {
    fail("Index put requires the source and destination dtypes match, got ",
         dtype_name(self.dtype()), " for the destination and ", dtype_name(values.dtype()),
         " for the source.");
  }
  if (mask && mask->dim() == 0) {
    check_count(indices.size(), self);
    if (nonzero_coordinates(*mask).size(0) > 0) copy_into(self, values);
    return;
  }
  const Plan plan = make_plan(self, indices);
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
