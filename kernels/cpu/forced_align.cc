// The most likely way in which a text was spoken: a path through its labels with blanks between
// them, one state a frame, found by dynamic programming.
#include <limits>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/audio.h"
#include "kernels/cpu/item.h"

namespace temper::audio {
namespace {

// State 2i + 1 speaks label i, the states between them are blank.
struct Labels {
  const int64_t* targets;
  int64_t count;
  int64_t blank;
  int64_t states() const { return 2 * count + 1; }
  int64_t at(int64_t state) const { return state % 2 == 0 ? blank : targets[state / 2]; }
  // The blank before a label may be left out, unless it keeps two equal labels apart.
  bool may_skip_to(int64_t state) const {
    return state % 2 == 1 && state > 1 && targets[state / 2] != targets[state / 2 - 1];
  }
};

void check(const OpCall& call) {
  const Tensor scores = call.tensor(0), targets = call.tensor(1);
  if (scores.dim() != 3) fail("log_probs must be a 3-D tensor");
  if (targets.dim() != 2) fail("targets must be a 2-D tensor");
  if (targets.dtype() != DType::kInt32 && targets.dtype() != DType::kInt64) {
    fail("targets must be int32 or int64 type");
  }
  if (scores.size(0) != 1 || targets.size(0) != 1) {
    fail("The batch dimension for log_probs must be 1 at the current version");
  }
  if (call.tensor(2).numel() != 1 || item_of(call.tensor(2)).scalar_as_int() != scores.size(1)) {
    fail("input length mismatch");
  }
  if (call.tensor(3).numel() != 1 || item_of(call.tensor(3)).scalar_as_int() != targets.size(1)) {
    fail("target length mismatch");
  }
  const int64_t blank = call.integer(4), classes = scores.size(2);
  if (blank < 0 || blank >= classes) fail("blank must be within [0, num classes)");
}

void check_labels(const Labels& labels, int64_t frames, int64_t classes) {
  int64_t repeats = 0;
  for (int64_t i = 0; i < labels.count; ++i) {
    if (labels.targets[i] < 0 || labels.targets[i] >= classes) {
      fail("targets values must be within [0, num classes)");
    }
    repeats += i > 0 && labels.targets[i] == labels.targets[i - 1] ? 1 : 0;
  }
  if (frames < labels.count + repeats) {
    fail("targets length is too long for CTC. Found log_probs length: ", frames,
         ", targets length: ", labels.count, ", and number of repeats: ", repeats);
  }
}

// How far back the best way into each state comes from; returns the state in which it ends.
template <class T>
int64_t search(const T* scores, int64_t frames, int64_t classes, const Labels& labels,
               uint8_t* steps) {
  constexpr T kNever = -std::numeric_limits<T>::infinity();
  const int64_t states = labels.states();
  std::vector<T> before(static_cast<size_t>(states), kNever), now = before;
  before[0] = 0;  // as if a blank had been before the first frame
  for (int64_t t = 0; t < frames; ++t) {
    for (int64_t s = 0; s < states; ++s) {
      const size_t i = static_cast<size_t>(s);
      T best = before[i];
      uint8_t step = 0;
      if (s > 0 && before[i - 1] > best) best = before[i - 1], step = 1;
      if (t > 0 && labels.may_skip_to(s) && before[i - 2] > best) best = before[i - 2], step = 2;
      now[i] = best + scores[t * classes + labels.at(s)];
      steps[t * states + s] = step;
    }
    std::swap(before, now);
  }
  const size_t last = static_cast<size_t>(states) - 1;
  return states > 1 && !(before[last] > before[last - 1]) ? states - 2 : states - 1;
}

}  // namespace

void forced_align(OpCall& call) {
  check(call);
  const Tensor scores = call.tensor(0).contiguous(), targets = call.tensor(1);
  const Tensor wide = to_dtype(targets, DType::kInt64).contiguous();
  const int64_t frames = scores.size(1), classes = scores.size(2);
  const Labels labels{wide.data<int64_t>(), wide.size(1), call.integer(4)};
  check_labels(labels, frames, classes);
  const Tensor path = empty({1, frames}, DType::kInt64), found = empty({1, frames}, scores.dtype());
  visit(scores.dtype(), "forced_align", FloatTypes{}, [&]<class T>() {
    const Tensor steps = empty({frames, labels.states()}, DType::kUInt8);
    int64_t state = search(scores.data<T>(), frames, classes, labels, steps.data<uint8_t>());
    for (int64_t t = frames; t-- > 0;) {
      path.data<int64_t>()[t] = labels.at(state);
      found.data<T>()[t] = scores.data<T>()[t * classes + labels.at(state)];
      state -= steps.data<uint8_t>()[t * labels.states() + state];
    }
  });
  call.ret(0, to_dtype(path, targets.dtype()));
  call.ret(1, found);
}

}  // namespace temper::audio
