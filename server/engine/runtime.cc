#include "server/engine/runtime.h"

#include "ir/script/source.h"
#include "kernels/cpu/linalg/lapack.h"
#include "kernels/cpu/onednn/process.h"
#include "kernels/ops/registry.h"
#include "kernels/prelude/prelude.h"

namespace temper {
namespace {

// `softmax` is aten::softmax, `softmax__int` is aten::softmax.int.
std::string operator_key(std::string_view space, std::string_view function) {
  const size_t split = function.rfind("__");
  if (split == std::string_view::npos || split == 0 || split + 2 == function.size()) {
    return str_cat(space, "::", function);
  }
  return str_cat(space, "::", function.substr(0, split), ".", function.substr(split + 2));
}

}  // namespace

Runtime::Runtime(int64_t packed_limit) : packed_(make_ref<PackedStore>(packed_limit)) {
  lapack::set_up();
  onednn::keep_no_primitives();
  add_all_operators(ops_);
  prelude_ = std::make_unique<ir::CompilationUnit>(
      ops_, [](std::string_view) -> const ir::SourceFile* { return nullptr; }, 10);
  for (const PreludeFile& file : prelude_files()) {
    auto source =
        std::make_shared<ir::SourceText>(std::string(file.text), str_cat("prelude/", file.name));
    for (const std::string& name : prelude_->declare(std::move(source), "__torch__.prelude")) {
      const std::string_view last = std::string_view(name).substr(name.rfind('.') + 1);
      if (last.starts_with("helper_")) continue;
      ops_.add_composite(operator_key(file.space, last),
                         Ref<Function>(prelude_->find_function(name)));
    }
  }
  seal_operators(ops_);
}

Runtime::~Runtime() { ops_.clear_composites(); }

}  // namespace temper
