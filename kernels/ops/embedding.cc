#include "kernels/cpu/embedding.h"

#include "kernels/ops/families.h"

namespace temper {

void add_embedding(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::embedding", embedding},
      {"aten::embedding_renorm_", embedding_renorm_in_place},
      {"aten::embedding_bag", embedding_bag},
      {"aten::embedding_bag.padding_idx", embedding_bag_padding_idx},
      {"aten::_embedding_bag", embedding_bag},
      {"aten::_embedding_bag_forward_only", embedding_bag},
      {"temper::embedding_bags", embedding_bags},
  };
  registry.add(kRows);
}

}  // namespace temper
