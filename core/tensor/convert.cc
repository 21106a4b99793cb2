#include "core/tensor/convert.h"

#include "core/tensor/dispatch.h"

namespace temper {
namespace {

ConvertTable make_table() {
  ConvertTable table{};
  TEMPER_FILL_ISA(fill, table);
  return table;
}

}  // namespace

ConvertLoop convert_loop(DType to, DType from, const char* op) {
  static const ConvertTable table = make_table();  // a fact of the processor, immutable
  const auto row = [&](DType dtype) { return static_cast<int>(dtype); };
  const ConvertLoop loop = table.loops[row(to)][row(from)];
  if (!loop) dtype_not_supported(op, table.loops[row(to)][row(to)] ? from : to);
  return loop;
}

}  // namespace temper
