#include "kernels/cpu/joining.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/fill.h"
#include "kernels/cpu/limits.h"
#include "kernels/cpu/pointwise/iterate.h"
#include "kernels/cpu/view_math.h"

namespace temper::joining {
namespace {

// Shape [0] tensors are ignored whatever the others look like.
bool skipped(const Tensor& tensor) { return tensor.dim() == 1 && tensor.sizes()[0] == 0; }

MemoryFormat common_format(const std::vector<Tensor>& tensors) {
  std::optional<MemoryFormat> format;
  for (const Tensor& tensor : tensors) {
    if (!tensor.is_channels_last()) return MemoryFormat::kContiguous;
    const MemoryFormat own =
        tensor.dim() == 4 ? MemoryFormat::kChannelsLast : MemoryFormat::kChannelsLast3d;
    if (format && *format != own) return MemoryFormat::kContiguous;
    format = own;
  }
  return format.value_or(MemoryFormat::kContiguous);
}

void check_cat_shapes(const Tensor& first, const Tensor& other, int64_t dim, size_t number) {
  if (first.dim() != other.dim()) {
    fail("Tensors must have same number of dimensions: got ", first.dim(), " and ", other.dim());
  }
  for (int64_t d = 0; d < first.dim(); ++d) {
    if (d != dim && first.sizes()[d] != other.sizes()[d]) {
      fail("Sizes of tensors must match except in dimension ", dim, ". Expected size ",
           first.sizes()[d], " but got size ", other.sizes()[d], " for tensor number ", number,
           " in the list.");
    }
  }
}

DType common_dtype(const std::vector<Tensor>& tensors) {
  DType dtype = tensors[0].dtype();
  for (const Tensor& tensor : tensors) {
    if (is_quantized(tensor.dtype())) unimplemented("joining quantized tensors");
    dtype = promote(dtype, tensor.dtype());
  }
  return dtype;
}

std::vector<Tensor> at_least_all(const std::vector<Tensor>& tensors, int64_t rank) {
  std::vector<Tensor> out;
  for (const Tensor& tensor : tensors) out.push_back(views::at_least(tensor, rank));
  return out;
}

void require_some(const OpCall& call, const std::vector<Tensor>& tensors) {
  if (tensors.empty()) fail(call.op().name().substr(6), " expects a non-empty TensorList");
}

Tensor stacked(const std::vector<Tensor>& tensors, int64_t dim) {
  if (tensors.empty()) fail("stack expects a non-empty TensorList");
  const DimsView each = tensors[0].sizes();
  const int64_t d = wrap_dim(dim, tensors[0].dim() + 1);
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].sizes() != each) {
      fail("stack expects each tensor to be equal size, but got ", to_string(each),
           " at entry 0 and ", to_string(tensors[i].sizes()), " at entry ", i);
    }
  }
  if (d < tensors[0].dim()) {  // a dim that is joined and split again keeps the layout of images
    Dims sizes(each.begin(), each.end());
    sizes.insert(sizes.begin() + d, static_cast<int64_t>(tensors.size()));
    return concatenate(tensors, d).view_as_shape(sizes);
  }
  std::vector<Tensor> parts;
  for (const Tensor& tensor : tensors) parts.push_back(tensor.unsqueeze(d));
  return concatenate(parts, d);
}

std::vector<Tensor> grid(std::vector<Tensor> tensors, bool swap) {
  if (tensors.empty()) fail("meshgrid expects a non-empty TensorList");
  swap = swap && tensors.size() >= 2;
  if (swap) std::swap(tensors[0], tensors[1]);
  Dims sizes;
  for (const Tensor& tensor : tensors) {
    if (tensor.dim() > 1) {
      fail("torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: ",
           to_string(tensor.sizes()));
    }
    if (tensor.dtype() != tensors[0].dtype()) {
      fail("meshgrid expects all tensors to have the same dtype");
    }
    sizes.push_back(tensor.numel());
  }
  std::vector<Tensor> out;
  for (size_t i = 0; i < tensors.size(); ++i) {
    Dims shape(tensors.size(), 1);
    shape[i] = tensors[i].numel();
    out.push_back(tensors[i].view_as_shape(shape).expand(sizes));
  }
  if (swap) std::swap(out[0], out[1]);
  return out;
}

}  // namespace

Joined describe_joined(const std::vector<Tensor>& tensors, int64_t dim) {
  if (tensors.empty()) fail("torch.cat(): expected a non-empty list of Tensors");
  Joined joined{common_dtype(tensors), common_format(tensors), {0}, 0};
  const Tensor* first = nullptr;
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].dim() == 0) {
      fail("zero-dimensional tensor (at position ", i, ") cannot be concatenated");
    }
    if (!first && !skipped(tensors[i])) first = &tensors[i];
  }
  if (!first) return joined;
  joined.dim = wrap_dim(dim, first->dim());
  joined.sizes.assign(first->sizes().begin(), first->sizes().end());
  int64_t& length = joined.sizes[static_cast<size_t>(joined.dim)];
  length = 0;
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (skipped(tensors[i])) continue;
    check_cat_shapes(*first, tensors[i], joined.dim, i);
    length += tensors[i].size(joined.dim);
  }
  return joined;
}

Tensor concatenate(const std::vector<Tensor>& tensors, int64_t dim) {
  const Joined joined = describe_joined(tensors, dim);
  const Tensor out = empty(joined.sizes, joined.dtype, joined.format);
  int64_t start = 0;
  for (const Tensor& tensor : tensors) {
    if (skipped(tensor)) continue;
    const int64_t length = tensor.size(joined.dim);
    copy_into(out.slice(joined.dim, start, start + length), tensor);
    start += length;
  }
  return out;
}

void rank_of_cat(OpCall& call) {
  call.ret(static_cast<int64_t>(describe_joined(call.tensors(0), call.integer(1)).sizes.size()));
}

void cat(OpCall& call) { call.ret(concatenate(call.tensors(0), call.integer(1))); }
void stack(OpCall& call) { call.ret(stacked(call.tensors(0), call.integer(1))); }

void hstack(OpCall& call) {
  const std::vector<Tensor> parts = at_least_all(call.tensors(0), 1);
  require_some(call, parts);
  call.ret(concatenate(parts, parts[0].dim() == 1 ? 0 : 1));
}
void vstack(OpCall& call) {
  const std::vector<Tensor> parts = at_least_all(call.tensors(0), 2);
  require_some(call, parts);
  call.ret(concatenate(parts, 0));
}
void dstack(OpCall& call) {
  const std::vector<Tensor> parts = at_least_all(call.tensors(0), 3);
  require_some(call, parts);
  call.ret(concatenate(parts, 2));
}

void column_stack(OpCall& call) {
  std::vector<Tensor> parts = call.tensors(0);
  require_some(call, parts);
  for (Tensor& part : parts) {
    if (part.dim() <= 1) part = part.reshape({part.numel(), 1});
  }
  call.ret(concatenate(parts, 1));
}

void complex(OpCall& call) {
  const Tensor parts[] = {call.tensor(0), call.tensor(1)};
  const DType dtype = parts[0].dtype(), other = parts[1].dtype();
  const auto has_complex = [](DType t) {
    return t == DType::kFloat16 || t == DType::kFloat32 || t == DType::kFloat64;
  };
  if (!has_complex(dtype) || !has_complex(other)) {
    fail("Expected both inputs to be Half, Float or Double tensors but got ", dtype_name(dtype),
         " and ", dtype_name(other));
  }
  if (dtype != other) {
    fail("Expected object of scalar type ", dtype_name(dtype), " but got scalar type ",
         dtype_name(other), " for second argument");
  }
  const Dims sizes = broadcast(parts[0].sizes(), parts[1].sizes());
  const Tensor out = empty_result(sizes, parts, to_complex(dtype));
  const Tensor pairs = views::view_complex_as_real(out);
  for (int64_t i = 0; i < 2; ++i) copy_into(pairs.select(-1, i), parts[i]);
  call.ret(out);
}

void block_diag(OpCall& call) {
  std::vector<Tensor> blocks = call.tensors(0);
  if (blocks.empty()) fail("torch.block_diag(): expected a non-empty list of Tensors");
  int64_t rows = 0, cols = 0;
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].dim() > 2) {
      fail("torch.block_diag: Input tensors must have 2 or fewer dimensions. Input ", i, " has ",
           blocks[i].dim(), " dimensions");
    }
    blocks[i] = views::at_least(blocks[i], 2);
    rows += blocks[i].sizes()[0];
    cols += blocks[i].sizes()[1];
  }
  const Tensor out = zeros({rows, cols}, common_dtype(blocks));
  int64_t row = 0, col = 0;
  for (const Tensor& block : blocks) {
    const int64_t height = block.sizes()[0], width = block.sizes()[1];
    copy_into(out.slice(0, row, row + height).slice(1, col, col + width), block);
    row += height;
    col += width;
  }
  call.ret(out);
}

void meshgrid(OpCall& call) { call.ret(make_tensor_list(grid(call.tensors(0), false))); }

void meshgrid_indexing(OpCall& call) {
  const std::string& indexing = call.string(1);
  if (indexing != "ij" && indexing != "xy") {
    fail("torch.meshgrid: indexing must be one of \"xy\" or \"ij\", but received: ", indexing);
  }
  call.ret(make_tensor_list(grid(call.tensors(0), indexing == "xy")));
}

void cartesian_prod(OpCall& call) {
  const std::vector<Tensor> tensors = call.tensors(0);
  for (const Tensor& tensor : tensors) {
    if (tensor.dim() != 1) fail("Expect a 1D vector, but got shape ", to_string(tensor.sizes()));
  }
  if (tensors.size() == 1) return call.ret(tensors[0]);
  std::vector<Tensor> columns = grid(tensors, false);
  for (Tensor& column : columns) column = column.reshape({-1});
  call.ret(stacked(columns, 1));
}

// n over r; throws when no tensor can have so many rows.
int64_t count_picks(int64_t n, int64_t r) {
  if (r > n) return 0;
  __int128 count = 1;
  for (int64_t i = 1; i <= std::min(r, n - r); ++i) {
    count = count * (n - i + 1) / i;
    if (count > INT64_MAX / r) fail("combinations: ", n, " over ", r, " exceeds 64 bits");
  }
  return static_cast<int64_t>(count);
}

void combinations(OpCall& call) {
  const Tensor self = call.tensor(0);
  const int64_t r = call.integer(1);
  const bool repeat = call.boolean(2);
  if (self.dim() != 1) {
    fail("Expect a 1D vector, but got shape ", to_string(self.sizes()));
  }
  if (r < 0) fail("Expect a non-negative number, but got ", r);
  if (r == 0) return call.ret(empty({0}, self.dtype()));
  const int64_t n = self.numel();
  if (r > kMaxListItems) fail("combinations of ", r, " elements");
  const Tensor source = self.contiguous();
  const Tensor out = empty({count_picks(repeat ? n + r - 1 : n, r), r}, self.dtype());
  // Picks in lexicographic order.
  std::vector<int64_t> current(r);
  for (int64_t i = 0; i < r; ++i) current[i] = repeat ? 0 : i;
  visit_size(self.dtype(), [&]<class T>() {
    const T* from = reinterpret_cast<const T*>(source.raw());
    T* to = reinterpret_cast<T*>(out.raw());
    for (int64_t row = 0; row < out.size(0); ++row) {
      for (const int64_t pick : current) *to++ = from[pick];
      int64_t k = r - 1;
      while (k >= 0 && current[k] == (repeat ? n - 1 : n - r + k)) --k;
      if (k < 0) break;
      ++current[k];
      for (int64_t i = k + 1; i < r; ++i) current[i] = repeat ? current[k] : current[i - 1] + 1;
    }
  });
  call.ret(out);
}

void pad_sequence(OpCall& call) {
  const std::vector<Tensor> parts = call.tensors(0);
  const bool batch_first = call.boolean(1);
  const std::string& side = call.string(3);
  if (side != "left" && side != "right") fail("padding_side must be left or right, got ", side);
  if (parts.empty()) fail("received an empty list of sequences");
  int64_t longest = 0;
  for (const Tensor& part : parts) longest = std::max(longest, part.size(0));
  const int64_t batch = static_cast<int64_t>(parts.size());
  Dims sizes = batch_first ? Dims{batch, longest} : Dims{longest, batch};
  sizes.insert(sizes.end(), parts[0].sizes().begin() + 1, parts[0].sizes().end());
  const Tensor out = empty(sizes, parts[0].dtype());
  fill_scalar(out, call.in(2));
  for (int64_t i = 0; i < batch; ++i) {
    const Tensor row = out.select(batch_first ? 0 : 1, i);
    const int64_t size = parts[i].size(0), start = side == "left" ? longest - size : 0;
    copy_into(row.slice(0, start, start + size), parts[i]);
  }
  call.ret(out);
}

}  // namespace temper::joining
