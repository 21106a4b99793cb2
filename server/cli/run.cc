#include "server/cli/run.h"

#include <algorithm>
#include <istream>
#include <vector>

#include "absl/strings/str_split.h"
#include "core/op/run_context.h"
#include "core/value/containers.h"
#include "core/value/function.h"
#include "ir/import/import.h"
#include "ir/interp/interpreter.h"

namespace temper::cli {
namespace {

std::string one_line(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t' || c == '\r'; }, ' ');
  return text;
}

RunRequest parse_line(const std::string& line) {
  const std::vector<std::string> parts = absl::StrSplit(line, '\t');
  if (parts.size() != 4) {
    fail("a batch line needs 4 fields separated by tabs (model, method, inputs, output), got ",
         parts.size());
  }
  return {parts[0], parts[1], parts[2], parts[3]};
}

}  // namespace

Runner::Runner(const Runtime& runtime, int threads) : runtime_(runtime), threads_(threads) {}
Runner::~Runner() = default;

ir::Module& Runner::load(const std::string& path) {
  std::unique_ptr<ir::Module>& module = modules_[path];
  if (!module) module = ir::import_module(ir::FileBytes::map(path), runtime_.ops());
  return *module;
}

void Runner::run(const RunRequest& request) {
  ir::Module& module = load(request.model);
  ir::ScriptFunction* method = module.find_method(request.method);
  if (!method) {
    throw_error(ErrorKind::kNotFound, str_cat("model ", request.model, " has no method '",
                                              request.method, "'"));
  }
  std::vector<IValue> args{module.root()};
  const IValue inputs = ir::load_value(ir::FileBytes::map(request.inputs));
  if (!inputs.is_tuple()) fail(request.inputs, " must hold a tuple of positional arguments");
  const auto& items = inputs.to_tuple().items;
  args.insert(args.end(), items.begin(), items.end());
  auto packed = make_ref<PackedCache>();
  RunContext context;
  context.packed = packed.get();
  ir::save_value(ir::run(*method, std::move(args), context), request.output);
}

void Runner::run_batch(std::istream& list, std::ostream& results) {
  std::string line;
  for (size_t index = 0; std::getline(list, line); ++index) {
    try {
      run(parse_line(line));
      results << index << "\tok\n";
    } catch (const Error& error) {
      results << index << "\terror\t" << one_line(error.message()) << '\n';
    } catch (const std::exception& error) {
      results << index << "\terror\tinternal: " << one_line(error.what()) << '\n';
    }
    results.flush();
  }
}

}  // namespace temper::cli
