#include <algorithm>

#include "ir/graph/verifier.h"
#include "passes/pass.h"

namespace temper {

#define PASS(function, name, description) bool function(PassContext&, ir::Graph&);
#include "passes/passes.def"
#undef PASS

namespace {

constexpr PassInfo kPasses[] = {
#define PASS(function, name, description) {name, description, function},
#include "passes/passes.def"
#undef PASS
};

}  // namespace

absl::Span<const PassInfo> all_passes() { return kPasses; }

const PassInfo* find_pass(std::string_view name) {
  const auto* const end = std::end(kPasses);
  const auto* const found =
      std::find_if(std::begin(kPasses), end, [&](const PassInfo& p) { return p.name == name; });
  return found == end ? nullptr : found;
}

bool run_pass(const PassInfo& pass, PassContext& context, ir::Graph& graph) {
  const bool changed = pass.run(context, graph);
#ifdef TEMPER_CHECKS
  try {
    ir::verify(graph);
  } catch (const Error& error) {
    throw_error(ErrorKind::kInternal, str_cat("after pass ", pass.name, ": ", error.message()));
  }
#endif
  return changed;
}

bool run_pipeline(const Pipeline& pipeline, PassContext& context, ir::Graph& graph) {
  bool changed = false;
  for (const Stage& stage : pipeline) {
    for (int round = 0; round < stage.rounds; ++round) {
      bool again = false;
      for (const std::string_view name : stage.passes) {
        const PassInfo* pass = find_pass(name);
        if (!pass) throw_error(ErrorKind::kInternal, str_cat("no pass is called ", name));
        again |= run_pass(*pass, context, graph);
      }
      changed |= again;
      if (!again) break;
    }
  }
  return changed;
}

}  // namespace temper
