#include "server/cli/run.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <vector>

#include "absl/strings/str_split.h"
#include "core/sync/budget.h"
#include "core/sync/thread_pool.h"
#include "core/value/containers.h"
#include "ir/export/export.h"
#include "ir/import/import.h"
#include "server/api/inputs.h"
#include "server/cli/exit_code.h"
#include "server/cli/tensor_source.h"

namespace temper::cli {
namespace {

std::string one_line(std::string text) {
  const auto breaks = [](char c) { return c == '\n' || c == '\t' || c == '\r'; };
  std::replace_if(text.begin(), text.end(), breaks, ' ');
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

std::string full_message(const Error& error) {
  if (error.traceback().empty()) return error.message();
  return str_cat(error.message(), "\n", error.traceback());
}

struct RequestHolder final : RefCounted {
  inference::ModelInferRequest request;
};

// As a request to a daemon would give them.
std::vector<IValue> named_arguments(const Model::Method& method,
                                    const std::vector<std::string>& texts) {
  const Signature signature = make_signature(method.function->schema());
  std::vector<OutputSlot> declared;
  for (const InputSlot& slot : signature.inputs) declared.push_back(describe_input(slot));
  const auto holder = make_ref<RequestHolder>();
  for (const std::string& text : texts) add_input(text, declared, &holder->request);
  return read_inputs(signature, holder->request, holder).values;
}

std::vector<IValue> no_arguments(const Model::Method& method) {
  for (const InputSlot& slot : make_signature(method.function->schema()).inputs) {
    if (slot.default_value) continue;
    fail(method.function->name(), " is missing a value for argument '", slot.name, "' (",
         slot.type->annotation(), "); give it with --input ", slot.name,
         "=VALUE, or all arguments with --inputs FILE");
  }
  return {};
}

}  // namespace

std::vector<IValue> read_arguments(const Model::Method& method, const std::string& file,
                                   const std::vector<std::string>& named) {
  if (file.empty() && !named.empty()) return named_arguments(method, named);
  if (file.empty()) return no_arguments(method);
  const IValue inputs = about_file(file, [&] { return ir::load_value(ir::FileBytes::map(file)); });
  if (!inputs.is_tuple()) fail(file, " must hold a tuple of positional arguments");
  return ir::bind_arguments(*method.function, inputs.to_tuple().items);
}

Runner::Runner(const Runtime& runtime, ModelOptions options, ThreadPool& pool)
    : runtime_(runtime), options_(options), pool_(pool) {}
Runner::~Runner() = default;

Model& Runner::load(const std::string& path) {
  std::shared_ptr<Model>& model = models_[path];
  if (!model) {
    model =
        about_file(path, [&] { return Model::load(runtime_, ir::FileBytes::map(path), options_); });
  }
  return *model;
}

IValue Runner::call(const RunRequest& request) {
  Model& model = load(request.model);
  const Model::Method& method = model.method(request.method);
  std::vector<IValue> args = read_arguments(method, request.inputs, request.named);
  CallOptions options;
  options.pool = &pool_;
  options.print = [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); };
  return model.call(method, std::move(args), options);
}

void Runner::run(const RunRequest& request) {
  const IValue result = call(request);
  if (request.output.empty()) {
    std::cout << to_text(result) << '\n';
  } else {
    ir::save_value(result, request.output);
  }
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

int run(const RunOptions& options) {
  const Runtime runtime;
  ThreadPool pool(options.threads > 0 ? options.threads : cpu_budget());
  Runner runner(runtime, options.model, pool);
  if (options.batch == "-") {
    runner.run_batch(std::cin, std::cout);
    return kDone;
  }
  if (!options.batch.empty()) {
    std::ifstream list(options.batch);
    if (!list) return report_failure(str_cat("cannot read the batch file '", options.batch, "'"));
    runner.run_batch(list, std::cout);
    return kDone;
  }
  try {
    runner.run(options.request);
    return kDone;
  } catch (const Error& error) {
    return report_failure(full_message(error));
  } catch (const std::exception& error) {
    return report_failure(str_cat("internal: ", error.what()));
  }
}

}  // namespace temper::cli
