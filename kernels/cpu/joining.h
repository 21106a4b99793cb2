#pragma once
// Bodies of operators that put tensors together, repeat or reorder them; rows in
// kernels/ops/joining.cc.

#include "core/op/op_call.h"

namespace temper::joining {

void cat(OpCall& call);
void stack(OpCall& call);
void hstack(OpCall& call);
void vstack(OpCall& call);
void dstack(OpCall& call);
void column_stack(OpCall& call);
void complex(OpCall& call);
void block_diag(OpCall& call);
void meshgrid(OpCall& call);
void meshgrid_indexing(OpCall& call);
void cartesian_prod(OpCall& call);
void combinations(OpCall& call);
void pad_sequence(OpCall& call);
void repeat(OpCall& call);
void tile(OpCall& call);
void repeat_interleave(OpCall& call);
void repeat_interleave_tensor(OpCall& call);
void repeat_interleave_int(OpCall& call);
void roll(OpCall& call);
void flip(OpCall& call);
void fliplr(OpCall& call);
void flipud(OpCall& call);
void rot90(OpCall& call);

void pad(OpCall& call);
void pad_enum(OpCall& call);
void pad_circular(OpCall& call);
void constant_pad_nd(OpCall& call);
void reflection_pad(OpCall& call);   // 1d, 2d and 3d
void replication_pad(OpCall& call);  // 1d, 2d and 3d

// (tensors, dim): the number of dims that cat gives; raises as cat does.
void rank_of_cat(OpCall& call);

// What concatenate() gives, and along which dim.
struct Joined {
  DType dtype;
  MemoryFormat format;
  Dims sizes;
  int64_t dim;
};
// For other families. Throw what aten::cat raises.
Joined describe_joined(const std::vector<Tensor>& tensors, int64_t dim);
Tensor concatenate(const std::vector<Tensor>& tensors, int64_t dim);

}  // namespace temper::joining
