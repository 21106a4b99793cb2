#include "passes/pass.h"

namespace temper {

const Pipeline& load_pipeline() {
  static const Pipeline pipeline = {
      {{"inline", "freeze"}},
      {{"lower_tuples", "peephole", "none_checks", "list_queries", "shape_queries", "rank_queries",
        "constant_propagation", "cse", "known_conditions", "lower_lists", "dce"},
       4},
      {{"functionalize", "dce"}},
      {{"fuse_layers", "fold_batch_norm", "constant_propagation", "cse", "dce"}, 4},
      {{"free_layout", "cse", "constant_pooling", "dce"}},
  };
  return pipeline;
}

}  // namespace temper
