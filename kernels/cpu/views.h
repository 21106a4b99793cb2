#pragma once
// Bodies of operators whose results share the memory of their argument; rows in
// kernels/ops/views.cc.

#include "core/op/op_call.h"

namespace temper::views {

void view(OpCall& call);
void view_dtype(OpCall& call);
void view_as(OpCall& call);
void view_as_real(OpCall& call);
void view_as_complex(OpCall& call);
void real(OpCall& call);
void imag(OpCall& call);
void conj(OpCall& call);
void same(OpCall& call);
void reshape(OpCall& call);
void reshape_as(OpCall& call);
void reshape_alias(OpCall& call);
void flatten(OpCall& call);
void unflatten(OpCall& call);
void ravel(OpCall& call);
void transpose(OpCall& call);
void matrix_t(OpCall& call);
void numpy_t(OpCall& call);
void m_t(OpCall& call);
void m_h(OpCall& call);
void matrix_h(OpCall& call);
void permute(OpCall& call);
void movedim(OpCall& call);
void select(OpCall& call);
void slice(OpCall& call);
void narrow(OpCall& call);
void narrow_tensor(OpCall& call);
void unsqueeze(OpCall& call);
void squeeze(OpCall& call);
void squeeze_dims(OpCall& call);
void expand(OpCall& call);
void expand_as(OpCall& call);
void broadcast_tensors(OpCall& call);
void as_strided(OpCall& call);
void diagonal(OpCall& call);
void unfold(OpCall& call);
void detach(OpCall& call);
void alias(OpCall& call);
void positive(OpCall& call);  // the tensor itself
void contiguous(OpCall& call);
void atleast(OpCall& call);
void atleast_list(OpCall& call);

// Lists of views.
void split(OpCall& call);
void split_with_sizes(OpCall& call);
void chunk(OpCall& call);
void tensor_split_sections(OpCall& call);
void tensor_split_indices(OpCall& call);
void tensor_split_tensor(OpCall& call);
void split_axis_sections(OpCall& call);
void split_axis_indices(OpCall& call);
void unbind(OpCall& call);

// Operators that rebind their first argument to another view of its memory.
void transpose_in_place(OpCall& call);
void t_in_place(OpCall& call);
void squeeze_in_place(OpCall& call);
void squeeze_dims_in_place(OpCall& call);
void unsqueeze_in_place(OpCall& call);
void as_strided_in_place(OpCall& call);
void detach_in_place(OpCall& call);
void resize_in_place(OpCall& call);
void resize_as_in_place(OpCall& call);
void set_empty(OpCall& call);
void set_tensor(OpCall& call);
void set_tensor_view(OpCall& call);

// Copies of views, and copies with one view replaced.
void view_copy(OpCall& call);
void view_dtype_copy(OpCall& call);
void permute_copy(OpCall& call);
void unfold_copy(OpCall& call);
void select_scatter(OpCall& call);
void slice_scatter(OpCall& call);
void diagonal_scatter(OpCall& call);
void as_strided_scatter(OpCall& call);

void pixel_shuffle(OpCall& call);
void pixel_unshuffle(OpCall& call);
void channel_shuffle(OpCall& call);

}  // namespace temper::views
