#pragma once
// Several point-wise operators as one. Over tensors of one floating dtype a group computes a single
// expression, so that what its parts hand to each other never leaves the cache; over everything
// else its kernel runs the parts one after the other.

#include <memory>
#include <optional>

#include "core/op/op_def.h"

namespace temper {

// Scalar nodes that one expression may have.
inline constexpr size_t kMaxPointwiseNodes = 40;

class PointwiseGroup {
 public:
  // Whether operators of this kind may be parts.
  static bool takes(const OpDef& op);
  // Whether a part may use the result of `producer` as its argument `index`: where all tensors have
  // one floating dtype, the single expression must give what the two operators give.
  static bool joins(const OpDef& producer, const OpDef& consumer, size_t index);

  // The operator that computes the last of `parts`, at least one; each takes() its operator.
  // `constants` has one entry for each argument of the group: the number that it always is, if any.
  static std::unique_ptr<const OpDef> make(absl::Span<const std::optional<IValue>> constants,
                                           std::vector<GroupPart> parts);
};

}  // namespace temper
