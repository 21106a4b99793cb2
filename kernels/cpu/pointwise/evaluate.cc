#include "kernels/cpu/pointwise/evaluate.h"

#include <algorithm>
#include <cstring>

#include "core/base/error.h"
#include "core/op/pointwise_group.h"
#include "core/tensor/half.h"
#include "kernels/cpu/pointwise/convert.h"

namespace temper {
namespace {

constexpr int64_t kBlock = 512;
constexpr int64_t kGrain = 32768;
constexpr int64_t kElementBytes[] = {4, 8, 8, 8, 16};

// What a node does for a block.
struct Step {
  enum class Kind : unsigned char { kNumber, kDirect, kLoad, kRepeat, kCall } kind;
  Loop loop = nullptr;
  LoadLoop load = nullptr;
  int operand = -1;
  int args[3] = {-1, -1, -1};
  int buffer = -1;  // -1: points into an operand
};

class Evaluator {
 public:
  Evaluator(const ScalarExpr& expression, ComputeType type, absl::Span<const PointwiseInput> inputs,
            const LoopNest& nest, const char* op)
      : expression_(expression), type_(type), inputs_(inputs), nest_(nest), op_(op) {
    TEMPER_CHECK(expression.nodes.size() <= kMaxPointwiseNodes);
    element_ = kElementBytes[static_cast<int>(type)];
    const LoopNest::Operand& out = nest.operands[0];
    store_direct_ = out.dtype == native_dtype(type) && out.strides[0] == element_;
    if (!store_direct_) store_ = store_loop(type, out.dtype);
    find_last_uses();
    for (size_t i = 0; i < expression.nodes.size(); ++i) steps_.push_back(plan(i));
    // A result that is just an input must still be copied out.
    if (store_direct_ && steps_.back().kind != Step::Kind::kCall) {
      store_direct_ = false;
      store_ = store_loop(type, out.dtype);
    }
  }

  // Rows [begin, end) of the nest, elements [first, last) of each row.
  void run(int64_t begin, int64_t end, int64_t first, int64_t last) const;

 private:
  Step plan(size_t index);
  void find_last_uses();
  int new_buffer();
  void write_number(const IValue& number, void* to) const;
  void run_row(const std::byte* const* rows, int64_t first, int64_t last, std::byte* buffers) const;
  void* buffer(std::byte* buffers, int index) const { return buffers + index * kBlock * element_; }

  const ScalarExpr& expression_;
  ComputeType type_;
  absl::Span<const PointwiseInput> inputs_;
  const LoopNest& nest_;
  const char* op_;
  int64_t element_ = 0;
  int num_buffers_ = 0;
  absl::InlinedVector<int, 8> free_buffers_;
  int last_use_[kMaxPointwiseNodes];  // by node: the last node that reads it
  bool store_direct_ = false;
  StoreLoop store_ = nullptr;
  absl::InlinedVector<Step, 8> steps_;
};

void Evaluator::find_last_uses() {
  const auto& nodes = expression_.nodes;
  for (size_t i = 0; i < nodes.size(); ++i) {
    last_use_[i] = static_cast<int>(nodes.size());
    for (const int arg : nodes[i].args) {
      if (arg >= 0) last_use_[arg] = static_cast<int>(i);
    }
  }
}

int Evaluator::new_buffer() {
  if (free_buffers_.empty()) return num_buffers_++;
  const int buffer = free_buffers_.back();
  free_buffers_.pop_back();
  return buffer;
}

// Buffers of calls are used again after their last reader, and by it: what a long expression keeps
// stays small. Numbers and repeated elements are written once and stay.
Step Evaluator::plan(size_t index) {
  const ScalarNode& node = expression_.nodes[index];
  Step step;
  if (node.kind == ScalarNode::Kind::kCall) {
    step.kind = Step::Kind::kCall;
    step.loop = best_loops().loops[static_cast<int>(type_)][static_cast<int>(node.fn)];
    if (!step.loop) {
      constexpr const char* kTypes[] = {"float", "double", "integer", "complex64", "complex128"};
      fail("\"", op_, "\" is not defined for ", kTypes[static_cast<int>(type_)], " tensors (",
           scalar_fn_name(node.fn), ")");
    }
    std::copy(std::begin(node.args), std::end(node.args), std::begin(step.args));
    for (size_t k = 0; k < std::size(node.args); ++k) {
      const int arg = node.args[k];
      if (arg < 0 || last_use_[arg] != static_cast<int>(index)) continue;
      const Step& made = steps_[static_cast<size_t>(arg)];
      const bool seen = std::find(node.args, node.args + k, arg) != node.args + k;
      const bool fresh = made.kind == Step::Kind::kCall || made.kind == Step::Kind::kLoad;
      if (fresh && !seen) free_buffers_.push_back(made.buffer);
    }
    step.buffer = new_buffer();
    return step;
  }
  const PointwiseInput* input =
      node.kind == ScalarNode::Kind::kInput ? &inputs_[static_cast<size_t>(node.input)] : nullptr;
  if (!input || input->operand < 0) {
    step.kind = Step::Kind::kNumber;
    step.buffer = num_buffers_++;
    return step;
  }
  step.operand = input->operand;
  const LoopNest::Operand& operand = nest_.operands[static_cast<size_t>(step.operand)];
  const int64_t stride = operand.strides[0];
  if (operand.dtype == native_dtype(type_) && stride == element_) {
    step.kind = Step::Kind::kDirect;
    return step;
  }
  step.kind = stride == 0 ? Step::Kind::kRepeat : Step::Kind::kLoad;
  step.load = load_loop(type_, operand.dtype);
  step.buffer = step.kind == Step::Kind::kLoad ? new_buffer() : num_buffers_++;
  return step;
}

void Evaluator::write_number(const IValue& number, void* to) const {
  switch (type_) {
    case ComputeType::kFloat:
      *static_cast<float*>(to) = static_cast<float>(number.scalar_as_double());
      return;
    case ComputeType::kDouble: *static_cast<double*>(to) = number.scalar_as_double(); return;
    case ComputeType::kInt: *static_cast<int64_t*>(to) = number.scalar_as_int(); return;
    case ComputeType::kComplex64:
      *static_cast<Complex64*>(to) = Complex64(number.scalar_as_complex());
      return;
    case ComputeType::kComplex128: *static_cast<Complex128*>(to) = number.scalar_as_complex();
  }
}

void repeat(std::byte* buffer, int64_t element, int64_t n) {
  for (int64_t filled = 1; filled < n; filled *= 2) {
    std::memcpy(buffer + filled * element, buffer,
                static_cast<size_t>(std::min(filled, n - filled) * element));
  }
}

void Evaluator::run_row(const std::byte* const* rows, int64_t first, int64_t last,
                        std::byte* buffers) const {
  const void* values[kMaxPointwiseNodes];
  const LoopNest::Operand& out = nest_.operands[0];
  for (int64_t start = first; start < last; start += kBlock) {
    const int64_t n = std::min(kBlock, last - start);
    for (size_t i = 0; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      if (step.kind == Step::Kind::kDirect) {
        values[i] = rows[step.operand] + start * element_;
        continue;
      }
      void* to = buffer(buffers, step.buffer);
      values[i] = to;
      if (step.kind == Step::Kind::kLoad) {
        const int64_t stride = nest_.operands[static_cast<size_t>(step.operand)].strides[0];
        step.load(to, rows[step.operand] + start * stride, stride, n);
      } else if (step.kind == Step::Kind::kRepeat) {
        if (start == first) {
          step.load(to, rows[step.operand], 0, 1);
          repeat(static_cast<std::byte*>(to), element_, std::min(kBlock, last - first));
        }
      } else if (step.kind == Step::Kind::kCall) {
        if (store_direct_ && i + 1 == steps_.size()) {
          to = const_cast<std::byte*>(rows[0]) + start * element_;
        }
        const auto arg = [&](int k) { return step.args[k] < 0 ? nullptr : values[step.args[k]]; };
        step.loop(to, arg(0), arg(1), arg(2), n);
      }
    }
    if (!store_direct_) {
      store_(const_cast<std::byte*>(rows[0]) + start * out.strides[0], values[steps_.size() - 1],
             out.strides[0], n);
    }
  }
}

void Evaluator::run(int64_t begin, int64_t end, int64_t first, int64_t last) const {
  const int64_t block = std::min(kBlock, last - first);
  // Small expressions use the stack, which a one-element operation needs to be quick.
  constexpr int64_t kStackBytes = 16384;
  alignas(64) std::byte stack[kStackBytes];
  std::unique_ptr<std::byte[]> heap;
  std::byte* buffers = stack;
  if (num_buffers_ * kBlock * element_ > kStackBytes) {
    heap.reset(new std::byte[static_cast<size_t>(num_buffers_ * kBlock * element_ + 64)]);
    buffers = heap.get() + (-reinterpret_cast<uintptr_t>(heap.get()) & 63);
  }
  for (size_t i = 0; i < steps_.size(); ++i) {
    if (steps_[i].kind != Step::Kind::kNumber) continue;
    const ScalarNode& node = expression_.nodes[i];
    std::byte* to = static_cast<std::byte*>(buffer(buffers, steps_[i].buffer));
    write_number(node.kind == ScalarNode::Kind::kConstant
                     ? IValue(node.constant)
                     : inputs_[static_cast<size_t>(node.input)].number,
                 to);
    repeat(to, element_, block);
  }
  absl::InlinedVector<const std::byte*, 4> rows(nest_.operands.size());
  for (int64_t row = begin; row < end; ++row) {
    for (size_t k = 0; k < rows.size(); ++k) {
      const LoopNest::Operand& operand = nest_.operands[k];
      const std::byte* at = operand.data;
      int64_t rest = row;
      for (size_t d = 1; d < nest_.sizes.size(); ++d) {
        at += rest % nest_.sizes[d] * operand.strides[d];
        rest /= nest_.sizes[d];
      }
      rows[k] = at;
    }
    run_row(rows.data(), first, last, buffers);
  }
}

}  // namespace

void evaluate(const ScalarExpr& expression, ComputeType type,
              absl::Span<const PointwiseInput> inputs, const LoopNest& nest, const char* op,
              ParallelRunner& workers) {
  const Evaluator evaluator(expression, type, inputs, nest, op);
  const int64_t rows = nest.rows(), length = nest.sizes[0];
  if (rows * length <= kGrain || workers.threads() == 1) {
    return evaluator.run(0, rows, 0, length);
  }
  if (rows == 1) {
    return workers.parallel_for(
        0, length, kGrain, [&](int64_t first, int64_t last) { evaluator.run(0, 1, first, last); });
  }
  workers.parallel_for(0, rows, std::max<int64_t>(1, kGrain / length),
                       [&](int64_t begin, int64_t end) { evaluator.run(begin, end, 0, length); });
}

}  // namespace temper
