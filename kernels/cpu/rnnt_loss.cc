// The loss of transducers: all alignments of a target with the frames of a sequence, each of which
// emits labels and then a blank.
#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/audio.h"

namespace temper::audio {
namespace {

struct Transducer {
  Tensor logits;                             // [batch, frames, places, labels], contiguous
  const int32_t *targets, *frames, *labels;  // of the batch; targets [batch, places - 1]
  int32_t blank;
  float clamp;
};

void check_tensors(const OpCall& call) {
  constexpr const char* kNames[] = {"logits", "targets", "logit_lengths", "target_lengths"};
  constexpr int64_t kDims[] = {4, 2, 1, 1};
  constexpr const char* kLayouts[] = {" (batch, time, target, class)",
                                      " (batch, max target length)", "", ""};
  const DType dtype = call.tensor(0).dtype();
  if (dtype != DType::kFloat32 && dtype != DType::kFloat16) {
    fail("logits must be float32 or float16 (half) type");
  }
  for (size_t i = 1; i < 4; ++i) {
    if (call.tensor(i).dtype() != DType::kInt32) fail(kNames[i], " must be int32 type");
  }
  for (size_t i = 0; i < 4; ++i) {
    if (!call.tensor(i).is_contiguous()) fail(kNames[i], " must be contiguous");
  }
  for (size_t i = 0; i < 4; ++i) {
    if (call.tensor(i).dim() == kDims[i]) continue;
    fail(kNames[i], " must be ", kDims[i], "-D", kLayouts[i]);
  }
  for (size_t i : {2, 3, 1}) {
    if (call.tensor(i).size(0) == call.tensor(0).size(0)) continue;
    fail("batch dimension mismatch between logits and ", kNames[i]);
  }
}

// Lengths of [least, ...], the longest of which must be `longest`.
void check_lengths(const Tensor& lengths, int64_t least, int64_t longest, const char* what) {
  const int32_t* begin = lengths.data<int32_t>();
  const int32_t* end = begin + lengths.numel();
  if (begin == end) fail("rnnt_loss: the batch is empty");
  if (*std::max_element(begin, end) != longest) fail(what, " length mismatch");
  if (*std::min_element(begin, end) < least) {
    fail("rnnt_loss: lengths of the ", what, " must be ", least, " at least");
  }
}

Transducer read_transducer(OpCall& call) {
  check_tensors(call);
  const Tensor logits = call.tensor(0), targets = call.tensor(1);
  const int64_t classes = logits.size(3), blank = call.integer(4);
  if (blank < 0 || blank >= classes) fail("blank must be within [0, logits.shape[-1])");
  check_lengths(call.tensor(2), 1, logits.size(1), "input");
  check_lengths(call.tensor(3), 0, logits.size(2) - 1, "output");
  if (targets.size(1) != logits.size(2) - 1) fail("target length mismatch");
  for (int64_t i = 0; i < targets.numel(); ++i) {
    const int32_t label = targets.data<int32_t>()[i];
    if (label < 0 || label >= classes) {
      fail("rnnt_loss: target ", label, " is not one of ", classes, " labels");
    }
  }
  return {to_dtype(logits, DType::kFloat32), targets.data<int32_t>(),
          call.tensor(2).data<int32_t>(),    call.tensor(3).data<int32_t>(),
          static_cast<int32_t>(blank),       static_cast<float>(call.number(5))};
}

float log_add(float a, float b) {
  if (a == b) return a + static_cast<float>(M_LN2);
  return std::max(a, b) + std::log1p(std::exp(-std::fabs(a - b)));
}

// Logarithms for one sequence, by frame t and the number u of labels so far.
class Lattice {
 public:
  Lattice(const Transducer& all, int64_t sequence)
      : logits_(all.logits.data<float>() +
                sequence * all.logits.size(1) * all.logits.size(2) * all.logits.size(3)),
        targets_(all.targets + sequence * (all.logits.size(2) - 1)),
        frames_(all.frames[sequence]),
        places_(all.labels[sequence] + 1),
        width_(all.logits.size(2)),
        classes_(all.logits.size(3)),
        blank_(all.blank),
        tables_(empty({5, frames_, places_}, DType::kFloat32)) {
    for (int64_t t = 0; t < frames_; ++t) {
      for (int64_t u = 0; u < places_; ++u) normalize(t, u);
    }
  }

  // The chances to come from the start to (t, u), and from there to the end; returns the cost.
  float run() {
    for (int64_t t = 0; t < frames_; ++t) {
      for (int64_t u = 0; u < places_; ++u) {
        const auto waited = [&] { return at(kFrom, t - 1, u) + at(kSkip, t - 1, u); };
        const auto emitted = [&] { return at(kFrom, t, u - 1) + at(kEmit, t, u - 1); };
        at(kFrom, t, u) = t > 0 && u > 0 ? log_add(waited(), emitted())
                          : t > 0        ? waited()
                          : u > 0        ? emitted()
                                         : 0;
      }
    }
    for (int64_t t = frames_; t-- > 0;) {
      for (int64_t u = places_; u-- > 0;) {
        const bool last_frame = t + 1 == frames_, last_place = u + 1 == places_;
        const auto waits = [&] { return at(kTo, t + 1, u) + at(kSkip, t, u); };
        const auto emits = [&] { return at(kTo, t, u + 1) + at(kEmit, t, u); };
        at(kTo, t, u) = !last_frame && !last_place ? log_add(waits(), emits())
                        : !last_frame              ? waits()
                        : !last_place              ? emits()
                                                   : at(kSkip, t, u);
      }
    }
    return -at(kTo, 0, 0);
  }

  // What the cost changes by with each logit: [frames, width, classes].
  void differentiate(float clamp, float* out) {
    for (int64_t t = 0; t < frames_; ++t) {
      for (int64_t u = 0; u < places_; ++u) {
        const float* from = row(t, u);
        const float path = at(kFrom, t, u) - at(kTo, 0, 0) - at(kSum, t, u);
        for (int64_t d = 0; d < classes_; ++d) {
          const float chance = from[d] + path;
          float change = std::exp(chance + at(kTo, t, u));
          if (d == blank_ && t + 1 == frames_ && u + 1 == places_) {
            change -= std::exp(chance);
          } else if (d == blank_ && t + 1 < frames_) {
            change -= std::exp(chance + at(kTo, t + 1, u));
          } else if (u + 1 < places_ && d == targets_[u]) {
            change -= std::exp(chance + at(kTo, t, u + 1));
          }
          if (clamp > 0) change = std::min(std::max(change, -clamp), clamp);
          out[(t * width_ + u) * classes_ + d] = change;
        }
      }
    }
  }

 private:
  enum Table { kSum, kSkip, kEmit, kFrom, kTo };

  const float* row(int64_t t, int64_t u) const { return logits_ + (t * width_ + u) * classes_; }
  float& at(Table table, int64_t t, int64_t u) {
    return tables_.data<float>()[(table * frames_ + t) * places_ + u];
  }

  void normalize(int64_t t, int64_t u) {
    const float* from = row(t, u);
    const float top = *std::max_element(from, from + classes_);
    float sum = 0;
    for (int64_t d = 0; d < classes_; ++d) sum += std::exp(from[d] - top);
    const float log_sum = top + std::log(sum);
    at(kSum, t, u) = log_sum;
    at(kSkip, t, u) = from[blank_] - log_sum;
    if (u + 1 < places_) at(kEmit, t, u) = from[targets_[u]] - log_sum;
  }

  const float* logits_;
  const int32_t* targets_;
  const int64_t frames_, places_, width_, classes_;
  const int32_t blank_;
  const Tensor tables_;
};

}  // namespace

// (logits, targets, logit_lengths, target_lengths, blank, clamp) -> (costs, gradients)
void rnnt_loss(OpCall& call) {
  const Transducer all = read_transducer(call);
  const int64_t batch = all.logits.size(0);
  const Tensor costs = empty({batch}, DType::kFloat32);
  const Tensor gradients = zeros(all.logits.sizes(), DType::kFloat32);
  call.context().workers->parallel_for(0, batch, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      Lattice lattice(all, i);
      costs.data<float>()[i] = lattice.run();
      lattice.differentiate(all.clamp, gradients.data<float>() + i * (gradients.numel() / batch));
    }
  });
  const DType dtype = call.tensor(0).dtype();
  call.ret(0, to_dtype(costs, dtype));
  call.ret(1, to_dtype(gradients, dtype));
}

}  // namespace temper::audio
