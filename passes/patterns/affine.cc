#include "passes/patterns/affine.h"

#include <algorithm>
#include <cmath>

#include "passes/constants.h"

namespace temper {

using ir::Node;
using ir::Value;

namespace {

// Factors and shifts that weights keep their digits under.
constexpr double kLargest = 1e15;

using Numbers = std::optional<std::vector<double>>;

// What a fixed operand adds to, or multiplies, each channel with.
Numbers channel_numbers(const Value* operand, const ChannelPlace& place, int64_t* longest) {
  const IValue* constant = constant_of(operand);
  if (!constant) return std::nullopt;
  const auto count = static_cast<size_t>(place.channels);
  if (constant->is_int() || constant->is_double()) {
    return std::vector<double>(count, constant->scalar_as_double());
  }
  if (!constant->is_tensor() || !constant->to_tensor().defined()) return std::nullopt;
  const Tensor t = constant->to_tensor();
  if (t.impl()->quant || is_complex(t.dtype())) return std::nullopt;
  if (t.dim() > 0 && is_floating(t.dtype()) && t.dtype() != place.dtype) return std::nullopt;
  const int64_t at = t.dim() - 1 - place.trailing;
  for (int64_t d = 0; d < t.dim(); ++d) {
    if (t.size(d) != 1 && (d != at || t.size(d) != place.channels)) return std::nullopt;
  }
  *longest = std::max(*longest, t.dim());
  const Tensor wide = to_dtype(t, DType::kFloat64).contiguous();
  if (t.numel() == 1) return std::vector<double>(count, *wide.data<double>());
  return std::vector<double>(wide.data<double>(), wide.data<double>() + count);
}

std::optional<double> factor_of(const Node& node) {
  if (node.inputs().size() < 3) return 1;
  const IValue* alpha = constant_of(node.input(2));
  if (!alpha || !(alpha->is_int() || alpha->is_double())) return std::nullopt;
  return alpha->scalar_as_double();
}

}  // namespace

void Affine::then(const Affine& next) {
  for (size_t i = 0; i < scale.size(); ++i) {
    scale[i] *= next.scale[i];
    shift[i] = shift[i] * next.scale[i] + next.shift[i];
  }
}

bool Affine::scales() const {
  return std::any_of(scale.begin(), scale.end(), [](double v) { return v != 1; });
}

bool Affine::shifts() const {
  return std::any_of(shift.begin(), shift.end(), [](double v) { return v != 0; });
}

bool Affine::finite() const {
  const auto fine = [](double v) {
    return v == 0 || (std::abs(v) < kLargest && std::abs(v) > 1 / kLargest);
  };
  return std::all_of(scale.begin(), scale.end(), fine) &&
         std::all_of(shift.begin(), shift.end(), [](double v) { return std::abs(v) < kLargest; });
}

AffineReader::AffineReader(const OpRegistry& ops) : batch_norm_(ops.find("aten::batch_norm")) {
  constexpr std::pair<const char*, Kind> kNames[] = {
      {"aten::add", Kind::kAdd}, {"aten::sub", Kind::kSub}, {"aten::rsub", Kind::kReverseSub},
      {"aten::mul", Kind::kMul}, {"aten::div", Kind::kDiv}, {"aten::true_divide", Kind::kDiv},
  };
  for (const auto& [name, kind] : kNames) {
    for (const char* overload : {".Tensor", ".Scalar"}) {
      kinds_.emplace_back(ops.find(str_cat(name, overload)), kind);
    }
  }
}

AffineReader::Kind AffineReader::kind_of(const Node& node) const {
  for (const auto& [op, kind] : kinds_) {
    if (node.op() && node.op() == op) return kind;
  }
  return Kind::kNone;
}

std::optional<Affine> AffineReader::read(const Node& node, const Value* x,
                                         const ChannelPlace& place, int64_t* longest) const {
  const Kind kind = kind_of(node);
  if (kind == Kind::kNone || (node.input(0) == x) == (node.input(1) == x)) return std::nullopt;
  const bool first = node.input(0) == x;
  int64_t dims = 0;
  const Numbers numbers = channel_numbers(node.input(first ? 1 : 0), place, &dims);
  const std::optional<double> factor = factor_of(node);
  if (!numbers || !factor) return std::nullopt;
  // x plus or minus what the factor multiplies, unless it multiplies x.
  double of_x = 1, of_numbers = 1;
  if (kind == Kind::kAdd) (first ? of_numbers : of_x) = *factor;
  if (kind == Kind::kSub) (first ? of_numbers : of_x) = -*factor;
  if (kind == Kind::kReverseSub) (first ? of_x : of_numbers) = -*factor;
  Affine affine(place.channels);
  for (size_t i = 0; i < numbers->size(); ++i) {
    const double number = (*numbers)[i];
    switch (kind) {
      case Kind::kMul: affine.scale[i] = number; break;
      case Kind::kDiv:
        if (!first || number == 0) return std::nullopt;
        affine.scale[i] = 1 / number;
        break;
      default: affine.scale[i] = of_x; affine.shift[i] = of_numbers * number;
    }
  }
  *longest = std::max(*longest, dims);
  return affine;
}

std::optional<Affine> AffineReader::read_norm(const Node& node, int64_t channels,
                                              DType dtype) const {
  if (node.op() != batch_norm_) return std::nullopt;
  const IValue* training = constant_of(node.input(5));
  const IValue* eps = constant_of(node.input(7));
  if (!training || training->to_bool() || !eps) return std::nullopt;
  std::vector<double> values[4];  // weight, bias, mean, variance
  for (size_t i = 0; i < 4; ++i) {
    const IValue* value = constant_of(node.input(i + 1));
    const bool absent =
        value && (value->is_none() || (value->is_tensor() && !value->to_tensor().defined()));
    if (!value || (absent && i >= 2)) return std::nullopt;
    values[i].assign(static_cast<size_t>(channels), i == 0 ? 1 : 0);
    if (absent) continue;
    const Tensor t = value->to_tensor();
    if (t.dim() != 1 || t.size(0) != channels || t.dtype() != dtype) return std::nullopt;
    const Tensor wide = to_dtype(t, DType::kFloat64).contiguous();
    std::copy_n(wide.data<double>(), channels, values[i].begin());
  }
  Affine affine(channels);
  for (size_t i = 0; i < affine.scale.size(); ++i) {
    affine.scale[i] = values[0][i] / std::sqrt(values[3][i] + eps->to_double());
    affine.shift[i] = values[1][i] - values[2][i] * affine.scale[i];
  }
  return affine;
}

}  // namespace temper
