#include "kernels/cpu/rnn.h"

#include "kernels/ops/families.h"

namespace temper {

void add_rnn(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::lstm.input", lstm_input},
      {"aten::lstm.data", lstm_data},
      {"aten::gru.input", gru_input},
      {"aten::gru.data", gru_data},
      {"aten::rnn_tanh.input", rnn_tanh_input},
      {"aten::rnn_tanh.data", rnn_tanh_data},
      {"aten::rnn_relu.input", rnn_relu_input},
      {"aten::rnn_relu.data", rnn_relu_data},
      {"aten::lstm_cell", lstm_cell},
      {"aten::gru_cell", gru_cell},
      {"aten::rnn_tanh_cell", rnn_tanh_cell},
      {"aten::rnn_relu_cell", rnn_relu_cell},
      {"aten::_pack_padded_sequence", pack_padded_sequence},
      {"aten::_pad_packed_sequence", pad_packed_sequence},
  };
  registry.add(kRows);
}

}  // namespace temper
