#pragma once
// How programs change. A pass is one function in one .cc file, one row of passes.def, and a line in
// the pipelines that use it. A pass keeps the graph's meaning and the laws of ir/graph/verifier.h;
// it answers whether it changed anything. Passes hold no state: they may run on many threads, on
// different graphs.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/value/containers.h"
#include "ir/graph/graph.h"

namespace temper {

class AttributeFacts;

struct PassContext {
  explicit PassContext(const OpRegistry& ops) : ops(ops) {}

  const OpRegistry& ops;
  // The loaded object that the graph is a method of, and which of its attributes never change. Null
  // when that is not known.
  const ObjectValue* self = nullptr;
  const AttributeFacts* attributes = nullptr;
  // Computes an operator on constants; throws Error when it cannot. evaluate_operator() by default.
  std::function<std::vector<IValue>(const OpDef&, std::vector<IValue>)> evaluate;
  // Bounds of what ahead-of-time evaluation may use, and of a tensor that it leaves in the graph.
  int64_t evaluation_bytes = int64_t{4} << 30;
  int64_t constant_bytes = 1 << 20;
  // Inlining leaves calls alone in graphs that have more nodes.
  size_t max_nodes = 200'000;
  // Nodes that inlining may still copy in all functions of a program together; null: no bound.
  std::atomic<int64_t>* inline_budget = nullptr;
};

using Pass = bool (*)(PassContext&, ir::Graph&);

struct PassInfo {
  std::string_view name;
  std::string_view description;
  Pass run;
};

absl::Span<const PassInfo> all_passes();
const PassInfo* find_pass(std::string_view name);  // null when there is none

// Runs the pass; with TEMPER_CHECKS the graph is verified afterwards.
bool run_pass(const PassInfo& pass, PassContext& context, ir::Graph& graph);

// Passes that run in turn until none of them changes the graph, at most `rounds` times.
struct Stage {
  std::vector<std::string_view> passes;
  int rounds = 1;
};
using Pipeline = std::vector<Stage>;
bool run_pipeline(const Pipeline& pipeline, PassContext& context, ir::Graph& graph);

// What every method's graph goes through when a model is loaded.
const Pipeline& load_pipeline();
// The part of it that keeps to operators that other runtimes know: for graphs that are saved.
const Pipeline& portable_pipeline();

// Runs an operator's kernel on constants within the context's
// bounds. Throws Error when it fails or would use more.
std::vector<IValue> evaluate_operator(const PassContext& context, const OpDef& op,
                                      std::vector<IValue> inputs);

}  // namespace temper
