#pragma once
// Memory formats of images and volumes.

#include "core/tensor/tensor.h"

namespace temper {

// Channels-last when the strides have that order, also with gaps between elements.
MemoryFormat suggested_format(const Tensor& t);
// The tensor itself when it fills its memory in that format, else a copy that does.
Tensor dense_in_format(const Tensor& t, MemoryFormat format);
Tensor dense_in_format(const Tensor& t);  // in the suggested one
// Resizes the tensor, as out= forms do, and lays it out by strides that fill its memory.
void resize_to_layout(Tensor target, DimsView sizes, DimsView strides);

}  // namespace temper
