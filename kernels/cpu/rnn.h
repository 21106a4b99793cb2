#pragma once
// Recurrent layers over padded or packed sequences, single cells, and packing itself.

#include "core/op/op_call.h"

namespace temper {

void lstm_input(OpCall& call);
void lstm_data(OpCall& call);
void gru_input(OpCall& call);
void gru_data(OpCall& call);
void rnn_tanh_input(OpCall& call);
void rnn_tanh_data(OpCall& call);
void rnn_relu_input(OpCall& call);
void rnn_relu_data(OpCall& call);
void lstm_cell(OpCall& call);
void gru_cell(OpCall& call);
void rnn_tanh_cell(OpCall& call);
void rnn_relu_cell(OpCall& call);
void pack_padded_sequence(OpCall& call);
void pad_packed_sequence(OpCall& call);

}  // namespace temper
