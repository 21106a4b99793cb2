#include "kernels/cpu/onednn/tiles.h"

#include <algorithm>
#include <array>
#include <limits>

#include "kernels/cpu/conv.h"
#include "kernels/cpu/layout.h"
#include "kernels/cpu/onednn/runnable.h"
#include "kernels/cpu/tile_loops.h"
#include "kernels/cpu/tile_side.h"

namespace temper::onednn {
namespace {

using dnnl::memory;

constexpr int64_t kMostNumbers = numbers_of_tile(4), kMostPixels = 16;
constexpr int64_t kFloat = sizeof(float);

constexpr int64_t up(int64_t a, int64_t b) { return (a + b - 1) / b; }

// The products: [tiles, inputs] times [inputs, outputs] for each number of a tile, some tiles and
// some inputs at a time.
struct Sizes {
  int64_t side, tiles, inputs, outputs;
  int64_t tiles_at_once, inputs_at_once;

  int64_t numbers() const { return numbers_of_tile(side); }
  int64_t parts() const { return inputs / inputs_at_once; }
  int64_t last_tiles() const { return (tiles - 1) % tiles_at_once + 1; }
};

// Equal parts of the inputs, neither so large that their tiles fill the cache nor so small that
// sums are read and written more often than products take; all of them where no such parts are
// equal.
int64_t inputs_of_part(int64_t inputs) {
  constexpr int64_t kMost = 512, kFewest = 128;
  for (int64_t parts = up(inputs, kMost); inputs / parts >= kFewest; ++parts) {
    if (inputs % parts == 0) return inputs / parts;
  }
  return inputs;
}

// Both transforms of a block stay in the cache; its weights may not, and are read once a block.
Sizes plan(int64_t side, int64_t tiles, int64_t inputs, int64_t outputs) {
  constexpr int64_t kMostBytes = int64_t{14} << 20, kMostTiles = 256;
  Sizes sizes{side, tiles, inputs, outputs, 0, inputs_of_part(inputs)};
  const int64_t bytes_of_tile = sizes.numbers() * kFloat * (sizes.inputs_at_once + outputs);
  const int64_t most = std::clamp<int64_t>(kMostBytes / bytes_of_tile, 1, kMostTiles);
  const int64_t blocks = up(tiles, most);
  sizes.tiles_at_once = up(tiles, blocks);
  return sizes;
}

// For one set of shapes, whatever the weights. The first part of the inputs overwrites the sums,
// the others add to them.
struct Products {
  std::unique_ptr<Runnable> first, next;
};
struct Tiles : Kept {
  Sizes sizes;
  Products whole, last;
  memory::desc weights;  // of one number and one part of the inputs
  std::unique_ptr<Runnable> packing;
  Ref<PackedLayout> layout;

  int64_t bytes() const override { return 4 * kPrimitiveBytes; }
  int64_t weight_bytes() const {
    constexpr int64_t kLine = 64;
    return (static_cast<int64_t>(weights.get_size()) + kLine - 1) / kLine * kLine;
  }
};

memory::desc matrix(int64_t rows, int64_t columns) {
  return {{rows, columns}, memory::data_type::f32, memory::format_tag::ab};
}

std::unique_ptr<Runnable> make_product(const Sizes& sizes, int64_t tiles, bool adds,
                                       memory::desc& weights) {
  const memory::desc src = matrix(tiles, sizes.inputs_at_once), dst = matrix(tiles, sizes.outputs);
  dnnl::post_ops operations;
  if (adds) operations.append_sum(1.0f);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(operations);
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const dnnl::matmul::primitive_desc described(dnnl::matmul::desc(src, weights, dst), attributes,
                                               cpu_engine());
  weights = described.weights_desc();
  return std::make_unique<Runnable>(
      dnnl::matmul(described), described.scratchpad_desc(),
      std::vector<Runnable::Argument>{
          {DNNL_ARG_SRC, src}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_DST, dst}});
}

Ref<Kept> make_tiles(const Team& team, const Sizes& sizes, const Tensor& weight) {
  const SoloScope solo(team);
  auto made = make_ref<Tiles>();
  made->sizes = sizes;
  made->weights = any_format(matrix(sizes.inputs_at_once, sizes.outputs));
  const auto products = [&](int64_t tiles) {
    Products all;
    all.first = make_product(sizes, tiles, false, made->weights);
    if (sizes.parts() > 1) all.next = make_product(sizes, tiles, true, made->weights);
    return all;
  };
  made->whole = products(sizes.tiles_at_once);
  if (sizes.last_tiles() != sizes.tiles_at_once) made->last = products(sizes.last_tiles());
  const memory::desc transformed({sizes.inputs_at_once, sizes.outputs}, memory::data_type::f32,
                                 memory::dims{1, sizes.inputs_at_once});
  made->packing = make_reorder(transformed, made->weights);
  PackedKey key(kTilesKey);
  add_to(key, made->weights);
  made->layout = make_ref<PackedLayout>(
      std::move(key.add(sizes.side).add(weight.sizes()).add(weight.strides())));
  return made;
}

// A line of G for each number of a transformed line: 1, p, p^2 of its point p, over the product of
// the distances to the other points.
using Row = std::array<double, 3>;
std::vector<Row> kernel_rows(int64_t side) {
  if (side == 2) return {{1, 0, 0}, {.5, .5, .5}, {.5, -.5, .5}, {0, 0, 1}};
  const double a = kTilePoints[0], b = kTilePoints[1], aa = a * a, bb = b * b;
  const double at_a = 1 / (2 * aa * (aa - bb)), at_b = 1 / (2 * bb * (bb - aa));
  return {{1 / (aa * bb), 0, 0},       {at_a, at_a * a, at_a * aa},  {at_a, -at_a * a, at_a * aa},
          {at_b, at_b * b, at_b * bb}, {at_b, -at_b * b, at_b * bb}, {0, 0, 1}};
}

// G g G^T: number p of each kernel's transformed tile.
void transform_kernels(const float* kernels, int64_t count, int64_t side, int64_t p, float* to) {
  const std::vector<Row> rows = kernel_rows(side);
  const Row &down = rows[static_cast<size_t>(p / (side + 2))],
            &across = rows[static_cast<size_t>(p % (side + 2))];
  for (int64_t k = 0; k < count; ++k, kernels += 9) {
    double sum = 0;
    for (size_t i = 0; i < 9; ++i) {
      sum += down[i / 3] * across[i % 3] * static_cast<double>(kernels[i]);
    }
    to[k] = static_cast<float>(sum);
  }
}

// Weights [O, I, 3, 3] as [numbers][parts of inputs] matrices.
Ref<PackedWeights> pack(const Team& team, const Tiles& tiles, const Tensor& weight) {
  const Sizes& sizes = tiles.sizes;
  const Ref<Storage> storage =
      Storage::allocate(sizes.numbers() * sizes.parts() * tiles.weight_bytes());
  const Tensor transformed = empty({sizes.outputs, sizes.inputs_at_once}, DType::kFloat32);
  for (int64_t at = 0; at < sizes.numbers() * sizes.parts(); ++at) {
    const int64_t p = at / sizes.parts(), first = at % sizes.parts() * sizes.inputs_at_once;
    share_in_team(team, sizes.outputs, [&](int64_t begin, int64_t end) {
      for (int64_t o = begin; o < end; ++o) {
        transform_kernels(weight.data<float>() + (o * sizes.inputs + first) * 9,
                          sizes.inputs_at_once, sizes.side, p,
                          transformed.data<float>() + o * sizes.inputs_at_once);
      }
    });
    // Fills up the layout with zeros.
    const memory ready(tiles.weights, cpu_engine(), storage->data() + at * tiles.weight_bytes());
    tiles.packing->run(team.stream, {transformed, ready});
  }
  return make_ref<PackedWeights>(storage);
}

// From one number of the transformed tiles to the next: whole lines of the cache, an odd number of
// them, or the numbers of one tile would all fall into few places of it.
int64_t step_of(int64_t tiles, int64_t columns) {
  constexpr int64_t kLine = 16;
  return ((tiles * columns + kLine - 1) / kLine | 1) * kLine;
}

// Where tiles lie in images.
class Places {
 public:
  Places(int64_t side, const Tensor& images, const ConvParams& params, const Tensor& output)
      : side_(side),
        images_(images),
        output_(output),
        top_(params.padding[0]),
        left_(params.padding[1]),
        down_(up(output.size(2), side)),
        across_(up(output.size(3), side)) {}

  // The pixels that tile `at` is made of, from channel `first` on; `zeros` where there are none.
  void inputs(int64_t at, int64_t first, const float* zeros, const float** pixels) const {
    const Place place = find(at);
    const auto& strides = images_.strides();
    const float* image = images_.data<float>() + place.image * strides[0] + first;
    for (int64_t y = place.y - top_; y < place.y - top_ + side_ + 2; ++y) {
      for (int64_t x = place.x - left_; x < place.x - left_ + side_ + 2; ++x) {
        const bool inside = y >= 0 && y < images_.size(2) && x >= 0 && x < images_.size(3);
        *pixels++ = inside ? image + y * strides[2] + x * strides[3] : zeros;
      }
    }
  }

  // The pixels of `tensor`, which lies as the output does: the first one for those beyond it.
  template <class T>
  void outputs(int64_t at, T* tensor, T** pixels) const {
    const Place place = find(at);
    const auto& strides = output_.strides();
    T* first = tensor + place.image * strides[0] + place.y * strides[2] + place.x * strides[3];
    for (int64_t i = 0; i < side_; ++i) {
      for (int64_t j = 0; j < side_; ++j) {
        const bool inside = place.y + i < output_.size(2) && place.x + j < output_.size(3);
        *pixels++ = inside ? first + i * strides[2] + j * strides[3] : first;
      }
    }
  }

 private:
  struct Place {
    int64_t image, y, x;  // of the output's first pixel
  };
  Place find(int64_t at) const {
    return {at / (down_ * across_), at / across_ % down_ * side_, at % across_ * side_};
  }

  const int64_t side_;
  const Tensor& images_;
  const Tensor& output_;
  const int64_t top_, left_, down_, across_;
};

// Tiles [begin, begin + tiles) from the images into the output.
class Block {
 public:
  Block(const Team& team, const Tiles& tiles, const Places& places)
      : team_(team),
        tiles_(tiles),
        places_(places),
        input_(tiles.sizes.side == 2 ? tile_loops().input_of_2 : tile_loops().input_of_4),
        output_(tiles.sizes.side == 2 ? tile_loops().output_of_2 : tile_loops().output_of_4),
        inputs_(Storage::allocate(bytes(tiles.sizes.inputs_at_once))),
        sums_(Storage::allocate(bytes(tiles.sizes.outputs))),
        nothing_(static_cast<size_t>(std::max(tiles.sizes.inputs_at_once, tiles.sizes.outputs))) {}

  void run(int64_t begin, int64_t count, const PackedWeights& weights, const TileStore& how,
           const Tensor& residual, const Tensor& output) {
    const Sizes& sizes = tiles_.sizes;
    for (int64_t part = 0; part < sizes.parts(); ++part) {
      read(begin, count, part * sizes.inputs_at_once);
      multiply(count, part, weights);
    }
    store(begin, count, how, residual, output);
  }

 private:
  int64_t bytes(int64_t columns) const {
    const Sizes& sizes = tiles_.sizes;
    return sizes.numbers() * step_of(sizes.tiles_at_once, columns) * kFloat;
  }

  void read(int64_t begin, int64_t count, int64_t first) {
    const int64_t inputs = tiles_.sizes.inputs_at_once;
    auto* to = reinterpret_cast<float*>(inputs_->data());
    share_in_team(team_, count, [&](int64_t from, int64_t end) {
      for (int64_t t = from; t < end; ++t) {
        const float* pixels[kMostNumbers];
        places_.inputs(begin + t, first, nothing_.data(), pixels);
        input_(pixels, inputs, to + t * inputs, step_of(count, inputs));
      }
    });
  }

  void multiply(int64_t count, int64_t part, const PackedWeights& weights) {
    const Sizes& sizes = tiles_.sizes;
    const Products& products = count == sizes.tiles_at_once ? tiles_.whole : tiles_.last;
    const Runnable& product = part == 0 ? *products.first : *products.next;
    share_in_team(team_, sizes.numbers(), [&](int64_t from, int64_t end) {
      for (int64_t p = from; p < end; ++p) {
        std::byte* packed =
            weights.storage()->data() + (p * sizes.parts() + part) * tiles_.weight_bytes();
        product.run(
            team_.stream,
            {Data(inputs_->data() + p * step_of(count, sizes.inputs_at_once) * kFloat),
             Data(packed), Data(sums_->data() + p * step_of(count, sizes.outputs) * kFloat)});
      }
    });
  }

  void store(int64_t begin, int64_t count, const TileStore& how, const Tensor& residual,
             const Tensor& output) {
    const int64_t outputs = tiles_.sizes.outputs;
    const auto* from = reinterpret_cast<const float*>(sums_->data());
    share_in_team(team_, count, [&](int64_t first, int64_t end) {
      for (int64_t t = first; t < end; ++t) {
        float* pixels[kMostPixels];
        const float* added[kMostPixels];
        places_.outputs(begin + t, output.data<float>(), pixels);
        if (residual.defined()) places_.outputs(begin + t, residual.data<const float>(), added);
        output_(from + t * outputs, step_of(count, outputs), outputs, how,
                residual.defined() ? added : nullptr, pixels);
      }
    });
  }

  const Team& team_;
  const Tiles& tiles_;
  const Places& places_;
  const TileLoops::Input input_;
  const TileLoops::Output output_;
  const Ref<Storage> inputs_, sums_;
  const std::vector<float> nothing_;
};

// Of activations that can_tile().
TileStore store_of(const Epilogue& epilogue) {
  TileStore how{TileStore::kAsIs, epilogue.alpha, epilogue.beta};
  switch (epilogue.activation) {
    case Activation::kRelu: return {TileStore::kClip, 0, std::numeric_limits<float>::infinity()};
    case Activation::kLeakyRelu: how.end = TileStore::kSlope; break;
    case Activation::kClip: how.end = TileStore::kClip; break;
    default: break;
  }
  return how;
}

}  // namespace

bool can_tile(const Tensor& weight, const ConvParams& params, const Epilogue& epilogue) {
  const auto all_one = [](const Dims& values) {
    return std::all_of(values.begin(), values.end(), [](int64_t v) { return v == 1; });
  };
  if (!is_constant(weight) || weight.dim() != 4 || weight.size(2) != 3 || weight.size(3) != 3 ||
      params.transposed || params.groups != 1 || !all_one(params.stride) ||
      !all_one(params.dilation)) {
    return false;
  }
  switch (epilogue.activation) {
    case Activation::kNone:
    case Activation::kRelu:
    case Activation::kLeakyRelu:
    case Activation::kClip: return true;
    default: return false;
  }
}

void convolve_tiles(const RunContext& context, const Team& team, int64_t side, const Tensor& input,
                    const Tensor& weight, const Tensor& bias, const Tensor& scale,
                    const ConvParams& params, const Epilogue& epilogue, const Tensor& output) {
  const Sizes sizes = plan(side, tiles_of(side, output.sizes()), weight.size(1), weight.size(0));
  PackedKey key(kTilesKey);
  key.add(side).add(sizes.tiles_at_once).add(sizes.last_tiles());
  key.add(weight.sizes()).add(weight.strides());
  const Ref<Kept> kept =
      kept_primitive(context, key, [&] { return make_tiles(team, sizes, weight); });
  const auto& tiles = static_cast<const Tiles&>(*kept);
  const auto make = [&] {
    const Tensor scaled = scale.defined() ? scale_weights(weight, scale, false, 1) : weight;
    return pack(team, tiles, scaled.contiguous());
  };
  const Ref<PackedWeights> weights =
      context.packed ? context.packed->weights(weight, scale, tiles.layout, make) : make();

  const Tensor images = dense_in_format(input, MemoryFormat::kChannelsLast);
  const Tensor out = output.is_channels_last()
                         ? output
                         : empty(output.sizes(), DType::kFloat32, MemoryFormat::kChannelsLast);
  Tensor residual = epilogue.residual;
  if (residual.defined() && residual.strides() != out.strides()) {
    residual = empty(out.sizes(), DType::kFloat32, MemoryFormat::kChannelsLast);
    copy_into(residual, epilogue.residual);
  }
  TileStore how = store_of(epilogue);
  how.bias = bias.defined() ? bias.data<float>() : nullptr;
  const Places places(side, images, params, out);
  Block block(team, tiles, places);
  for (int64_t begin = 0; begin < sizes.tiles; begin += sizes.tiles_at_once) {
    const int64_t count = std::min(sizes.tiles_at_once, sizes.tiles - begin);
    block.run(begin, count, *weights, how, residual, out);
  }
  if (out.raw() != output.raw()) copy_into(output, out);
}

}  // namespace temper::onednn
