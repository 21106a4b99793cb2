#include "passes/pass.h"

namespace temper {
namespace {

Stage see_through() { return {{"inline", "freeze"}}; }

// With `unroll`, loops may become straight code, which is simplified in the rounds that follow.
Stage simplify(bool unroll) {
  Stage stage = {
      {"lower_tuples", "peephole", "none_checks", "list_queries", "shape_queries", "rank_queries",
       "constant_propagation", "no_ops", "cse", "known_conditions", "lower_lists", "dce"},
      4};
  if (unroll) {
    stage.passes.push_back("unroll");
    stage.rounds = 8;
  }
  return stage;
}

}  // namespace

const Pipeline& load_pipeline() {
  static const Pipeline pipeline = {
      see_through(),
      simplify(true),
      {{"functionalize", "dce", "attention", "dce"}},
      {{"linear_spellings", "tensor_identities", "activation_spellings", "norm_spellings",
        "fuse_layers", "fold_batch_norm", "fold_affine", "fold_input_affine",
        "constant_propagation", "cse", "dce"},
       4},
      {{"joined_norms", "constant_propagation", "cse", "dce"}},
      {{"free_layout", "embedding_bags", "pointwise_spellings", "cse", "constant_pooling", "dce"}},
      {{"loop_invariants", "cse", "dce"}},
      {{"pointwise_groups", "dce"}},
      {{"batch_parts"}},
  };
  return pipeline;
}

const Pipeline& portable_pipeline() {
  static const Pipeline pipeline = {
      see_through(), simplify(false), {{"cse", "constant_pooling", "dce"}}};
  return pipeline;
}

}  // namespace temper
