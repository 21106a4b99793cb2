#pragma once
// Writes whose answer would hang on the order of elements are refused, by PyTorch's rules.

#include "core/tensor/tensor.h"

namespace temper {

// Throws when several elements of a tensor that is to be written are one in memory, as those of an
// expanded tensor.
void check_no_overlap(const Tensor& written);

// Throws when what is written is a part of what is read, or the same in another order. Tensors with
// gaps are not looked at.
void check_no_partial_overlap(const Tensor& written, const Tensor& read);

// Throws when the tensors have any memory in common. Those with gaps are not looked at.
void check_no_shared_memory(const Tensor& written, const Tensor& read);

}  // namespace temper
