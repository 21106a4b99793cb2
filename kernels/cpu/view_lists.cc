// Operators that answer with a list of views.
#include <algorithm>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "kernels/cpu/limits.h"
#include "kernels/cpu/view_math.h"
#include "kernels/cpu/views.h"

namespace temper::views {
namespace {

// Views of nothing take memory too: there may be more of them than elements.
std::vector<Tensor> room_for(int64_t views) {
  check_list_size(static_cast<uint64_t>(views));
  check_scratch(views, sizeof(TensorImpl) + sizeof(IValue) + sizeof(Tensor));
  std::vector<Tensor> out;
  out.reserve(static_cast<size_t>(views));
  return out;
}

void ret_list(OpCall& call, const std::vector<Tensor>& tensors) {
  call.ret(make_tensor_list(tensors));
}

std::vector<Tensor> split_evenly(const Tensor& self, int64_t size, int64_t dim) {
  if (self.dim() == 0) fail("split expects at least a 1-dimensional tensor");
  if (size < 0) fail("split expects split_size be non-negative, but got split_size=", size);
  const int64_t d = wrap_dim(dim, self.dim()), whole = self.sizes()[d];
  if (size == 0 && whole != 0) {
    fail("split_size can only be 0 if dimension size is 0, but got dimension size of ", whole);
  }
  if (size == 0) return {self.alias()};
  std::vector<Tensor> out = room_for(whole / size + 1);
  int64_t start = 0;
  do {
    const int64_t length = std::min(size, whole - start);
    out.push_back(self.narrow(d, start, length));
    start += length;
  } while (start < whole);
  return out;
}

std::vector<Tensor> split_sections(const Tensor& self, int64_t sections, int64_t dim) {
  if (self.dim() == 0) {
    fail("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims");
  }
  if (sections <= 0) fail("number of sections must be larger than 0, got ", sections);
  const int64_t d = wrap_dim(dim, self.dim()), whole = self.sizes()[d];
  const int64_t small = whole / sections, larger = whole % sections;
  std::vector<Tensor> out = room_for(sections);
  int64_t start = 0;
  for (int64_t i = 0; i < sections; ++i) {
    const int64_t end = start + small + (i < larger ? 1 : 0);
    out.push_back(self.slice(d, start, end));
    start = end;
  }
  return out;
}

// hsplit, vsplit and dsplit: the dim that the name's first letter means.
int64_t split_axis(const OpCall& call, const Tensor& self) {
  const std::string& name = call.op().name();
  const char kind = name[name.size() - 6];
  const int64_t least = kind == 'h' ? 1 : kind == 'v' ? 2 : 3;
  if (self.dim() < least) {
    fail("torch.", std::string(1, kind), "split requires a tensor with at least ", least,
         " dimension", least == 1 ? "" : "s", ", but got a tensor with ", self.dim(),
         " dimensions!");
  }
  if (kind == 'h') return self.dim() == 1 ? 0 : 1;
  return kind == 'v' ? 0 : 2;
}

}  // namespace

void split(OpCall& call) {
  ret_list(call, split_evenly(call.tensor(0), call.integer(1), call.integer(2)));
}
void split_with_sizes(OpCall& call) {
  ret_list(call, split_by(call.tensor(0), call.ints(1), call.integer(2)));
}

void chunk(OpCall& call) {
  const Tensor self = call.tensor(0);
  const int64_t chunks = call.integer(1);
  if (self.dim() == 0) fail("chunk expects at least a 1-dimensional tensor");
  if (chunks <= 0) fail("chunk expects `chunks` to be greater than 0, got: ", chunks);
  const int64_t d = wrap_dim(call.integer(2), self.dim()), whole = self.sizes()[d];
  if (whole == 0) {
    std::vector<Tensor> out = room_for(chunks);
    for (int64_t i = 0; i < chunks; ++i) out.push_back(self.narrow(d, 0, 0));
    return ret_list(call, out);
  }
  const int64_t size = (whole - 1) / chunks + 1;
  ret_list(call, split_evenly(self, size, d));
}

void tensor_split_sections(OpCall& call) {
  ret_list(call, split_sections(call.tensor(0), call.integer(1), call.integer(2)));
}

void tensor_split_indices(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (self.dim() == 0) {
    fail("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims");
  }
  ret_list(call, split_at(self, call.ints(1), wrap_dim(call.integer(2), self.dim())));
}

void tensor_split_tensor(OpCall& call) {
  const Tensor self = call.tensor(0), where = call.tensor(1);
  if (where.dtype() != DType::kInt64) {
    fail("tensor_split expected tensor_indices_or_sections to have dtype of long, but got ",
         dtype_name(where.dtype()));
  }
  if (where.dim() > 1) {
    fail(
        "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or "
        "one-dimensional tensor, but got a tensor with ",
        where.dim(), " dims");
  }
  const Tensor flat = where.contiguous();
  const int64_t* data = flat.data<int64_t>();
  if (where.dim() == 0) return ret_list(call, split_sections(self, *data, call.integer(2)));
  ret_list(call, split_at(self, Dims(data, data + flat.numel()), call.integer(2)));
}

void split_axis_sections(OpCall& call) {
  const Tensor self = call.tensor(0);
  const int64_t dim = split_axis(call, self), sections = call.integer(1);
  if (sections == 0 || self.sizes()[dim] % sections != 0) {
    fail(call.op().name(), " attempted to split along dimension ", dim,
         ", but the size of the dimension ", self.sizes()[dim],
         " is not divisible by the split_size ", sections, "!");
  }
  ret_list(call, split_sections(self, sections, dim));
}

void split_axis_indices(OpCall& call) {
  const Tensor self = call.tensor(0);
  ret_list(call, split_at(self, call.ints(1), split_axis(call, self)));
}

void unbind(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (self.dim() == 0)
    fail("Dimension specified as ", call.integer(1), " but tensor has no dimensions");
  const int64_t d = wrap_dim(call.integer(1), self.dim());
  std::vector<Tensor> out = room_for(self.sizes()[d]);
  for (int64_t i = 0; i < self.sizes()[d]; ++i) out.push_back(self.select(d, i));
  ret_list(call, out);
}

}  // namespace temper::views
