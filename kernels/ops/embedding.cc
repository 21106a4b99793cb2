#include "kernels/cpu/embedding/kernels.h"

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
      {"quantized::embedding_bag_byte_prepack", byte_rows_prepack},
      {"quantized::embedding_bag_byte_unpack", byte_rows_unpack},
      {"quantized::embedding_bag_byte_rowwise_offsets", byte_bag_fused},
      {"quantized::embedding_bag_byte", byte_bag_packed},
      {"quantized::embedding_byte", byte_embedding_packed},
      {"quantized::embedding_bag_unpack", byte_packed_unpack},
  };
  registry.add(kRows);
}

}  // namespace temper
