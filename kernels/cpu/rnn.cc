#include "kernels/cpu/rnn.h"

#include <cmath>
#include <optional>
#include <vector>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/draw.h"
#include "kernels/cpu/matmul.h"
#include "kernels/cpu/nn/loops.h"
#include "kernels/cpu/onednn/matmul.h"
#include "kernels/cpu/row_panels.h"

namespace temper {
namespace {

enum class CellKind { kLstm, kGru, kTanh, kRelu };

int64_t gates_of(CellKind kind) {
  return kind == CellKind::kLstm ? 4 : kind == CellKind::kGru ? 3 : 1;
}

struct CellWeights {
  Tensor input, hidden, input_bias, hidden_bias, projection;
};

template <class T>
T sigmoid(T x) {
  return T(1) / (T(1) + std::exp(-x));
}

template <class T>
void lstm_step(const T* gates, const T* c, T* c_out, T* h_out, int64_t n) {
  if constexpr (std::is_same_v<T, float>) return nn_loops().lstm_cell(gates, c, c_out, h_out, n);
  for (int64_t i = 0; i < n; ++i) {
    const T next = sigmoid(gates[n + i]) * c[i] + sigmoid(gates[i]) * std::tanh(gates[2 * n + i]);
    c_out[i] = next;
    h_out[i] = sigmoid(gates[3 * n + i]) * std::tanh(next);
  }
}

template <class T>
void gru_step(const T* input, const T* hidden, const T* h, T* h_out, int64_t n) {
  if constexpr (std::is_same_v<T, float>) {
    return nn_loops().gru_cell(input, hidden, h, h_out, n);
  }
  for (int64_t i = 0; i < n; ++i) {
    const T reset = sigmoid(input[i] + hidden[i]);
    const T update = sigmoid(input[n + i] + hidden[n + i]);
    const T fresh = std::tanh(input[2 * n + i] + reset * hidden[2 * n + i]);
    h_out[i] = (h[i] - fresh) * update + fresh;
  }
}

template <class T>
void plain_step(CellKind kind, const T* gates, T* h_out, int64_t n) {
  if constexpr (std::is_same_v<T, float>) {
    const NnLoops& loops = nn_loops();
    return (kind == CellKind::kTanh ? loops.tanh_each : loops.relu_each)(gates, h_out, n);
  }
  for (int64_t i = 0; i < n; ++i) {
    h_out[i] = kind == CellKind::kTanh ? std::tanh(gates[i]) : std::max(gates[i], T(0));
  }
}

// x * weight^T + added for the steps of a sequence, where `added` is undefined, [N], or [rows, N].
template <class T>
class StepProduct {
 public:
  StepProduct(const RunContext& context, Tensor weight)
      : context_(context), weight_(std::move(weight)) {}

  // x and out: dense.
  void operator()(const Tensor& x, const Tensor& added, const Tensor& out) {
    if constexpr (std::is_same_v<T, float>) {
      if (x.size(0) <= RowPanels::kFewRows) return stream(x, added, out);
      if (has_rows(added) && x.size(1) > 0) {
        Epilogue epilogue;
        epilogue.residual = added;
        return onednn::matmul(context_, x, weight_.transpose(0, 1), Tensor(), epilogue, out);
      }
    }
    const bool rows = has_rows(added);
    const Tensor product = linear_of(context_, x, weight_, rows ? Tensor() : added);
    const T* from = product.template data<T>();
    const T* plus = rows ? added.template data<T>() : nullptr;
    T* to = out.template data<T>();
    for (int64_t i = 0; i < out.numel(); ++i) to[i] = from[i] + (plus ? plus[i] : T(0));
  }

 private:
  static bool has_rows(const Tensor& added) { return added.defined() && added.dim() == 2; }

  void stream(const Tensor& x, const Tensor& added, const Tensor& out) {
    if (!panels_) panels_.emplace(context_, weight_);
    const int64_t n = weight_.size(0);
    panels_->multiply(context_, x.data<float>(), x.size(1),
                      added.defined() ? added.data<float>() : nullptr, has_rows(added) ? n : 0,
                      out.data<float>(), n, x.size(0), backwards_);
    backwards_ = !backwards_;
  }

  const RunContext& context_;
  const Tensor weight_;  // [N, K]
  std::optional<RowPanels> panels_;
  bool backwards_ = false;
};

// The steps of a sequence: rows of `data` in runs that never grow.
struct Steps {
  std::vector<int64_t> sizes, starts;
  explicit Steps(std::vector<int64_t> counts) : sizes(std::move(counts)) {
    int64_t at = 0;
    for (int64_t size : sizes) {
      starts.push_back(at);
      at += size;
    }
  }
  size_t count() const { return sizes.size(); }
};

// State [batch, size] of every sequence; rows of sequences that ended stay as they are.
struct State {
  Tensor h, c;  // contiguous, owned
};

template <class T>
class Layer {
 public:
  Layer(const RunContext& context, CellKind kind, const CellWeights& weights)
      : context_(context),
        kind_(kind),
        w_(weights),
        gates_(gates_of(kind)),
        hidden_(weights.hidden.size(0) / gates_of(kind)),
        hidden_product_(context, weights.hidden),
        projection_product_(context, weights.projection) {}

  // data [rows, features] -> out [rows, ...] at `column`; the state moves on.
  void run(const Tensor& data, const Steps& steps, bool reverse, State& state, const Tensor& out,
           int64_t column) {
    const Tensor gates = linear_of(context_, data, w_.input, input_bias());
    const int64_t out_width = state.h.size(1);
    for (size_t i = 0; i < steps.count(); ++i) {
      const size_t t = reverse ? steps.count() - 1 - i : i;
      const int64_t rows = steps.sizes[t];
      step(gates.narrow(0, steps.starts[t], rows), state);
      T* to = out.data<T>() + steps.starts[t] * out.strides()[0] + column;
      const T* h = state.h.data<T>();
      for (int64_t r = 0; r < rows; ++r) {
        std::copy(h + r * out_width, h + (r + 1) * out_width, to + r * out.strides()[0]);
      }
    }
  }

  // One step of the first sequences from their input gates, [rows, width].
  void step(const Tensor& input, State& state) {
    const int64_t rows = input.size(0), width = gates_ * hidden_;
    if (!gates_of_step_.defined()) {
      gates_of_step_ = empty({state.h.size(0), width}, kDTypeOf<T>);
      if (w_.projection.defined()) fresh_ = empty({state.h.size(0), hidden_}, kDTypeOf<T>);
    }
    const bool gru = kind_ == CellKind::kGru;
    // The new gate of a GRU needs the hidden part alone; elsewhere the parts are summed.
    hidden_product_(state.h.narrow(0, 0, rows), gru ? w_.hidden_bias : input,
                    gates_of_step_.narrow(0, 0, rows));
    T* target = w_.projection.defined() ? fresh_.data<T>() : state.h.data<T>();
    for (int64_t r = 0; r < rows; ++r) {
      const T* gates = gates_of_step_.data<T>() + r * width;
      T* h_out = target + r * hidden_;
      if (kind_ == CellKind::kLstm) {
        T* c = state.c.data<T>() + r * hidden_;
        lstm_step<T>(gates, c, c, h_out, hidden_);
      } else if (gru) {
        gru_step<T>(input.data<T>() + r * width, gates, h_out, h_out, hidden_);
      } else {
        plain_step<T>(kind_, gates, h_out, hidden_);
      }
    }
    if (!w_.projection.defined()) return;
    projection_product_(fresh_.narrow(0, 0, rows), Tensor(), state.h.narrow(0, 0, rows));
  }

  // What the input product adds: both biases, but a GRU keeps the hidden one apart.
  Tensor input_bias() const {
    if (kind_ == CellKind::kGru || !w_.hidden_bias.defined()) return w_.input_bias;
    if (!w_.input_bias.defined()) return w_.hidden_bias;
    const Tensor sum = w_.input_bias.clone();
    for (int64_t i = 0; i < sum.numel(); ++i) sum.data<T>()[i] += w_.hidden_bias.data<T>()[i];
    return sum;
  }

 private:
  const RunContext& context_;
  const CellKind kind_;
  const CellWeights w_;
  const int64_t gates_, hidden_;
  StepProduct<T> hidden_product_, projection_product_;
  Tensor gates_of_step_, fresh_;  // of all sequences
};

struct Network {
  CellKind kind;
  std::vector<CellWeights> weights;  // layers x directions
  int64_t layers = 1, directions = 1;
  double dropout = 0;  // between layers
};

DType compute_dtype(DType dtype) {
  return dtype == DType::kFloat64 ? DType::kFloat64 : DType::kFloat32;
}

void check_weights(const CellWeights& w, const Tensor& data, int64_t h_size, const Tensor& c,
                   CellKind kind) {
  if (w.input.dim() != 2 || w.hidden.dim() != 2) fail("rnn: expected weights of 2 dims");
  if (data.size(-1) != w.input.size(1)) {
    fail("input.size(-1) must be equal to input_size. Expected ", w.input.size(1), ", got ",
         data.size(-1));
  }
  const int64_t gates = w.hidden.size(0), size = gates / gates_of(kind);
  const bool projects = w.projection.defined();
  bool fits = w.hidden.size(1) == h_size && w.input.size(0) == gates &&
              gates % gates_of(kind) == 0 && (!c.defined() || c.size(-1) == size);
  fits &= projects ? w.projection.sizes() == DimsView(Dims{h_size, size}) : h_size == size;
  for (const Tensor* bias : {&w.input_bias, &w.hidden_bias}) {
    fits &= !bias->defined() || bias->numel() == gates;
  }
  if (!fits) {
    fail("rnn: hidden state of size ", h_size, " does not fit weights ",
         to_string(w.hidden.sizes()));
  }
}

// data [rows, features]; h and c [layers * directions, batch, size], replaced by the final states.
template <class T>
Tensor run_network(RunContext& context, const Network& net, Tensor data, const Steps& steps,
                   const Tensor& h, const Tensor& c) {
  for (int64_t layer = 0; layer < net.layers; ++layer) {
    const int64_t size = h.size(2);
    const Tensor out = empty({data.size(0), net.directions * size}, kDTypeOf<T>);
    for (int64_t direction = 0; direction < net.directions; ++direction) {
      const int64_t index = layer * net.directions + direction;
      const CellWeights& weights = net.weights[static_cast<size_t>(index)];
      check_weights(weights, data, size, c, net.kind);
      State state{h.select(0, index), c.defined() ? c.select(0, index) : Tensor()};
      Layer<T>(context, net.kind, weights)
          .run(data, steps, direction == 1, state, out, direction * size);
    }
    if (layer + 1 < net.layers && net.dropout != 0) {
      random::drop_out(out, net.dropout, context.default_generator());
    }
    data = out;
  }
  return data;
}

Tensor owned(const Tensor& t, DType dtype) {
  const Tensor copy = empty(t.sizes(), dtype);
  copy_into(copy, t);
  return copy;
}

CellWeights converted(CellWeights w, DType dtype) {
  for (Tensor* t : {&w.input, &w.hidden, &w.input_bias, &w.hidden_bias, &w.projection}) {
    if (t->defined()) *t = to_dtype(*t, dtype).contiguous();
  }
  return w;
}

Network read_network(CellKind kind, const std::vector<Tensor>& params, bool biases, int64_t layers,
                     bool bidirectional, bool projected, DType dtype) {
  if (layers < 0 || layers > INT32_MAX) fail("rnn: ", layers, " layers");
  Network net{kind, {}, layers, bidirectional ? 2 : 1, 0};
  const size_t each = 2 + (biases ? 2 : 0) + (projected ? 1 : 0);
  const size_t cells = static_cast<size_t>(layers * net.directions);
  if (params.size() != each * cells) {
    fail("rnn: expected ", each * cells, " weights for ", cells, " layers, got ", params.size());
  }
  for (size_t i = 0; i < cells; ++i) {
    const Tensor* p = params.data() + i * each;
    CellWeights w{p[0], p[1], {}, {}, {}};
    if (biases) {
      w.input_bias = p[2];
      w.hidden_bias = p[3];
    }
    if (projected) w.projection = p[each - 1];
    net.weights.push_back(converted(w, dtype));
  }
  return net;
}

// Positions of the arguments that the overloads share.
struct Arguments {
  size_t hx, params;  // followed by has_biases, num_layers, dropout, train, bidirectional
};

struct Result {
  Tensor output, h, c;
};

Result run_sequences(OpCall& call, CellKind kind, const Arguments& at, const Tensor& data,
                     const Steps& steps) {
  const bool lstm = kind == CellKind::kLstm;
  Tensor h0, c0;
  if (lstm) {
    const std::vector<Tensor> states = call.tensors(at.hx);
    if (states.size() != 2) fail("lstm expects two hidden states");
    h0 = states[0];
    c0 = states[1];
  } else {
    h0 = call.tensor(at.hx);
  }
  const size_t p = at.params;
  const int64_t layers = call.integer(p + 2);
  const DType dtype = compute_dtype(data.dtype());
  const bool bidirectional = call.boolean(p + 5);
  const bool projected = lstm && h0.size(2) != c0.size(2);
  Network net = read_network(kind, call.tensors(p), call.boolean(p + 1), layers, bidirectional,
                             projected, dtype);
  if (call.boolean(p + 4)) net.dropout = call.number(p + 3);
  const int64_t batch = steps.count() == 0 ? 0 : steps.sizes[0];
  for (const Tensor* state : {&h0, &c0}) {
    if (!state->defined()) continue;
    if (state->dim() != 3 || state->size(0) != layers * net.directions || state->size(1) != batch) {
      fail("Expected hidden size (", layers * net.directions, ", ", batch, ", ",
           state->dim() == 3 ? state->size(2) : 0, "), got ", to_string(state->sizes()));
    }
  }
  Result r{{}, owned(h0, dtype), lstm ? owned(c0, dtype) : Tensor()};
  const Tensor rows = to_dtype(data, dtype).contiguous();
  r.output = dtype == DType::kFloat64
                 ? run_network<double>(call.context(), net, rows, steps, r.h, r.c)
                 : run_network<float>(call.context(), net, rows, steps, r.h, r.c);
  r.output = to_dtype(r.output, data.dtype());
  r.h = to_dtype(r.h, data.dtype());
  if (lstm) r.c = to_dtype(r.c, data.dtype());
  return r;
}

void give(OpCall& call, const Result& r) {
  call.ret(0, r.output);
  call.ret(1, r.h);
  if (r.c.defined()) call.ret(2, r.c);
}

// (input, hx, params, ..., batch_first)
void run_input(OpCall& call, CellKind kind) {
  Tensor input = call.tensor(0);
  if (input.dim() != 3) fail("rnn: expected a 3-D input, got ", to_string(input.sizes()));
  const bool batch_first = call.boolean(8);
  if (batch_first) input = input.transpose(0, 1);
  const int64_t length = input.size(0), batch = input.size(1);
  if (length == 0) fail("Expected sequence length to be larger than 0 in RNN");
  const Steps steps(std::vector<int64_t>(static_cast<size_t>(length), batch));
  Result r =
      run_sequences(call, kind, {1, 2}, input.reshape({length * batch, input.size(2)}), steps);
  r.output = r.output.view_as_shape({length, batch, r.output.size(1)});
  if (batch_first) r.output = r.output.transpose(0, 1);
  give(call, r);
}

// (data, batch_sizes, hx, params, ...)
void run_data(OpCall& call, CellKind kind) {
  const Tensor data = call.tensor(0);
  const Tensor sizes = to_dtype(call.tensor(1), DType::kInt64).contiguous();
  std::vector<int64_t> counts(sizes.data<int64_t>(), sizes.data<int64_t>() + sizes.numel());
  int64_t total = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] <= 0 || (i > 0 && counts[i] > counts[i - 1])) {
      fail("batch_sizes of packed sequences must be positive and must not grow");
    }
    if (__builtin_add_overflow(total, counts[i], &total)) fail("batch_sizes are too large");
  }
  if (data.dim() != 2 || total != data.size(0)) {
    fail("batch_sizes sum to ", total, " but the packed data is ", to_string(data.sizes()));
  }
  give(call, run_sequences(call, kind, {2, 3}, data, Steps(std::move(counts))));
}

// (input, hx, w_ih, w_hh, b_ih, b_hh)
void run_cell(OpCall& call, CellKind kind) {
  const Tensor input = call.tensor(0);
  const DType dtype = compute_dtype(input.dtype());
  const CellWeights weights = converted(
      {call.tensor(2), call.tensor(3), call.opt_tensor(4), call.opt_tensor(5), {}}, dtype);
  State state;
  if (kind == CellKind::kLstm) {
    const std::vector<Tensor> states = call.tensors(1);
    if (states.size() != 2) fail("lstm_cell expects two hidden states");
    state = {owned(states[0], dtype), owned(states[1], dtype)};
  } else {
    state.h = owned(call.tensor(1), dtype);
  }
  check_weights(weights, input, state.h.size(-1), state.c, kind);
  const int64_t size = state.h.size(-1), rows = state.h.numel() / std::max<int64_t>(1, size);
  State flat{state.h.view_as_shape({rows, size}),
             state.c.defined() ? state.c.view_as_shape({rows, state.c.size(-1)}) : Tensor()};
  const Tensor x = to_dtype(input, dtype).reshape({rows, input.size(-1)});
  const auto run = [&]<class T>() {
    Layer<T> layer(call.context(), kind, weights);
    const Tensor gates = linear_of(call.context(), x, weights.input, layer.input_bias());
    layer.step(gates, flat);
  };
  visit(dtype, "rnn cell", FloatTypes{}, run);
  call.ret(0, to_dtype(state.h, input.dtype()));
  if (state.c.defined()) call.ret(1, to_dtype(state.c, input.dtype()));
}

}  // namespace

void lstm_input(OpCall& call) { run_input(call, CellKind::kLstm); }
void lstm_data(OpCall& call) { run_data(call, CellKind::kLstm); }
void gru_input(OpCall& call) { run_input(call, CellKind::kGru); }
void gru_data(OpCall& call) { run_data(call, CellKind::kGru); }
void rnn_tanh_input(OpCall& call) { run_input(call, CellKind::kTanh); }
void rnn_tanh_data(OpCall& call) { run_data(call, CellKind::kTanh); }
void rnn_relu_input(OpCall& call) { run_input(call, CellKind::kRelu); }
void rnn_relu_data(OpCall& call) { run_data(call, CellKind::kRelu); }
void lstm_cell(OpCall& call) { run_cell(call, CellKind::kLstm); }
void gru_cell(OpCall& call) { run_cell(call, CellKind::kGru); }
void rnn_tanh_cell(OpCall& call) { run_cell(call, CellKind::kTanh); }
void rnn_relu_cell(OpCall& call) { run_cell(call, CellKind::kRelu); }

}  // namespace temper
