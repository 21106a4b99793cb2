#pragma once
// Tier 0: runs compiled code. The oracle of every faster tier. Script calls use an explicit frame
// stack, so recursion in programs never grows the C++ stack. One call runs on one thread; the same
// code may run on many threads at once.

#include <vector>

#include "core/op/run_context.h"
#include "ir/module/compilation_unit.h"

namespace temper::ir {

// Calls `function` with positional arguments (defaults fill missing ones). Errors carry a script
// traceback.
IValue run(Function& function, std::vector<IValue> args, RunContext& context);

// What contexts call functions of programs through; has no state. run() sets it where none is.
ScriptCaller& script_caller();

// Makes the code of `function` now, so that no call waits for it.
void prepare(ScriptFunction& function);

// The flat code of a graph as text, for `temper graph --plan` and tests.
std::string print_code(ScriptFunction& function);

}  // namespace temper::ir
