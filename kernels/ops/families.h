#pragma once
// One function per family file: adds its rows. Keep sorted.

#include "core/op/op_def.h"

namespace temper {

void add_arithmetic(OpRegistry& registry);
void add_audio(OpRegistry& registry);
void add_conv(OpRegistry& registry);
void add_creation(OpRegistry& registry);
void add_ctc_loss(OpRegistry& registry);
void add_dicts(OpRegistry& registry);
void add_elementary(OpRegistry& registry);
void add_embedding(OpRegistry& registry);
void add_fft(OpRegistry& registry);
void add_futures(OpRegistry& registry);
void add_indexing(OpRegistry& registry);
void add_joining(OpRegistry& registry);
void add_linalg(OpRegistry& registry);
void add_lists(OpRegistry& registry);
void add_matmul(OpRegistry& registry);
void add_nested(OpRegistry& registry);
void add_norm(OpRegistry& registry);
void add_operands(OpRegistry& registry);
void add_packed_layers(OpRegistry& registry);
void add_pool(OpRegistry& registry);
void add_random(OpRegistry& registry);
void add_reduce(OpRegistry& registry);
void add_resample(OpRegistry& registry);
void add_rnn(OpRegistry& registry);
void add_scalar_arithmetic(OpRegistry& registry);
void add_scalar_math(OpRegistry& registry);
void add_strings(OpRegistry& registry);
void add_tensor_checks(OpRegistry& registry);
void add_tensor_facts(OpRegistry& registry);
void add_tensor_from_values(OpRegistry& registry);
void add_values(OpRegistry& registry);
void add_views(OpRegistry& registry);
void add_vision(OpRegistry& registry);

}  // namespace temper
