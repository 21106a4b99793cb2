#include "kernels/cpu/attention/recipe.h"

#include <string_view>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "kernels/cpu/indexing.h"
#include "kernels/cpu/matmul.h"
#include "kernels/cpu/pointwise/pointwise.h"
#include "kernels/cpu/reduce/reduce.h"
#include "kernels/cpu/store.h"
#include "kernels/cpu/views.h"

namespace temper {
namespace {

struct Word {
  std::string_view text;
  size_t operands;
};

// By number of AttentionStep.
constexpr Word kWords[] = {
    {"mul", 1},
    {"div", 1},
    {"key_mul", 1},
    {"key_div", 1},
    {"matmul", 0},
    {"bmm", 0},
    {"baddbmm", 3},
    {"add", 2},
    {"sub", 2},
    {"masked_fill", 2},
    {"masked_fill_as", 2},
    {"where", 2},
    {"causal", 0},
    {"as_in_place", 0},
    {"to", 1},
    {"type_as", 0},
    {"view", 1},
    {"reshape", 1},
    {"flatten", 2},
    {"softmax", 2},
    {"safe_softmax", 2},
    {"transpose", 2},
    {"permute", 1},
    {"contiguous", 0},
};

AttentionStep step_called(std::string_view word) {
  for (size_t i = 0; i < std::size(kWords); ++i) {
    if (kWords[i].text == word) return static_cast<AttentionStep>(i);
  }
  fail("attention has no step called '", word, "'");
}

struct Rules {
  Schema two = parse_schema("temper::combine(Tensor self, Scalar other) -> Tensor");
  Schema scaled =
      parse_schema("temper::combine(Tensor self, Tensor other, Scalar alpha) -> Tensor");
  Schema choice =
      parse_schema("temper::choose(Tensor condition, Tensor self, Scalar other) -> Tensor");
  PointwiseRule mul{two, "self * other", DTypeRule::kPromote};
  PointwiseRule div{two, "self / other", DTypeRule::kPromoteFloat};
  PointwiseRule add{scaled, "muladd(self, other, alpha)", DTypeRule::kPromote};
  PointwiseRule sub{scaled, "mulsub(self, other, alpha)", DTypeRule::kPromote};
  PointwiseRule equal{two, "self == other", DTypeRule::kBool};
  PointwiseRule where{choice, "select(condition, self, other)", DTypeRule::kPromote};
};

const Rules& rules() {
  static const Rules rules;  // immutable
  return rules;
}

// One call over arguments of its own.
class InnerCall {
 public:
  InnerCall(OpCall& outer, std::initializer_list<IValue> arguments)
      : values_(arguments), inputs_(arguments.size()) {
    for (size_t i = 0; i < inputs_.size(); ++i) inputs_[i] = static_cast<Register>(i);
    values_.emplace_back();
    output_ = static_cast<Register>(arguments.size());
    call_.emplace(outer.op(), outer.context(), values_.data(), inputs_.data(), inputs_.size(),
                  &output_, 1);
  }
  OpCall& operator*() { return *call_; }
  Tensor result() const { return values_.back().to_tensor(); }

 private:
  absl::InlinedVector<IValue, 6> values_;
  absl::InlinedVector<Register, 5> inputs_;
  Register output_;
  std::optional<OpCall> call_;
};

}  // namespace

AttentionRecipe::AttentionRecipe(OpCall& call, size_t text) : call_(call) {
  std::string_view words = call.string(text);
  size_t operand = text + 1;
  bool left_out = false;
  while (!words.empty()) {
    const size_t end = std::min(words.find(' '), words.size());
    const AttentionStep step = step_called(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
    const size_t operands = kWords[static_cast<size_t>(step)].operands;
    if (operand + operands > call.size()) fail("attention lacks operands");
    left_out = operands > 0 ? call.is_none(operand) : left_out && step == AttentionStep::kAsInPlace;
    if (!left_out) steps_.push_back({step, operand});
    if (left_out && step == AttentionStep::kBaddbmm) {
      steps_.push_back({AttentionStep::kBmm, operand});
    }
    operand += operands;
  }
}

Tensor AttentionRecipe::kernel(Kernel kernel, std::initializer_list<IValue> arguments) const {
  InnerCall inner(call_, arguments);
  kernel(*inner);
  return inner.result();
}

// Every step but products and what is stored.
Tensor AttentionRecipe::step(size_t i, const Tensor& x) const {
  const auto combine = [&](const PointwiseRule& rule, std::initializer_list<IValue> arguments) {
    InnerCall inner(call_, arguments);
    return evaluate_pointwise(*inner, rule);
  };
  switch (what(i)) {
    case AttentionStep::kMul:
    case AttentionStep::kKeyMul: return combine(rules().mul, {x, operand(i)});
    case AttentionStep::kDiv:
    case AttentionStep::kKeyDiv: return combine(rules().div, {x, operand(i)});
    case AttentionStep::kAdd: return combine(rules().add, {x, operand(i), operand(i, 1)});
    case AttentionStep::kSub: return combine(rules().sub, {x, operand(i), operand(i, 1)});
    case AttentionStep::kWhere: return combine(rules().where, {operand(i), x, operand(i, 1)});
    case AttentionStep::kMaskedFill:
      return kernel(indexing::masked_fill, {x, operand(i), operand(i, 1)});
    case AttentionStep::kMaskedFillAs: {
      const Tensor mask = operand(i).to_tensor().expand(x.sizes());
      return kernel(indexing::masked_fill, {x, mask, operand(i, 1)});
    }
    case AttentionStep::kCausal: {
      const Tensor square = full({x.size(-2), x.size(-1)}, 1, DType::kBool);
      const Tensor behind = kernel(indexing::triu, {square, 1});
      return kernel(indexing::masked_fill, {x, behind, -INFINITY});
    }
    case AttentionStep::kView: return kernel(views::view, {x, operand(i)});
    case AttentionStep::kReshape: return kernel(views::reshape, {x, operand(i)});
    case AttentionStep::kFlatten: return kernel(views::flatten, {x, operand(i), operand(i, 1)});
    case AttentionStep::kTo: return to_dtype(x, *call_.opt_dtype(steps_[i].operand));
    case AttentionStep::kSoftmax: return kernel(softmax, {x, operand(i), operand(i, 1)});
    case AttentionStep::kSafeSoftmax: {
      const Tensor none = combine(rules().equal, {x, -INFINITY});
      const Tensor empty = kernel(all, {none, operand(i), true});
      const Tensor weights = kernel(softmax, {x, operand(i), operand(i, 1)});
      return kernel(indexing::masked_fill, {weights, empty, 0});
    }
    case AttentionStep::kTranspose: return kernel(views::transpose, {x, operand(i), operand(i, 1)});
    case AttentionStep::kPermute: return kernel(views::permute, {x, operand(i)});
    case AttentionStep::kContiguous: return x.contiguous();
    default: fail("attention: a step stands where it has no meaning");
  }
}

Tensor AttentionRecipe::run(const Tensor& query, const Tensor& key, const Tensor& value) const {
  Tensor now = query, before, factor = key;
  DType former = query.dtype();
  for (size_t i = 0; i < size(); ++i) {
    const Tensor last = now;
    switch (what(i)) {
      case AttentionStep::kKeyMul:
      case AttentionStep::kKeyDiv: factor = step(i, factor); break;
      case AttentionStep::kMatmul:
      case AttentionStep::kBmm: {
        const bool batches = what(i) == AttentionStep::kBmm;
        now = kernel(batches ? bmm : matmul, {now, factor});
        factor = value;
        break;
      }
      case AttentionStep::kBaddbmm:
        now = kernel(baddbmm, {operand(i), now, factor, operand(i, 1), operand(i, 2)});
        factor = value;
        break;
      case AttentionStep::kAsInPlace: now = kernel(as_in_place, {before, now}); break;
      case AttentionStep::kTypeAs: now = to_dtype(now, former); break;
      default: now = step(i, now);
    }
    if (what(i) == AttentionStep::kTo) former = last.dtype();
    before = last;
  }
  return now;
}

Tensor AttentionRecipe::finish(Tensor value, size_t i) const {
  for (; i < size(); ++i) value = step(i, value);
  return value;
}

}  // namespace temper
