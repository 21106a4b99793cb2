// Putting tensors together, repeating, reordering and padding them.
#include "kernels/cpu/joining.h"
#include "kernels/cpu/batch_parts.h"
#include "kernels/ops/families.h"

namespace temper {

void add_joining(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::cat", joining::cat, kFollowsLayout | kBatchWise},
      {"aten::concat", joining::cat, kFollowsLayout | kBatchWise},
      {"aten::concatenate", joining::cat},
      {"temper::join_batch", join_batch, kMayReturnInput},
      {"temper::split_batch", split_batch, kCheap},
      {"temper::rank_of_cat", joining::rank_of_cat, kFollowsLayout},
      {"aten::stack", joining::stack},
      {"aten::hstack", joining::hstack},
      {"aten::vstack", joining::vstack},
      {"aten::row_stack", joining::vstack},
      {"aten::dstack", joining::dstack},
      {"aten::column_stack", joining::column_stack},
      {"aten::complex", joining::complex},
      {"aten::block_diag", joining::block_diag},
      {"aten::meshgrid", joining::meshgrid, kMayReturnInput},
      {"aten::meshgrid.indexing", joining::meshgrid_indexing, kMayReturnInput},
      {"aten::cartesian_prod", joining::cartesian_prod, kMayReturnInput},
      {"aten::combinations", joining::combinations},
      {"aten::pad_sequence", joining::pad_sequence},
      {"aten::repeat", joining::repeat},
      {"aten::tile", joining::tile},
      {"aten::repeat_interleave.Tensor", joining::repeat_interleave},
      {"aten::repeat_interleave.self_Tensor", joining::repeat_interleave_tensor},
      {"aten::repeat_interleave.self_int", joining::repeat_interleave_int},
      {"aten::roll", joining::roll},
      {"aten::flip", joining::flip},
      {"aten::fliplr", joining::fliplr},
      {"aten::flipud", joining::flipud},
      {"aten::rot90", joining::rot90},
      {"aten::pad", joining::pad},
      {"aten::_pad_enum", joining::pad_enum},
      {"aten::_pad_circular", joining::pad_circular},
      {"aten::constant_pad_nd", joining::constant_pad_nd, kFollowsLayout},
      {"aten::reflection_pad1d", joining::reflection_pad},
      {"aten::reflection_pad2d", joining::reflection_pad},
      {"aten::reflection_pad3d", joining::reflection_pad},
      {"aten::replication_pad1d", joining::replication_pad},
      {"aten::replication_pad2d", joining::replication_pad},
      {"aten::replication_pad3d", joining::replication_pad},
  };
  registry.add(kRows);
}

}  // namespace temper
