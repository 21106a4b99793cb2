#include "ir/interp/interpreter.h"

#include "core/value/function.h"
#include "ir/interp/frame.h"

namespace temper::ir {
namespace {

class Caller final : public ScriptCaller {
 public:
  IValue call(Function& function, std::vector<IValue> args, RunContext& context) override {
    return run(function, std::move(args), context);
  }
};

void fill_defaults(const Function& function, std::vector<IValue>& args) {
  const Schema& schema = function.schema();
  const size_t wanted = schema.arguments.size();
  if (args.size() > wanted) {
    fail(function.name(), "() expected at most ", wanted, " argument(s) but received ", args.size(),
         " argument(s)");
  }
  for (size_t i = args.size(); i < wanted; ++i) {
    const Argument& argument = schema.arguments[i];
    if (!argument.default_value) {
      fail(function.name(), "() is missing value for argument '", argument.name, "'");
    }
    args.push_back(*argument.default_value);
  }
}

}  // namespace

ScriptCaller& script_caller() {
  static Caller caller;  // stateless
  return caller;
}

void prepare(ScriptFunction& function) { code_of(function); }

IValue run(Function& function, std::vector<IValue> args, RunContext& context) {
  auto* script = dynamic_cast<ScriptFunction*>(&function);
  TEMPER_CHECK(script);
  const Code& code = code_of(*script);
  if (args.size() != code.num_params) fill_defaults(function, args);
  if (!context.caller) context.caller = &script_caller();
  Machine machine(context);
  return machine.run(code, script, absl::MakeSpan(args));
}

}  // namespace temper::ir
