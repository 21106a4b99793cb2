// IR text: what parses must print and parse to the same text; what is lawful must stay lawful
// through the load pipeline.

#include "core/base/error.h"
#include "ir/graph/verifier.h"
#include "ir/text/text.h"
#include "kernels/ops/registry.h"
#include "passes/pass.h"

namespace {

const temper::OpRegistry& registry() {
  static const temper::OpRegistry* ops = [] {
    auto* made = new temper::OpRegistry;
    temper::add_all_operators(*made);
    return made;
  }();
  return *ops;
}

bool lawful(const temper::ir::Graph& graph) {
  try {
    temper::ir::verify(graph);
    return true;
  } catch (const temper::Error&) {
    return false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace temper;
  std::shared_ptr<ir::Graph> graph;
  try {
    graph = ir::parse_graph({reinterpret_cast<const char*>(data), size}, registry());
  } catch (const Error&) {
    return 0;
  }
  ir::PrintOptions options;
  options.ops = &registry();
  const std::string text = print(*graph, options);
  TEMPER_CHECK(print(*ir::parse_graph(text, registry()), options) == text);
  if (!lawful(*graph)) return 0;
  PassContext context(registry());
  // Kernels have fuzzers of their own.
  context.evaluate = [](const OpDef& op, std::vector<IValue>) -> std::vector<IValue> {
    fail("no evaluation of ", op.key());
  };
  run_pipeline(load_pipeline(), context, *graph);
  ir::verify(*graph);
  return 0;
}
