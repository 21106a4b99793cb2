#include "server/cli/run.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <vector>

#include "absl/strings/str_split.h"
#include "core/sync/cpu_budget.h"
#include "core/sync/thread_pool.h"
#include "core/value/containers.h"
#include "ir/export/export.h"
#include "ir/import/import.h"
#include "server/cli/exit_code.h"

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

}  // namespace

Runner::Runner(const Runtime& runtime, ModelOptions options, ThreadPool& pool)
    : runtime_(runtime), options_(options), pool_(pool) {}
Runner::~Runner() = default;

Model& Runner::load(const std::string& path) {
  std::shared_ptr<Model>& model = models_[path];
  if (!model) model = Model::load(runtime_, ir::FileBytes::map(path), options_);
  return *model;
}

IValue Runner::call(const RunRequest& request) {
  Model& model = load(request.model);
  const Model::Method& method = model.method(request.method);
  std::vector<IValue> args;
  if (!request.inputs.empty()) {
    const IValue inputs = ir::load_value(ir::FileBytes::map(request.inputs));
    if (!inputs.is_tuple()) fail(request.inputs, " must hold a tuple of positional arguments");
    args = ir::bind_arguments(*method.function, inputs.to_tuple().items);
  }
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
