// Padding: constant, and the modes that read other elements of the tensor.
#include <algorithm>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/fill.h"
#include "kernels/cpu/joining.h"
#include "kernels/cpu/layout.h"

namespace temper::joining {
namespace {

enum class Mode { kReflect, kReplicate, kCircular, kConstant };

// Where element `i` of the padded dim comes from, for i relative to the unpadded begin. Circular
// padding wraps around what cropping (negative pads) leaves.
int64_t source_index(Mode mode, int64_t i, int64_t size, int64_t before, int64_t after) {
  if (mode == Mode::kReplicate) return std::clamp<int64_t>(i, 0, size - 1);
  if (mode == Mode::kCircular) {
    const int64_t begin = std::max<int64_t>(-before, 0), end = size - std::max<int64_t>(-after, 0);
    return i < begin ? i - begin + end : i >= end ? i - end + begin : i;
  }
  if (i < 0) i = -i;
  return i >= size ? 2 * (size - 1) - i : i;
}

using IndexMap = std::vector<int64_t>;  // source index per result index

// out[i0, i1...] = self[maps[0][i0], maps[1][i1]...]; `out` is contiguous.
template <class T>
void remap(const Tensor& self, const std::vector<IndexMap>& maps, size_t dim, T*& to,
           const T* from) {
  const IndexMap& map = maps[dim];
  const int64_t stride = self.strides()[dim];
  if (dim + 1 < maps.size()) {
    for (int64_t i : map) remap(self, maps, dim + 1, to, from + i * stride);
    return;
  }
  for (int64_t i : map) *to++ = from[i * stride];
}

Tensor remapped(const Tensor& self, const std::vector<IndexMap>& maps) {
  Dims sizes;
  for (const IndexMap& map : maps) sizes.push_back(static_cast<int64_t>(map.size()));
  Tensor out = empty(sizes, self.dtype());
  out.impl()->quant = self.impl()->quant;
  if (out.numel() == 0) return out;
  visit_size(self.dtype(), [&]<class T>() {
    T* next = reinterpret_cast<T*>(out.raw());
    remap<T>(self, maps, 0, next, reinterpret_cast<const T*>(self.raw()));
  });
  return out;
}

// Sums of sizes and pads stay within 64 bits, and pads can change sign.
void check_pad_range(int64_t before, int64_t after) {
  constexpr int64_t kMost = int64_t{1} << 61;
  if (before < -kMost || before > kMost || after < -kMost || after > kMost) {
    fail("padding of ", before, " and ", after, " exceeds 64 bits");
  }
}

void check_mode_pads(Mode mode, const Tensor& self, int64_t dim, int64_t before, int64_t after,
                     int64_t spatial) {
  check_pad_range(before, after);
  const int64_t size = self.sizes()[dim];
  if (mode == Mode::kReflect && (before >= size || after >= size)) {
    fail("Argument #", 4 + 2 * (self.dim() - 1 - dim),
         ": Padding size should be less than the corresponding input dimension, but got: "
         "padding (",
         before, ", ", after, ") at dimension ", dim, " of input ",
         spatial == 2 ? std::to_string(self.dim()) : to_string(self.sizes()));
  }
  if (mode == Mode::kCircular) {
    if (before > size || after > size) {
      fail("Padding value causes wrapping around more than once.");
    }
    if (size + before + after < 0)
      fail("Negative padding value is resulting in an empty dimension");
  }
  if (size + before + after < 1 && mode != Mode::kCircular) {
    fail("input (", to_string(self.sizes()),
         ") is too small. Calculated output size along "
         "dimension ",
         dim, ": ", size + before + after);
  }
  if (size == 0)
    fail("Expected a tensor whose padded dimensions are not empty, got ", to_string(self.sizes()));
}

Tensor pad_by_mode(const Tensor& self, DimsView pad, Mode mode) {
  const int64_t count = static_cast<int64_t>(pad.size()) / 2;
  if (mode == Mode::kCircular && static_cast<int64_t>(pad.size()) + 4 != 2 * self.dim()) {
    fail("Invalid padding size, expected ", 2 * (self.dim() - 2), " but got ", pad.size());
  }
  std::vector<IndexMap> maps(self.dim());
  for (int64_t d = 0; d < self.dim(); ++d) {
    const int64_t k = self.dim() - 1 - d;  // pads start at the last dim
    const int64_t before = k < count ? pad[2 * k] : 0, after = k < count ? pad[2 * k + 1] : 0;
    const int64_t size = self.sizes()[d];
    if (k < count) check_mode_pads(mode, self, d, before, after, count);
    check_scratch(size + before + after, sizeof(int64_t));
    maps[d].reserve(static_cast<size_t>(size + before + after));
    for (int64_t i = -before; i < size + after; ++i) {
      maps[d].push_back(source_index(mode, i, size, before, after));
    }
  }
  return remapped(self, maps);
}

Tensor pad_constant(const Tensor& self, DimsView pad, const IValue& value) {
  if (pad.size() % 2 != 0) {
    fail("Length of pad must be even but instead it equals ", pad.size());
  }
  const int64_t count = static_cast<int64_t>(pad.size()) / 2, rank = self.dim();
  if (count > rank) {
    fail(
        "Length of pad should be no more than twice the number of dimensions of the input. Pad "
        "length is ",
        pad.size(), "while the input has ", rank, "dimensions.");
  }
  Tensor inner = self;
  Dims sizes(self.sizes().begin(), self.sizes().end());
  bool grows = false;
  for (int64_t k = 0; k < count; ++k) {
    const int64_t d = rank - 1 - k, before = pad[2 * k], after = pad[2 * k + 1];
    check_pad_range(before, after);
    if (__builtin_add_overflow(sizes[d], before + after, &sizes[d])) {
      fail("padding of ", before, " and ", after, " exceeds 64 bits");
    }
    if (sizes[d] < 0) {
      fail("The input size ", self.sizes()[d], ", plus negative padding ", before, " and ", after,
           " resulted in a negative output size, which is invalid. Check dimension ", d,
           " of your input.");
    }
    grows |= before > 0 || after > 0;
    inner = inner.slice(d, std::max<int64_t>(-before, 0),
                        self.sizes()[d] - std::max<int64_t>(-after, 0));
  }
  if (!grows) return inner.clone();
  const Tensor out = empty(sizes, self.dtype(), suggested_format(self));
  fill_scalar(out, value);
  Tensor target = out;
  for (int64_t k = 0; k < count; ++k) {
    const int64_t d = rank - 1 - k;
    target = target.slice(d, std::max<int64_t>(pad[2 * k], 0),
                          sizes[d] - std::max<int64_t>(pad[2 * k + 1], 0));
  }
  copy_into(target, inner);
  return out;
}

void pad_any(OpCall& call, Mode mode, const IValue& value) {
  const Tensor self = call.tensor(0);
  const Dims pad = call.ints(1);
  if (pad.size() % 2 != 0) fail("Padding length must be divisible by 2");
  if (static_cast<int64_t>(pad.size()) > self.dim() * 2) {
    fail("Padding length too large");
  }
  if (mode == Mode::kConstant) {
    return call.ret(pad_constant(self, pad, value.is_none() ? IValue(0.0) : value));
  }
  if (!value.is_none() && value.scalar_as_double() != 0) {
    fail("Padding mode doesn't take in value argument");
  }
  const int64_t spatial = static_cast<int64_t>(pad.size()) / 2;
  if (spatial < 1 || spatial > 3 || (self.dim() != spatial + 1 && self.dim() != spatial + 2)) {
    unimplemented("Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now");
  }
  call.ret(pad_by_mode(self, pad, mode));
}

// reflection_pad2d and the like: the digit of the name is the number of padded dims.
void pad_named(OpCall& call, Mode mode) {
  const std::string& name = call.op().name();
  const int64_t spatial = name[name.size() - 2] - '0';
  const Tensor self = call.tensor(0);
  const Dims pad = call.ints(1);
  if (static_cast<int64_t>(pad.size()) != 2 * spatial) {
    fail("padding size is expected to be ", 2 * spatial, ", but got: ", pad.size());
  }
  if (self.dim() != spatial + 1 && self.dim() != spatial + 2) {
    fail("Expected ", spatial + 1, "D or ", spatial + 2,
         "D (batch mode) tensor for input, but got: ", to_string(self.sizes()));
  }
  call.ret(pad_by_mode(self, pad, mode));
}

}  // namespace

void pad(OpCall& call) {
  const std::string& mode = call.string(2);
  const IValue value = call.in(3);
  if (mode == "constant") return pad_any(call, Mode::kConstant, value);
  if (mode == "reflect") return pad_any(call, Mode::kReflect, value);
  if (mode == "replicate") return pad_any(call, Mode::kReplicate, value);
  if (mode == "circular") return pad_any(call, Mode::kCircular, value);
  fail("Unrecognised padding mode ", mode);
}

void pad_enum(OpCall& call) {
  const int64_t mode = call.integer(2);
  if (mode < 0 || mode > 3) fail("unknown padding mode ", mode);
  static constexpr Mode kModes[] = {Mode::kReflect, Mode::kReplicate, Mode::kCircular,
                                    Mode::kConstant};
  pad_any(call, kModes[mode], call.in(3));
}

void pad_circular(OpCall& call) { pad_any(call, Mode::kCircular, IValue()); }
void constant_pad_nd(OpCall& call) {
  call.ret(pad_constant(call.tensor(0), call.ints(1), call.in(2)));
}
void reflection_pad(OpCall& call) { pad_named(call, Mode::kReflect); }
void replication_pad(OpCall& call) { pad_named(call, Mode::kReplicate); }

}  // namespace temper::joining
