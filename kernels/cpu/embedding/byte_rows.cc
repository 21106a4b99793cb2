// Tables of bytes with a scale and a bias for every row.
#include <algorithm>
#include <cstring>
#include <vector>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/embedding/kernels.h"
#include "kernels/cpu/embedding/loops.h"
#include "kernels/cpu/embedding/rows.h"
#include "kernels/cpu/gather_loops.h"

namespace temper {
namespace {

constexpr int64_t kFused = 2 * sizeof(float);  // bytes of scale and bias behind a row

// Where rows and their scales are.
struct ByteTable {
  Tensor bytes;  // [rows, width], or [rows, width + kFused]
  int64_t width = 0;
  Ref<QuantParams> quant;  // null: fused

  int64_t rows() const { return bytes.size(0); }
  void scale_of(int64_t row, float* scale, float* bias) const {
    if (!quant) {
      const uint8_t* behind = bytes.data<uint8_t>() + row * bytes.size(1) + width;
      std::memcpy(scale, behind, sizeof(float));
      std::memcpy(bias, behind + sizeof(float), sizeof(float));
      return;
    }
    const auto at = static_cast<size_t>(row);
    *scale = static_cast<float>(quant->scales[at]);
    const float zero = quant->float_zero_points.empty() ? static_cast<float>(quant->zero_points[at])
                                                        : quant->float_zero_points[at];
    *bias = -zero * *scale;
  }
};

ByteTable fused_table(const Tensor& weight) {
  if (weight.dtype() != DType::kUInt8) {
    fail("Expected weight.scalar_type() == at::kByte to be true, but got false.");
  }
  if (weight.dim() != 2) fail("Expected weight.dim() == 2 to be true, but got false.");
  if (weight.size(1) < kFused) {
    fail("a row of ", weight.size(1), " bytes has no room for its scale and bias");
  }
  return {weight.contiguous(), weight.size(1) - kFused, nullptr};
}

// The state of packed parameters: (version, [weight], ...).
Tensor packed_weight(const IValue& packed) {
  const auto& slots = packed.to_object().slots;
  const IValue* state = slots.empty() ? nullptr : &slots[0];
  if (!state || !state->is_tuple() || state->to_tuple().items.size() < 2) {
    fail("packed embedding parameters without a state");
  }
  const IValue& tensors = state->to_tuple().items[1];
  if (!tensors.is_list() || tensors.to_list().items.empty()) {
    fail("packed embedding parameters without a weight");
  }
  return tensors.to_list().items[0].to_tensor();
}

ByteTable packed_table(const IValue& packed, const char* op) {
  const Tensor weight = packed_weight(packed);
  const Ref<QuantParams>& quant = weight.impl()->quant;
  if (weight.dtype() != DType::kQUInt8 || weight.dim() != 2 || !quant || quant->axis != 0) {
    unimplemented(op, " of a weight that is not quint8, quantized for each row");
  }
  const Tensor dense = weight.contiguous();
  return {dense, dense.size(1), quant};
}

struct ByteBags {
  Tensor indices;               // int64, all inside the table; -1 does not count
  std::vector<int64_t> starts;  // one more than bags
  Tensor weights;               // float, or undefined

  int64_t count() const { return static_cast<int64_t>(starts.size()) - 1; }
};

// Rows that were pruned away have no place in the table: the mapping says -1.
Tensor through_mapping(const Tensor& indices, const Tensor& mapping) {
  if (mapping.dtype() != DType::kInt32) {
    fail("expected scalar type Int but found ", dtype_name(mapping.dtype()));
  }
  const Tensor places = mapping.contiguous(), out = indices.clone();
  const int32_t* place = places.data<int32_t>();
  if (places.numel() == 1 && place[0] == 0) return out;  // nothing was pruned
  for (int64_t i = 0; i < out.numel(); ++i) {
    int64_t& index = out.data<int64_t>()[i];
    if (index < 0 || index >= places.numel()) fail("Invalid indices data");
    index = place[index];
  }
  return out;
}

void check_indices(const Tensor& indices, int64_t rows, bool pruned) {
  const int64_t* at = indices.data<int64_t>();
  bool inside = gather_loops().all_below(at, indices.numel(), rows);
  if (!inside && pruned) {
    inside =
        std::all_of(at, at + indices.numel(), [rows](int64_t i) { return i >= -1 && i < rows; });
  }
  if (!inside) fail("Invalid indices data");
}

// Bags begin where the one before ends, whatever the first offset says.
std::vector<int64_t> starts_of(const Tensor& offsets, int64_t total, bool last_included) {
  if (offsets.dim() != 1)
    fail("qembedding/qembedding_bag operator supports 1d offsets, got ", offsets.dim());
  std::vector<int64_t> bounds(offsets.data<int64_t>(), offsets.data<int64_t>() + offsets.numel());
  if (!last_included) bounds.push_back(total);
  if (bounds.empty()) fail("include_last_offset: offsets must not be empty");
  std::vector<int64_t> starts{0};
  for (size_t i = 1; i < bounds.size(); ++i) {
    int64_t length = 0;
    if (__builtin_sub_overflow(bounds[i], bounds[i - 1], &length) || length < 0 ||
        length > total - starts.back()) {
      fail("Expect the lengths data to be less than indices size");
    }
    starts.push_back(starts.back() + length);
  }
  return starts;
}

void check_index_dtype(const Tensor& indices) {
  if (indices.dtype() != DType::kInt32 && indices.dtype() != DType::kInt64) {
    fail("Expect 32 or 64 bit indices, but found ", dtype_name(indices.dtype()), " instead.");
  }
}

// (weight, indices, offsets?, scale_grad_by_freq, mode, pruned_weights, per_sample_weights?,
// compressed_indices_mapping?, include_last_offset); every mode is a sum.
ByteBags read_bags(OpCall& call, const ByteTable& table) {
  const Tensor given = call.tensor(1), offsets = call.opt_tensor(2);
  check_index_dtype(given);
  if (given.dim() != 1 && given.dim() != 2) {
    fail("qembedding/qembedding_bag operator supports 1 or 2d indices, got ", given.dim());
  }
  ByteBags bags;
  bags.indices = as_indices("embedding_bag_byte", given);
  const int64_t total = given.numel();
  if (given.dim() == 2) {
    if (offsets.defined()) {
      fail("embedding_bag_byte operator: input is 2D, then offsets has to be None, as input is ",
           "treated is a mini-batch of fixed length sequences.");
    }
    for (int64_t bag = 0; bag <= given.size(0); ++bag) bags.starts.push_back(bag * given.size(1));
  } else {
    if (!offsets.defined()) fail("embedding_bag_byte expects offsets to be set for 1D indices.");
    bags.starts = starts_of(as_indices("embedding_bag_byte", offsets), total, call.boolean(8));
  }
  const bool pruned = call.boolean(5);
  if (pruned) {
    if (call.is_none(7)) fail("pruned weights need compressed_indices_mapping");
    bags.indices = through_mapping(bags.indices, call.tensor(7));
  }
  check_indices(bags.indices, table.rows(), pruned);
  if (!call.is_none(6)) {
    bags.weights = call.tensor(6);
    if (bags.weights.dtype() != DType::kFloat32) {
      fail("expected scalar type Float but found ", dtype_name(bags.weights.dtype()));
    }
    if (bags.weights.numel() != total) {
      fail("per_sample_weights must have as many elements as the indices: ", total);
    }
    bags.weights = bags.weights.contiguous();
  }
  return bags;
}

// Scales and biases of the rows of one bag, with its weights; indices that do not count become
// the first row times nothing.
struct RowFactors {
  std::vector<float> scale, bias;
  std::vector<int64_t> index;

  void fill(const ByteTable& table, const ByteBags& bags, int64_t begin, int64_t end) {
    const auto n = static_cast<size_t>(end - begin);
    scale.resize(n);
    bias.resize(n);
    const int64_t* at = bags.indices.data<int64_t>() + begin;
    index.assign(at, at + n);
    const float* weights = bags.weights.defined() ? bags.weights.data<float>() + begin : nullptr;
    const std::byte* bytes = table.bytes.raw();
    const int64_t stride = table.bytes.size(1);
    for (const int64_t i : index) {
      if (i >= 0) __builtin_prefetch(bytes + i * stride + table.width);
    }
    for (size_t i = 0; i < n; ++i) {
      if (index[i] < 0) {
        index[i] = 0;
        scale[i] = bias[i] = 0;
        continue;
      }
      table.scale_of(index[i], &scale[i], &bias[i]);
      if (weights) {
        scale[i] *= weights[i];
        bias[i] *= weights[i];
      }
    }
  }
};

Tensor combine(const RunContext& context, const ByteTable& table, const ByteBags& bags) {
  const Tensor out = empty({bags.count(), table.width}, DType::kFloat32);
  const EmbeddingLoops& loops = embedding_loops();
  const int64_t rows = bags.indices.numel() / std::max<int64_t>(1, bags.count()) + 1;
  const int64_t grain = 1 + 16384 / std::max<int64_t>(1, rows * table.width);
  context.workers->parallel_for(0, bags.count(), grain, [&](int64_t begin, int64_t end) {
    RowFactors factors;
    for (int64_t bag = begin; bag < end; ++bag) {
      const auto b = static_cast<size_t>(bag);
      factors.fill(table, bags, bags.starts[b], bags.starts[b + 1]);
      const BagRows rows{table.bytes.raw(),
                         table.bytes.size(1),
                         factors.index.data(),
                         bags.starts[b + 1] - bags.starts[b],
                         0,
                         nullptr,
                         -1};
      loops.sum_bytes(rows, factors.scale.data(), factors.bias.data(),
                      out.data<float>() + bag * table.width, table.width);
    }
  });
  return out;
}

Dims with_last(const Tensor& t, int64_t last) {
  Dims sizes(t.sizes().begin(), t.sizes().end());
  sizes.back() = last;
  return sizes;
}

}  // namespace

void byte_rows_prepack(OpCall& call) {
  const Tensor weight = call.tensor(0);
  if (weight.dtype() != DType::kFloat32 && weight.dtype() != DType::kFloat16) {
    fail("'embedding_bag_byte_prepack' only support float32 or float16.");
  }
  if (weight.dim() == 0) fail("embedding_bag_byte_prepack: expected at least one dim");
  const Tensor x = to_dtype(weight, DType::kFloat32).contiguous();
  const int64_t width = weight.size(-1), rows = width == 0 ? 0 : x.numel() / width;
  const Tensor out = empty(with_last(weight, width + kFused), DType::kUInt8);
  if (width == 0) fill_zero(out);
  const int64_t grain = 1 + 16384 / (width + 1);
  call.context().workers->parallel_for(0, rows, grain, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      uint8_t* to = out.data<uint8_t>() + r * (width + kFused);
      float factors[2];
      embedding_loops().quantize_row(x.data<float>() + r * width, width, to, &factors[0],
                                     &factors[1]);
      std::memcpy(to + width, factors, sizeof(factors));
    }
  });
  call.ret(out);
}

void byte_rows_unpack(OpCall& call) {
  const Tensor packed = call.tensor(0);
  if (packed.dtype() != DType::kUInt8) {
    fail("expected scalar type Byte but found ", dtype_name(packed.dtype()));
  }
  if (packed.dim() == 0 || packed.size(-1) < kFused) {
    fail("a row of bytes has no room for its scale and bias");
  }
  const int64_t stride = packed.size(-1), width = stride - kFused;
  const ByteTable table{packed.contiguous().view_as_shape({packed.numel() / stride, stride}), width,
                        nullptr};
  const Tensor out = empty(with_last(packed, width), DType::kFloat32);
  const int64_t grain = 1 + 16384 / (width + 1);
  call.context().workers->parallel_for(0, table.rows(), grain, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      float scale = 0, bias = 0;
      table.scale_of(r, &scale, &bias);
      const BagRows row{table.bytes.raw(), stride, &r, 1, 0, nullptr, -1};
      embedding_loops().sum_bytes(row, &scale, &bias, out.data<float>() + r * width, width);
    }
  });
  call.ret(out);
}

void byte_bag_fused(OpCall& call) {
  const ByteTable table = fused_table(call.tensor(0));
  call.ret(combine(call.context(), table, read_bags(call, table)));
}

void byte_bag_packed(OpCall& call) {
  const ByteTable table = packed_table(call.in(0), "quantized::embedding_bag_byte");
  call.ret(combine(call.context(), table, read_bags(call, table)));
}

// (weight, indices, pruned_weights): bags of one.
void byte_embedding_packed(OpCall& call) {
  const ByteTable table = packed_table(call.in(0), "quantized::embedding_byte");
  const Tensor given = call.tensor(1);
  check_index_dtype(given);
  ByteBags bags;
  bags.indices = as_indices("embedding_byte", given);
  check_indices(bags.indices, table.rows(), false);
  for (int64_t i = 0; i <= given.numel(); ++i) bags.starts.push_back(i);
  Dims sizes(given.sizes().begin(), given.sizes().end());
  sizes.push_back(table.width);
  call.ret(combine(call.context(), table, bags).view_as_shape(sizes));
}

void byte_packed_unpack(OpCall& call) { call.ret(packed_weight(call.in(0))); }

}  // namespace temper
