#include "kernels/cpu/attention/attention.h"

#include <cmath>
#include <limits>

#include "core/op/run_context.h"
#include "core/tensor/bool8.h"
#include "kernels/cpu/attention/recipe.h"
#include "kernels/cpu/attention/streaming.h"

namespace temper {
namespace {

DimsView batch_of(DimsView sizes) { return sizes.subspan(0, sizes.size() - 2); }

// Whether broadcasting to `sizes` leaves these as they are.
bool spreads_to(DimsView from, DimsView sizes) {
  if (from.size() > sizes.size()) return false;
  const DimsView tail = sizes.subspan(sizes.size() - from.size());
  for (size_t d = 0; d < from.size(); ++d) {
    if (from[d] != tail[d] && from[d] != 1) return false;
  }
  return true;
}

bool can_broadcast(DimsView a, DimsView b) {
  for (size_t d = 1; d <= std::min(a.size(), b.size()); ++d) {
    const int64_t x = a[a.size() - d], y = b[b.size() - d];
    if (x != y && x != 1 && y != 1) return false;
  }
  return true;
}

// What view() would make of these sizes, which may hold one -1; false where it would raise.
bool resolve_sizes(DimsView sizes, int64_t numel, Dims* out) {
  int64_t known = 1, open = -1;
  out->assign(sizes.begin(), sizes.end());
  for (size_t d = 0; d < sizes.size(); ++d) {
    if (sizes[d] == -1 && open < 0) {
      open = static_cast<int64_t>(d);
    } else if (sizes[d] < 1 || sizes[d] > numel) {
      return false;
    } else if (__builtin_mul_overflow(known, sizes[d], &known)) {
      return false;
    }
  }
  if (open >= 0 && numel % known == 0) (*out)[static_cast<size_t>(open)] = numel / known;
  return open >= 0 ? numel % known == 0 : known == numel;
}

// A number that changes no dtype.
std::optional<double> number_of(const IValue& value) {
  if (value.is_int() || value.is_double()) return value.scalar_as_double();
  if (!value.is_tensor()) return std::nullopt;
  const Tensor tensor = value.to_tensor();
  if (!tensor.defined() || tensor.dim() != 0 || is_complex(tensor.dtype())) return std::nullopt;
  return *to_dtype(tensor, DType::kFloat64).data<double>();
}

// A tensor over the numbers of one dtype; sums and products with float32 stay float32.
Tensor as_single(const IValue& value) {
  if (!value.is_tensor()) return Tensor();
  const Tensor tensor = value.to_tensor();
  if (!tensor.defined() || is_complex(tensor.dtype())) return Tensor();
  if (tensor.dtype() == DType::kFloat64 && tensor.dim() > 0) return Tensor();
  return to_dtype(tensor, DType::kFloat32);
}

AttentionOperand operand_of(const Tensor& matrices) {
  const size_t batch = matrices.sizes().size() - 2;
  const DimsView strides = matrices.strides();
  return {matrices.data<float>(),
          {Dims(batch_of(matrices.sizes()).begin(), batch_of(matrices.sizes()).end()),
           Dims(strides.begin(), strides.begin() + static_cast<ptrdiff_t>(batch))},
          strides[batch],
          strides[batch + 1]};
}

Tensor with_unit_rows(const Tensor& t) { return t.stride(-1) == 1 ? t : t.contiguous(); }

Tensor spread(const Tensor& t, DimsView batch) {
  Dims sizes(batch.begin(), batch.end());
  sizes.push_back(t.size(-2));
  sizes.push_back(t.size(-1));
  return t.expand(sizes);
}

// Turns a recipe into the form that streams.
class Plan {
 public:
  Plan(const AttentionRecipe& recipe, Tensor query, Tensor key, Tensor value)
      : recipe_(recipe), query_(std::move(query)), key_(std::move(key)), value_(std::move(value)) {}

  // False: the steps must be taken one by one. Raises nothing.
  bool make() {
    for (const Tensor* t : {&query_, &key_, &value_}) {
      if (t->dtype() != DType::kFloat32 || t->dim() < 2 || t->numel() == 0) return false;
    }
    return scale_factors() && first_product() && change_scores() && soften() && second_product();
  }

  // After make().
  Tensor compute(const RunContext& context) {
    problem_.batch = numel_of(batch_of(scores_));
    problem_.queries = query_.size(-2);
    problem_.keys = key_.size(-1);
    problem_.dims = query_.size(-1);
    problem_.width = value_.size(-1);
    problem_.factor = static_cast<float>(factor_);
    const Tensor query = spread(with_unit_rows(query_), batch_);
    const Tensor key = spread(key_, batch_).transpose(-2, -1);
    const Tensor value = spread(with_unit_rows(value_), batch_of(scores_));
    problem_.query = operand_of(query);
    problem_.key = operand_of(key);
    problem_.value = operand_of(value);
    Dims sizes(scores_.begin(), scores_.end());
    sizes.back() = problem_.width;
    if (const Tensor turned = turned_copy(sizes); turned.defined()) {
      problem_.out = operand_of(turned.permute(back_));
      attend(context, problem_);
      return recipe_.finish(turned, at_ + 1);
    }
    const Tensor out = empty(sizes, DType::kFloat32);
    problem_.out = operand_of(out);
    attend(context, problem_);
    return recipe_.finish(out, at_);
  }

 private:
  bool more() const { return at_ < recipe_.size(); }
  AttentionStep now() const { return recipe_.what(at_); }
  const IValue& operand(size_t k = 0) const { return recipe_.operand(at_, k); }

  bool scale(bool divide) {
    const auto number = number_of(operand());
    if (number) factor_ = divide ? factor_ / *number : factor_ * *number;
    return number.has_value();
  }

  bool scale_factors() {
    for (; more(); ++at_) {
      const AttentionStep step = now();
      const bool divides = step == AttentionStep::kDiv || step == AttentionStep::kKeyDiv;
      if (!divides && step != AttentionStep::kMul && step != AttentionStep::kKeyMul) return true;
      if (!scale(divides)) return false;
    }
    return false;
  }

  bool first_product() {
    const DimsView queries = batch_of(query_.sizes()), keys = batch_of(key_.sizes());
    if (query_.size(-1) != key_.size(-2)) return false;
    if (now() == AttentionStep::kMatmul) {
      if (!can_broadcast(queries, keys)) return false;
    } else if (query_.dim() != 3 || queries != keys) {
      return false;
    }
    batch_ = broadcast(queries, keys);
    scores_ = batch_;
    scores_.push_back(query_.size(-2));
    scores_.push_back(key_.size(-1));
    if (now() == AttentionStep::kBaddbmm && !add_before_product()) return false;
    ++at_;
    return true;
  }

  bool add_before_product() {
    const IValue &beta = operand(1), &alpha = operand(2);
    if (!operand().is_tensor() || beta.is_tensor() || alpha.is_tensor()) return false;
    const Tensor added = operand().to_tensor();
    const auto times = number_of(beta), factor = number_of(alpha);
    // What zero is multiplied with is not read.
    if (!times || !factor || *times == 0 || added.dtype() != DType::kFloat32) return false;
    factor_ *= *factor;
    return add_mask(operand(), ScoreMask::Kind::kAdd, *times);
  }

  bool change_scores() {
    for (; more(); ++at_) {
      switch (now()) {
        case AttentionStep::kMul:
          if (problem_.masks.empty() && scale(false)) break;
          if (!add_mask(operand(), ScoreMask::Kind::kMultiply, 1)) return false;
          break;
        case AttentionStep::kDiv:
          if (!problem_.masks.empty() || !scale(true)) return false;
          break;
        case AttentionStep::kAdd:
        case AttentionStep::kSub: {
          const auto times = number_of(operand(1));
          const double sign = now() == AttentionStep::kSub ? -1 : 1;
          if (!times || !add_mask(operand(), ScoreMask::Kind::kAdd, sign * *times)) return false;
          break;
        }
        case AttentionStep::kMaskedFill:
        case AttentionStep::kMaskedFillAs:
        case AttentionStep::kWhere:
          if (!fill(now() != AttentionStep::kWhere)) return false;
          break;
        case AttentionStep::kCausal:
          problem_.masks.emplace_back().kind = ScoreMask::Kind::kCausal;
          break;
        case AttentionStep::kTo:
          if (!is_single(operand())) return false;
          break;
        case AttentionStep::kView:
        case AttentionStep::kReshape:
          if (!view_scores()) return false;
          break;
        case AttentionStep::kAsInPlace: break;  // neither shape nor dtype has changed
        default: return true;
      }
    }
    return false;
  }

  bool add_mask(const IValue& value, ScoreMask::Kind kind, double times) {
    const Tensor mask = as_single(value);
    if (!mask.defined()) return false;
    return keep_mask(mask, kind, mask.data<float>(), times, true);
  }

  bool fill(bool where) {
    const auto value = number_of(operand(1));
    if (!value || !operand().is_tensor()) return false;
    if (std::isfinite(*value) && std::abs(*value) > std::numeric_limits<float>::max()) return false;
    const Tensor mask = operand().to_tensor();
    if (!mask.defined() || mask.dtype() != DType::kBool) return false;
    return keep_mask(mask, ScoreMask::Kind::kFill, mask.data<Bool8>(), *value, where);
  }

  bool keep_mask(const Tensor& mask, ScoreMask::Kind kind, const void* data, double value,
                 bool where) {
    if (!spreads_to(mask.sizes(), scores_)) return false;
    kept_.push_back(mask);
    const Tensor all = mask.expand(scores_);
    const size_t batch = scores_.size() - 2;
    ScoreMask& made = problem_.masks.emplace_back();
    made.kind = kind;
    made.data = data;
    made.batch.sizes.assign(scores_.begin(), scores_.end() - 2);
    made.batch.strides.assign(all.strides().begin(), all.strides().end() - 2);
    made.row_step = all.strides()[batch];
    made.column_step = all.strides()[batch + 1];
    made.where = where;
    made.value = static_cast<float>(value);
    return true;
  }

  // The batch may be spread over other dims; rows and columns stay.
  bool view_scores() {
    Dims sizes;
    if (!resolve_sizes(recipe_.ints(at_), numel_of(scores_), &sizes) || sizes.size() < 2) {
      return false;
    }
    if (sizes.back() != scores_.back() || sizes[sizes.size() - 2] != scores_[scores_.size() - 2]) {
      return false;
    }
    scores_ = sizes;
    return true;
  }

  bool soften() {
    problem_.safe = now() == AttentionStep::kSafeSoftmax;
    if (!problem_.safe && now() != AttentionStep::kSoftmax) return false;
    if (!operand().is_int()) return false;
    const auto rank = static_cast<int64_t>(scores_.size());
    const int64_t dim = operand().to_int();
    if (dim != -1 && dim != rank - 1) return false;
    if (!operand(1).is_none() && !is_single(operand(1))) return false;
    for (++at_; more(); ++at_) {
      if (now() == AttentionStep::kTo && is_single(operand())) continue;
      if (now() != AttentionStep::kTypeAs) return true;
    }
    return false;
  }

  static bool is_single(const IValue& dtype) {
    return dtype.is_int() && dtype.to_int() == static_cast<int>(DType::kFloat32);
  }

  bool second_product() {
    const DimsView values = batch_of(value_.sizes()), batch = batch_of(scores_);
    if (value_.size(-2) != scores_.back()) return false;
    if (now() == AttentionStep::kMatmul) {
      if (!spreads_to(values, batch)) return false;
    } else if (now() != AttentionStep::kBmm || value_.dim() != 3 || values != batch) {
      return false;
    }
    ++at_;
    return true;
  }

  // A program that turns the result and then copies it gets the copy at once: memory for the turned
  // result. Undefined where nothing would be copied.
  Tensor turned_copy(DimsView sizes) {
    if (at_ + 1 >= recipe_.size() || !find_order(sizes.size())) return Tensor();
    Dims turned, strides;
    const Dims plain = contiguous_strides(sizes);
    for (const int64_t d : order_) {
      turned.push_back(sizes[static_cast<size_t>(d)]);
      strides.push_back(plain[static_cast<size_t>(d)]);
    }
    if (recipe_.what(at_ + 1) == AttentionStep::kContiguous) {
      if (is_contiguous(turned, strides)) return Tensor();
    } else {
      Dims view;
      const std::optional<Dims> wanted = sizes_of_copy(turned);
      if (!wanted || view_strides(turned, strides, *wanted, &view)) return Tensor();
    }
    return empty(turned, DType::kFloat32);
  }

  // What the step after the turn makes of these sizes, when it may copy.
  std::optional<Dims> sizes_of_copy(DimsView turned) const {
    Dims sizes;
    if (recipe_.what(at_ + 1) == AttentionStep::kReshape) {
      const bool fits = resolve_sizes(recipe_.ints(at_ + 1), numel_of(turned), &sizes);
      return fits ? std::optional(sizes) : std::nullopt;
    }
    if (recipe_.what(at_ + 1) != AttentionStep::kFlatten) return std::nullopt;
    const auto rank = static_cast<int64_t>(turned.size());
    int64_t first = recipe_.operand(at_ + 1).to_int(), last = recipe_.operand(at_ + 1, 1).to_int();
    first += first < 0 ? rank : 0;
    last += last < 0 ? rank : 0;
    if (first < 0 || first > last || last >= rank) return std::nullopt;
    for (int64_t d = 0; d < rank; ++d) {
      const int64_t size = turned[static_cast<size_t>(d)];
      if (d > first && d <= last) {
        sizes.back() *= size;
      } else {
        sizes.push_back(size);
      }
    }
    return sizes;
  }

  // Where the dims of the turned result come from, and the way back; rows stay whole.
  bool find_order(size_t rank) {
    const auto dims = static_cast<int64_t>(rank);
    order_.clear();
    if (now() == AttentionStep::kPermute) {
      order_ = recipe_.ints(at_);
    } else if (now() == AttentionStep::kTranspose) {
      for (int64_t d = 0; d < dims; ++d) order_.push_back(d);
      const int64_t a = operand().to_int(), b = operand(1).to_int();
      if (a < -dims || a >= dims || b < -dims || b >= dims) return false;
      std::swap(order_[static_cast<size_t>((a + dims) % dims)],
                order_[static_cast<size_t>((b + dims) % dims)]);
    }
    if (order_.size() != rank) return false;
    back_.assign(rank, -1);
    for (size_t d = 0; d < rank; ++d) {
      if (order_[d] < -dims || order_[d] >= dims) return false;
      order_[d] = (order_[d] + dims) % dims;
      back_[static_cast<size_t>(order_[d])] = static_cast<int64_t>(d);
    }
    return order_.back() == dims - 1 && std::find(back_.begin(), back_.end(), -1) == back_.end();
  }

  const AttentionRecipe& recipe_;
  Tensor query_, key_, value_;
  size_t at_ = 0;  // the step that is looked at
  double factor_ = 1;
  Dims batch_;                // of the first product
  Dims scores_;               // sizes, as the steps change them
  std::vector<Tensor> kept_;  // what masks point to
  Dims order_, back_;
  AttentionProblem problem_{};
};

}  // namespace

void attention(OpCall& call) {
  const Tensor query = call.tensor(0), key = call.tensor(1), value = call.tensor(2);
  const AttentionRecipe recipe(call, 3);
  Plan plan(recipe, query, key, value);
  call.ret(plan.make() ? plan.compute(call.context()) : recipe.run(query, key, value));
}

}  // namespace temper
