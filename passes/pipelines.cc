#include "passes/pass.h"

namespace temper {

const Pipeline& load_pipeline() {
  static const Pipeline pipeline = {
      {{"inline"}},
      {{"lower_tuples", "peephole", "none_checks", "list_queries", "shape_queries",
        "constant_propagation", "cse", "dce"},
       4},
      {{"constant_pooling", "dce"}},
  };
  return pipeline;
}

}  // namespace temper
