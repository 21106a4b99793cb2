#include "kernels/cpu/ctc_loss.h"

#include <cmath>
#include <limits>
#include <vector>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"

namespace temper {
namespace {

struct Ctc {
  Tensor log_probs;  // [time, batch, labels], contiguous
  std::vector<std::vector<int64_t>> targets;
  Dims input_lengths;
  int64_t blank = 0, longest = 0;
};

Dims lengths_at(OpCall& call, size_t i) {
  if (!call.in(i).is_tensor()) return call.ints(i);
  const Tensor t = to_dtype(call.tensor(i), DType::kInt64).contiguous();
  return Dims(t.data<int64_t>(), t.data<int64_t>() + t.numel());
}

Ctc read_ctc(OpCall& call) {
  Ctc ctc;
  Tensor probs = call.tensor(0), targets = call.tensor(1);
  if (probs.dim() == 2) {
    probs = probs.unsqueeze(1);
    if (targets.dim() == 1) targets = targets.unsqueeze(0);
  }
  if (probs.dim() != 3) fail("ctc_loss: log_probs must be 2-D or 3-D");
  ctc.log_probs = probs.contiguous();
  ctc.input_lengths = lengths_at(call, 2);
  const Dims target_lengths = lengths_at(call, 3);
  ctc.blank = call.integer(4);
  const int64_t time = probs.size(0), batch = probs.size(1), labels = probs.size(2);
  if (ctc.blank < 0 || ctc.blank >= labels) fail("blank must be in label range");
  if (static_cast<int64_t>(ctc.input_lengths.size()) != batch) {
    fail("input_lengths must be of size batch_size");
  }
  if (static_cast<int64_t>(target_lengths.size()) != batch) {
    fail("target_lengths must be of size batch_size");
  }
  if (targets.dtype() != DType::kInt64 && targets.dtype() != DType::kInt32) {
    fail("Expected the targets of ctc_loss to be Long or Int, got ", dtype_name(targets.dtype()));
  }
  int64_t total = 0;
  for (size_t i = 0; i < target_lengths.size(); ++i) {
    if (target_lengths[i] < 0 || ctc.input_lengths[i] < 0)
      fail("ctc_loss: lengths must not be negative");
    if (ctc.input_lengths[i] > time) {
      fail("Expected input_lengths to have value at most ", time, ", but got value ",
           ctc.input_lengths[i], " (while checking arguments for ctc_loss_cpu)");
    }
    if (__builtin_add_overflow(total, target_lengths[i], &total)) {
      fail("ctc_loss: target lengths of more than 64 bits");
    }
    ctc.longest = std::max(ctc.longest, target_lengths[i]);
  }
  const bool joined = targets.dim() == 1;
  if (joined ? targets.size(0) != total
             : targets.dim() != 2 || targets.size(0) != batch || targets.size(1) < ctc.longest) {
    fail("Expected targets of ", joined ? total : ctc.longest, " elements",
         joined ? "" : " per sample at least", ", but got ", to_string(targets.sizes()),
         " (while checking arguments for ctc_loss_cpu)");
  }
  const Tensor wide = to_dtype(targets, DType::kInt64).contiguous();
  const int64_t* at = wide.data<int64_t>();
  for (size_t i = 0; i < target_lengths.size(); ++i) {
    const int64_t* from = joined ? at : at + static_cast<int64_t>(i) * wide.size(1);
    ctc.targets.emplace_back(from, from + target_lengths[i]);
    if (joined) at += target_lengths[i];
    for (int64_t label : ctc.targets.back()) {
      if (label < 0 || label >= labels) {
        fail("ctc_loss: target ", label, " is not one of ", labels, " labels");
      }
    }
  }
  return ctc;
}

template <class T>
T log_sum(T a, T b, T c) {
  const T top = std::max(a, std::max(b, c));
  if (top == -std::numeric_limits<T>::infinity()) return top;
  return std::log(std::exp(a - top) + std::exp(b - top) + std::exp(c - top)) + top;
}

// Fills alpha [time][width] of one sample and returns its negative log likelihood.
template <class T>
T forward(const Ctc& ctc, size_t sample, T* alpha, int64_t width) {
  constexpr T kNever = -std::numeric_limits<T>::infinity();
  const std::vector<int64_t>& target = ctc.targets[sample];
  const int64_t states = 2 * static_cast<int64_t>(target.size()) + 1;
  const int64_t length = ctc.input_lengths[sample];
  const int64_t labels = ctc.log_probs.size(2), step = ctc.log_probs.size(1) * labels;
  const T* probs = ctc.log_probs.data<T>() + static_cast<int64_t>(sample) * labels;
  // Blanks stand between the labels and around them.
  const auto label = [&](int64_t s) {
    return s % 2 ? target[static_cast<size_t>(s / 2)] : ctc.blank;
  };
  if (length == 0) return target.empty() ? T(0) : -kNever;
  alpha[0] = probs[ctc.blank];
  if (states > 1) alpha[1] = probs[label(1)];
  for (int64_t t = 1; t < length; ++t) {
    const T* before = alpha + (t - 1) * width;
    T* now = alpha + t * width;
    for (int64_t s = 0; s < states; ++s) {
      const T stay = before[s], next = s > 0 ? before[s - 1] : kNever;
      const T skip = s > 1 && label(s - 2) != label(s) ? before[s - 2] : kNever;
      now[s] = log_sum(stay, next, skip) + probs[t * step + label(s)];
    }
  }
  const T* last = alpha + (length - 1) * width;
  return -log_sum(last[states - 1], states > 1 ? last[states - 2] : kNever, kNever);
}

struct CtcResult {
  Tensor losses, alpha;
};

CtcResult run(const Ctc& ctc) {
  const int64_t time = ctc.log_probs.size(0), batch = ctc.log_probs.size(1);
  const int64_t width = 2 * ctc.longest + 1;
  const DType dtype = ctc.log_probs.dtype();
  CtcResult r{empty({batch}, dtype),
              full({batch, time, width}, -std::numeric_limits<double>::infinity(), dtype)};
  visit(dtype, "ctc_loss_cpu", FloatTypes{}, [&]<class T>() {
    for (int64_t i = 0; i < batch; ++i) {
      r.losses.data<T>()[i] =
          forward<T>(ctc, static_cast<size_t>(i), r.alpha.data<T>() + i * time * width, width);
    }
  });
  return r;
}

}  // namespace

// (log_probs, targets, input_lengths, target_lengths, blank, zero_infinity)
void ctc_loss_forward(OpCall& call) {
  const CtcResult r = run(read_ctc(call));
  call.ret(0, r.losses);
  call.ret(1, r.alpha);
}

// (log_probs, targets, input_lengths, target_lengths, blank, reduction, zero_infinity)
void ctc_loss(OpCall& call) {
  const Ctc ctc = read_ctc(call);
  const Tensor losses = run(ctc).losses;
  const int64_t reduction = call.integer(5), batch = losses.numel();
  const bool zero_infinity = call.boolean(6);
  Tensor out;
  visit(losses.dtype(), "ctc_loss", FloatTypes{}, [&]<class T>() {
    T* loss = losses.data<T>();
    T sum = 0;
    for (int64_t i = 0; i < batch; ++i) {
      if (zero_infinity && std::isinf(loss[i])) loss[i] = 0;
      const size_t length = std::max<size_t>(1, ctc.targets[static_cast<size_t>(i)].size());
      sum += reduction == 1 ? loss[i] / static_cast<T>(length) : loss[i];
    }
    if (reduction == 1) sum /= static_cast<T>(batch);
    out = full({}, static_cast<double>(sum), losses.dtype());
  });
  if (reduction == 0) out = call.tensor(0).dim() == 2 ? losses.view_as_shape({}) : losses;
  call.ret(out);
}

}  // namespace temper
