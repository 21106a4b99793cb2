#pragma once
// Epilogues as oneDNN's post-operations.

#include "kernels/cpu/epilogue.h"
#include "kernels/cpu/onednn/door.h"

namespace temper::onednn {

// With a residual, the destination holds it when the primitive starts: the product is added to it.
dnnl::primitive_attr attributes_of(const Epilogue& epilogue);
void add_to(Tag& tag, const Epilogue& epilogue);

}  // namespace temper::onednn
