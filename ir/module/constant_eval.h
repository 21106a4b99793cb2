#pragma once
// Values of default arguments and class constants.

#include "ir/script/ast.h"
#include "ir/script/program_scope.h"

namespace temper::ir {

// Compiles `expr` as a `type` (may be null) and runs the few nodes that constants are made of.
// Throws kInvalidArgument when it is no constant.
IValue evaluate_constant(const Expr& expr, const TypePtr& type, ProgramScope& scope);

}  // namespace temper::ir
