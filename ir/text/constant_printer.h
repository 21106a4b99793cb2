#pragma once
// Values of constants as text; private to the IR text.

#include <string>

#include "ir/text/text.h"

namespace temper::ir {

// `type` is what the reader knows of the value from elsewhere (the constant's declared type).
// With options.lossless, what the type and the plain text do not tell is added by "annotate(T, v)".
std::string constant_text(const IValue& value, const TypePtr& type, const PrintOptions& options);

// "{1.5}", TorchScript's prints of small tensors, "<Tensor>"; lossless: "{1.5}" when it says all,
// else "<Tensor dtype=Float sizes=[2, 3] data=base64>".
std::string tensor_text(const Tensor& tensor, const TypePtr& type, const PrintOptions& options);

}  // namespace temper::ir
