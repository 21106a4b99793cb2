// Source text, as an archive may hold it: compiling it gives a verified graph or an error.

#include "core/base/error.h"
#include "ir/module/compilation_unit.h"
#include "ir/script/source.h"
#include "kernels/ops/registry.h"

namespace {

const temper::OpRegistry& registry() {
  static const temper::OpRegistry* ops = [] {
    auto* made = new temper::OpRegistry;
    temper::add_all_operators(*made);
    return made;
  }();
  return *ops;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using temper::ir::CompilationUnit;
  CompilationUnit unit(registry(), nullptr, size % 2 == 0 ? 10 : 3);
  try {
    unit.define(std::make_shared<const temper::ir::SourceText>(
                    std::string(reinterpret_cast<const char*>(data), size), "fuzz.py"),
                "");
  } catch (const temper::Error& error) {
    if (error.kind() == temper::ErrorKind::kInternal) __builtin_trap();
  }
  return 0;
}
