#include "kernels/cpu/embedding/tables.h"

#include <algorithm>
#include <vector>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "kernels/cpu/embedding/kernels.h"

namespace temper {
namespace {

constexpr int64_t kElementsPerTask = 1 << 16;

std::vector<BagWork> read_tables(OpCall& call) {
  const std::vector<Tensor> weights = call.tensors(0), indices = call.tensors(1);
  const std::vector<Tensor> offsets = call.tensors(2);
  if (weights.size() != indices.size() || weights.size() != offsets.size()) {
    fail("embedding_bags: expected as many inputs and offsets as tables");
  }
  std::vector<BagWork> tables;
  for (size_t i = 0; i < weights.size(); ++i) {
    tables.push_back(prepare_bags(weights[i], indices[i], offsets[i], call.integer(3),
                                  call.boolean(4), call.opt_integer(5)));
  }
  return tables;
}

}  // namespace

void embedding_bags(OpCall& call) {
  const std::vector<BagWork> tables = read_tables(call);
  std::vector<int64_t> firsts;  // numbers of the tables' first bags
  int64_t count = 0, elements = 0;
  std::vector<IValue> outputs;
  for (const BagWork& table : tables) {
    firsts.push_back(count);
    count += table.count;
    elements += table.elements;
    outputs.emplace_back(table.output);
  }
  const int64_t grain = 1 + kElementsPerTask / (1 + elements / std::max<int64_t>(count, 1));
  call.context().workers->parallel_for(0, count, grain, [&](int64_t begin, int64_t end) {
    auto table = static_cast<size_t>(std::upper_bound(firsts.begin(), firsts.end(), begin) -
                                     firsts.begin() - 1);
    for (; begin < end; ++table) {
      const int64_t last = std::min(end, firsts[table] + tables[table].count);
      if (begin < last) tables[table].combine(begin - firsts[table], last - firsts[table]);
      begin = std::max(begin, last);
    }
  });
  call.ret(make_list(Type::tensor(), std::move(outputs)));
}

}  // namespace temper
