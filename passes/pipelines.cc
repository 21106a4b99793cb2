#include "passes/pass.h"

namespace temper {
namespace {

Stage see_through() { return {{"inline", "freeze"}}; }

Stage simplify() {
  return {
      {"lower_tuples", "peephole", "none_checks", "list_queries", "shape_queries", "rank_queries",
       "constant_propagation", "no_ops", "cse", "known_conditions", "lower_lists", "dce"},
      4};
}

}  // namespace

const Pipeline& load_pipeline() {
  static const Pipeline pipeline = {
      see_through(),
      simplify(),
      {{"functionalize", "dce"}},
      {{"linear_spellings", "tensor_identities", "activation_spellings", "norm_spellings",
        "fuse_layers", "fold_batch_norm", "fold_affine", "fold_input_affine",
        "constant_propagation", "cse", "dce"},
       4},
      {{"free_layout", "cse", "constant_pooling", "dce"}},
  };
  return pipeline;
}

const Pipeline& portable_pipeline() {
  static const Pipeline pipeline = {
      see_through(), simplify(), {{"cse", "constant_pooling", "dce"}}};
  return pipeline;
}

}  // namespace temper
