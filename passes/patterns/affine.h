#pragma once
// Sums, products and norms with fixed operands, as a factor and a shift for each channel.

#include <optional>
#include <vector>

#include "ir/graph/graph.h"

namespace temper {

struct Affine {
  std::vector<double> scale, shift;  // one of each a channel

  explicit Affine(int64_t channels)
      : scale(static_cast<size_t>(channels), 1), shift(static_cast<size_t>(channels), 0) {}
  void then(const Affine& next);
  bool scales() const;
  bool shifts() const;
  bool finite() const;
};

// Where channels are in the tensor that the operator changes.
struct ChannelPlace {
  int64_t channels;
  int64_t trailing;  // dims behind that of the channels
  DType dtype;       // of the tensor
  std::optional<int64_t> rank;
};

class AffineReader {
 public:
  explicit AffineReader(const OpRegistry& ops);

  // What the node does to its tensor argument `x`. `longest` becomes the most dims that a fixed
  // operand has, if that is more.
  std::optional<Affine> read(const ir::Node& node, const ir::Value* x, const ChannelPlace& place,
                             int64_t* longest) const;
  // A batch norm with fixed statistics; its channels are the second dim.
  std::optional<Affine> read_norm(const ir::Node& node, int64_t channels, DType dtype) const;

 private:
  enum class Kind : unsigned char { kNone, kAdd, kSub, kReverseSub, kMul, kDiv };
  Kind kind_of(const ir::Node& node) const;
  std::vector<std::pair<const OpDef*, Kind>> kinds_;
  const OpDef* batch_norm_;
};

}  // namespace temper
