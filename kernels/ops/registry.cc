#include "kernels/ops/registry.h"

#include "kernels/cpu/store.h"
#include "kernels/ops/families.h"

extern "C" const char temper_embedded_schemas[];
extern "C" const char temper_embedded_schemas_end[];

namespace temper {

void add_all_operators(OpRegistry& registry) {
  registry.add_schemas({temper_embedded_schemas, static_cast<size_t>(temper_embedded_schemas_end -
                                                                     temper_embedded_schemas)});
  add_arithmetic(registry);
  add_audio(registry);
  add_conv(registry);
  add_creation(registry);
  add_ctc_loss(registry);
  add_dicts(registry);
  add_elementary(registry);
  add_embedding(registry);
  add_fft(registry);
  add_futures(registry);
  add_indexing(registry);
  add_joining(registry);
  add_linalg(registry);
  add_lists(registry);
  add_matmul(registry);
  add_nested(registry);
  add_norm(registry);
  add_operands(registry);
  add_packed_layers(registry);
  add_pool(registry);
  add_random(registry);
  add_reduce(registry);
  add_resample(registry);
  add_rnn(registry);
  add_scalar_arithmetic(registry);
  add_scalar_math(registry);
  add_strings(registry);
  add_tensor_checks(registry);
  add_tensor_facts(registry);
  add_tensor_from_values(registry);
  add_values(registry);
  add_views(registry);
  add_vision(registry);
}

void seal_operators(OpRegistry& registry) { registry.seal(store_in_place, store_out, store_copy); }

}  // namespace temper
