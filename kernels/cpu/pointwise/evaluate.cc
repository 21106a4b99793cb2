#include "kernels/cpu/pointwise/evaluate.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/base/error.h"
#include "core/op/pointwise_group.h"
#include "core/tensor/convert.h"
#include "core/tensor/half.h"
#include "kernels/cpu/pointwise/long_rows.h"
#include "kernels/cpu/pointwise/refuse.h"
#include "kernels/cpu/pointwise/types.h"

namespace temper {
namespace {

constexpr int64_t kGrain = 131072;
constexpr int64_t kElementBytes[] = {4, 8, 8, 8, 16, 4, 1};
// Buffers of a block fit into a first-level cache beside blocks of inputs and of the output, and on
// the stack.
constexpr int64_t kBufferBytes = 8192;
// Between buffers, so that they do not start at the same place of a page: loads wait for stores
// whose addresses agree in the last twelve bits.
constexpr int64_t kStagger = 320;
constexpr int64_t kStackBytes = kBufferBytes + 8 * kStagger;
constexpr int64_t kShortBlock = 64, kLongBlock = 4096;

// What a node does for a block.
struct Step {
  enum class Kind : unsigned char { kNumber, kDirect, kLoad, kRepeat, kCall } kind;
  Loop loop = nullptr;
  ConvertLoop load = nullptr;
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
    find_last_uses();
    for (size_t i = 0; i < expression.nodes.size(); ++i) steps_.push_back(plan(i));
    plan_store();
    block_ = kLongBlock;
    if (num_buffers_ > 0) {
      block_ = std::clamp(kBufferBytes / (num_buffers_ * element_) / kShortBlock * kShortBlock,
                          kShortBlock, kLongBlock);
    }
    spacing_ = block_ * element_ + kStagger;
  }

  // Rows [begin, end) of the nest, elements [first, last) of each row.
  void run(int64_t begin, int64_t end, int64_t first, int64_t last) const;

 private:
  Step plan(size_t index);
  void heed_bounds(const ScalarNode& node, Step& step) const;
  void find_last_uses();
  int new_buffer();
  void plan_store();
  void write_number(const IValue& number, void* to) const;
  void fill_numbers(std::byte* buffers, int64_t n) const;
  void run_row(const std::byte* const* rows, int64_t first, int64_t last, std::byte* buffers) const;
  void* buffer(std::byte* buffers, int index) const { return buffers + index * spacing_; }

  const ScalarExpr& expression_;
  ComputeType type_;
  absl::Span<const PointwiseInput> inputs_;
  const LoopNest& nest_;
  const char* op_;
  int64_t element_ = 0;
  int64_t block_ = 0;
  int64_t spacing_ = 0;  // bytes between buffers
  int num_buffers_ = 0;
  absl::InlinedVector<int, 8> free_buffers_;
  int last_use_[kMaxPointwiseNodes];  // by node: the last node that reads it
  ConvertLoop store_ = nullptr;       // null: the last step writes the output
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
      refuse(op_, nullptr, dtype_name(native_dtype(type_)));
    }
    std::copy(std::begin(node.args), std::end(node.args), std::begin(step.args));
    if (node.fn == ScalarFn::k_clamp) heed_bounds(node, step);
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
  if (is_native(operand.dtype, type_) && stride == element_) {
    step.kind = Step::Kind::kDirect;
    return step;
  }
  step.kind = stride == 0 ? Step::Kind::kRepeat : Step::Kind::kLoad;
  step.load = convert_loop(native_dtype(type_), operand.dtype, op_);
  step.buffer = step.kind == Step::Kind::kLoad ? new_buffer() : num_buffers_++;
  return step;
}

// A bound that is no number leaves nothing but itself. The loop does not look: it would take
// longer.
void Evaluator::heed_bounds(const ScalarNode& node, Step& step) const {
  for (const int bound : {node.args[1], node.args[2]}) {
    const ScalarNode& from = expression_.nodes[static_cast<size_t>(bound)];
    double value = from.constant;
    if (from.kind == ScalarNode::Kind::kInput) {
      const IValue& number = inputs_[static_cast<size_t>(from.input)].number;
      if (!number.is_double()) continue;
      value = number.to_double();
    }
    if (!std::isnan(value)) continue;
    constexpr auto kMin = static_cast<int>(ScalarFn::k_min);
    step.loop = best_loops().loops[static_cast<int>(type_)][kMin];
    step.args[0] = step.args[1] = bound;
    return;
  }
}

void Evaluator::plan_store() {
  const LoopNest::Operand& out = nest_.operands[0];
  Step& last = steps_.back();
  const bool call = last.kind == Step::Kind::kCall;
  const auto fn = static_cast<size_t>(expression_.nodes.back().fn);
  const Loop truth = call ? best_loops().truths[static_cast<int>(type_)][fn] : nullptr;
  if (call && out.dtype == native_dtype(type_) && out.strides[0] == element_) return;
  if (truth && item_size(out.dtype) == 1 && out.strides[0] == 1) {
    last.loop = truth;
    return;
  }
  // A result that is just an input must be copied out, too.
  store_ = convert_loop(out.dtype, native_dtype(type_), op_);
}

void Evaluator::write_number(const IValue& number, void* to) const {
  switch (type_) {
    case ComputeType::kFloat:
      *static_cast<float*>(to) = static_cast<float>(number.scalar_as_double());
      return;
    case ComputeType::kDouble: *static_cast<double*>(to) = number.scalar_as_double(); return;
    case ComputeType::kInt: *static_cast<int64_t*>(to) = number.scalar_as_int(); return;
    case ComputeType::kInt32:
      *static_cast<int32_t*>(to) = static_cast<int32_t>(number.scalar_as_int());
      return;
    case ComputeType::kByte:
      *static_cast<uint8_t*>(to) = static_cast<uint8_t>(number.scalar_as_int());
      return;
    case ComputeType::kComplex64:
      *static_cast<Complex64*>(to) = Complex64(number.scalar_as_complex());
      return;
    case ComputeType::kComplex128: *static_cast<Complex128*>(to) = number.scalar_as_complex();
  }
}

void Evaluator::run_row(const std::byte* const* rows, int64_t first, int64_t last,
                        std::byte* buffers) const {
  const void* values[kMaxPointwiseNodes];
  const LoopNest::Operand& out = nest_.operands[0];
  std::byte* out_row = const_cast<std::byte*>(rows[0]);
  for (int64_t start = first; start < last; start += block_) {
    const int64_t n = std::min(block_, last - start);
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
        step.load(to, element_, rows[step.operand] + start * stride, stride, n);
      } else if (step.kind == Step::Kind::kRepeat) {
        if (start == first) step.load(to, element_, rows[step.operand], 0, n);
      } else if (step.kind == Step::Kind::kCall) {
        if (!store_ && i + 1 == steps_.size()) to = out_row + start * out.strides[0];
        const auto arg = [&](int k) { return step.args[k] < 0 ? nullptr : values[step.args[k]]; };
        step.loop(to, arg(0), arg(1), arg(2), n);
      }
    }
    if (store_) {
      store_(out_row + start * out.strides[0], out.strides[0], values[steps_.size() - 1], element_,
             n);
    }
  }
}

void Evaluator::fill_numbers(std::byte* buffers, int64_t n) const {
  const ConvertLoop spread = convert_loop(native_dtype(type_), native_dtype(type_), op_);
  for (size_t i = 0; i < steps_.size(); ++i) {
    if (steps_[i].kind != Step::Kind::kNumber) continue;
    const ScalarNode& node = expression_.nodes[i];
    alignas(16) std::byte number[16];
    write_number(node.kind == ScalarNode::Kind::kConstant
                     ? IValue(node.constant)
                     : inputs_[static_cast<size_t>(node.input)].number,
                 number);
    spread(buffer(buffers, steps_[i].buffer), element_, number, 0, n);
  }
}

void Evaluator::run(int64_t begin, int64_t end, int64_t first, int64_t last) const {
  // Most expressions use the stack, which a one-element operation needs to be quick.
  alignas(64) std::byte stack[kStackBytes];
  std::unique_ptr<std::byte[]> heap;
  std::byte* buffers = stack;
  if (num_buffers_ * spacing_ > kStackBytes) {
    heap.reset(new std::byte[static_cast<size_t>(num_buffers_ * spacing_ + 64)]);
    buffers = heap.get() + (-reinterpret_cast<uintptr_t>(heap.get()) & 63);
  }
  fill_numbers(buffers, std::min(block_, last - first));
  const size_t rank = nest_.sizes.size();
  absl::InlinedVector<const std::byte*, 4> rows(nest_.operands.size());
  absl::InlinedVector<int64_t, 4> index(rank, 0);
  int64_t rest = begin;
  for (size_t d = 1; d < rank; ++d) {
    index[d] = rest % nest_.sizes[d];
    rest /= nest_.sizes[d];
  }
  for (size_t k = 0; k < rows.size(); ++k) {
    rows[k] = nest_.operands[k].data;
    for (size_t d = 1; d < rank; ++d) rows[k] += index[d] * nest_.operands[k].strides[d];
  }
  for (int64_t row = begin; row < end; ++row) {
    run_row(rows.data(), first, last, buffers);
    for (size_t d = 1; d < rank; ++d) {
      const bool wraps = ++index[d] == nest_.sizes[d];
      const int64_t steps = wraps ? 1 - nest_.sizes[d] : 1;
      for (size_t k = 0; k < rows.size(); ++k) rows[k] += steps * nest_.operands[k].strides[d];
      if (!wraps) break;
      index[d] = 0;
    }
  }
}

// Whether the number is one that the narrow type holds.
bool fits(const IValue& number, ComputeType type) {
  if (number.is_double()) {
    const double value = number.to_double();
    return value >= 0 && value <= 127 && value == static_cast<double>(static_cast<int>(value));
  }
  if (!number.is_int() && !number.is_bool()) return false;
  const int64_t value = number.scalar_as_int();
  return type == ComputeType::kByte ? value >= 0 && value <= UINT8_MAX
                                    : value >= INT32_MIN && value <= INT32_MAX;
}

// The narrow type when all functions and numbers of the expression allow it.
ComputeType choose_type(const ScalarExpr& expression, DType compute,
                        absl::Span<const PointwiseInput> inputs) {
  const ComputeType narrow = narrow_type(compute), wide = compute_type(compute);
  if (narrow == wide) return wide;
  for (const ScalarNode& node : expression.nodes) {
    bool holds = true;
    if (node.kind == ScalarNode::Kind::kCall) {
      holds = best_loops().loops[static_cast<int>(narrow)][static_cast<int>(node.fn)];
    } else if (node.kind == ScalarNode::Kind::kConstant) {
      holds = fits(IValue(node.constant), narrow);
    } else {
      const PointwiseInput& input = inputs[static_cast<size_t>(node.input)];
      holds = input.operand >= 0 || fits(input.number, narrow);
    }
    if (!holds) return wide;
  }
  return narrow;
}

void run_nest(const Evaluator& evaluator, const LoopNest& nest, ParallelRunner& workers) {
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

}  // namespace

void evaluate(const ScalarExpr& expression, DType compute, absl::Span<const PointwiseInput> inputs,
              const LoopNest& nest, const char* op, ParallelRunner& workers) {
  const ComputeType type = choose_type(expression, compute, inputs);
  const auto run = [&](const LoopNest& longer) {
    run_nest(Evaluator(expression, type, inputs, longer, op), longer, workers);
  };
  if (nest.sizes.size() == 1) return run(nest);
  for_long_rows(nest, run);
}

}  // namespace temper
