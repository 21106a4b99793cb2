// A group must give what its parts give one after the other: values, dtype, shape, strides, errors.

#include "core/op/pointwise_group.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

#include "tests/unit/kernels/call.h"

namespace temper {
namespace {

constexpr const char* kOps[] = {
    "aten::add.Tensor",  "aten::sub.Tensor", "aten::mul.Tensor", "aten::mul.Scalar",
    "aten::div.Tensor",  "aten::relu",       "aten::sigmoid",    "aten::neg",
    "aten::gt.Scalar",   "aten::where.self", "aten::abs",        "aten::leaky_relu",
    "aten::rsub.Scalar", "aten::add.Scalar", "temper::clamp",    "aten::silu",
    "aten::maximum",     "aten::eq.Tensor",  "aten::sqrt",       "temper::gelu",
};

class Groups : public ::testing::Test {
 protected:
  void SetUp() override {
    add_all_operators(registry_);
    seal_operators(registry_);
  }

  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

  Tensor tensor(bool uniform) {
    static const Dims kShapes[] = {{3, 4}, {4}, {1, 4}, {}, {3, 1}, {3, 4}, {2, 3, 4}, {0}, {8000}};
    const Dims& shape = kShapes[uniform ? 0 : pick(9)];
    constexpr DType kTypes[] = {DType::kFloat32, DType::kFloat32, DType::kFloat32, DType::kFloat64,
                                DType::kInt64,   DType::kBool,    DType::kFloat16};
    const DType dtype = uniform ? DType::kFloat32 : kTypes[pick(7)];
    Tensor t = empty(shape, DType::kFloat64);
    for (int64_t i = 0; i < t.numel(); ++i) t.data<double>()[i] = pick(9) * 0.75 - 3;
    t = to_dtype(t, dtype);
    if (shape.size() >= 2 && pick(3) == 0) t = t.transpose(-1, -2).contiguous().transpose(-1, -2);
    return t;
  }

  IValue number() {
    switch (pick(4)) {
      case 0: return IValue(int64_t{1});
      case 1: return IValue(int64_t{2});
      case 2: return IValue(1.0);
      default: return IValue(0.3);
    }
  }

  // Every part but the last feeds a later one, as in groups that the pass makes.
  void make(bool uniform) {
    do {
      draw(uniform);
    } while (!all_used());
  }

  bool all_used() const {
    std::vector<bool> used(arguments_.size() + parts_.size(), false);
    for (const GroupPart& part : parts_) {
      for (const int from : part.arguments) used[static_cast<size_t>(from)] = true;
    }
    used.back() = true;
    return std::find(used.begin(), used.end(), false) == used.end();
  }

  // A group over `arguments_` whose parts use earlier parts where they may.
  void draw(bool uniform) {
    arguments_.clear();
    parts_.clear();
    std::vector<std::pair<const OpDef*, std::vector<int>>> drafts;
    const int count = 2 + pick(4);
    for (int p = 0; p < count; ++p) {
      const OpDef* op = registry_.find(kOps[pick(std::size(kOps))]);
      std::vector<int> from;
      for (size_t a = 0; a < op->schema().arguments.size(); ++a) {
        const bool is_tensor = op->schema().arguments[a].type->kind() == TypeKind::kTensor;
        const bool first = op->schema().arguments[a].name == "condition";
        std::vector<int> producers;
        for (int q = 0; is_tensor && q < p; ++q) {
          const bool truth =
              drafts[static_cast<size_t>(q)].first->pointwise()->dtypes == DTypeRule::kBool;
          if (first == truth &&
              PointwiseGroup::joins(*drafts[static_cast<size_t>(q)].first, *op, a)) {
            producers.push_back(q);
          }
        }
        if (!producers.empty() && (pick(3) > 0 || p + 1 == count)) {
          from.push_back(-1 - producers[static_cast<size_t>(pick(int(producers.size())))]);
          continue;
        }
        from.push_back(static_cast<int>(arguments_.size()));
        Tensor t = tensor(uniform);
        arguments_.push_back(!is_tensor ? number() : first ? to_dtype(t, DType::kBool) : IValue(t));
      }
      drafts.emplace_back(op, from);
    }
    for (auto& [op, from] : drafts) {
      for (int& f : from) {
        if (f < 0) f = static_cast<int>(arguments_.size()) - 1 - f;
      }
      parts_.push_back({op, from});
    }
  }

  IValue call(const OpDef& op, std::vector<IValue> values) {
    std::vector<Register> from(values.size());
    for (size_t i = 0; i < from.size(); ++i) from[i] = static_cast<Register>(i);
    const auto to = static_cast<Register>(values.size());
    values.emplace_back();
    OpCall call(op, context_, values.data(), from.data(), from.size(), &to, 1);
    op.kernel()(call);
    return values.back();
  }

  IValue one_by_one() {
    std::vector<IValue> values = arguments_;
    for (const GroupPart& part : parts_) {
      std::vector<IValue> inputs;
      for (const int from : part.arguments) inputs.push_back(values[static_cast<size_t>(from)]);
      values.push_back(call(*part.op, inputs));
    }
    return values.back();
  }

  IValue as_group(bool constants_known) {
    std::vector<std::optional<IValue>> constants;
    for (const IValue& argument : arguments_) {
      const bool known = constants_known && !argument.is_tensor();
      constants.push_back(known ? std::optional(argument) : std::nullopt);
    }
    return call(*PointwiseGroup::make(constants, parts_), arguments_);
  }

  std::string describe() const {
    std::string text;
    for (const GroupPart& part : parts_) {
      text += part.op->key() + "(";
      for (const int from : part.arguments) text += str_cat(" ", from);
      text += " )\n";
    }
    for (size_t i = 0; i < arguments_.size(); ++i) {
      text += str_cat(i, ": ");
      if (arguments_[i].is_tensor()) {
        const Tensor t = arguments_[i].to_tensor();
        text += str_cat(dtype_name(t.dtype()), " ", to_string(t.sizes()));
      }
      text += "\n";
    }
    return text;
  }

  OpRegistry registry_;
  RunContext context_;
  std::mt19937 random_{3};
  std::vector<IValue> arguments_;
  std::vector<GroupPart> parts_;
};

// What a call gives, or the message of its error.
template <class Call>
std::pair<Tensor, std::string> outcome(Call call) {
  try {
    return {call().to_tensor(), ""};
  } catch (const Error& error) {
    return {Tensor(), std::string(error.message())};
  }
}

void expect_same(const Tensor& got, const Tensor& want) {
  ASSERT_EQ(got.dtype(), want.dtype());
  ASSERT_EQ(got.sizes(), want.sizes());
  EXPECT_EQ(got.strides(), want.strides());
  const Tensor a = to_dtype(got, DType::kFloat64).contiguous();
  const Tensor b = to_dtype(want, DType::kFloat64).contiguous();
  for (int64_t i = 0; i < a.numel(); ++i) {
    const double x = a.data<double>()[i], y = b.data<double>()[i];
    ASSERT_TRUE(x == y || (std::isnan(x) && std::isnan(y))) << x << " is not " << y;
  }
}

TEST_F(Groups, GiveWhatTheirPartsGive) {
  int fused = 0;
  for (int round = 0; round < 6000; ++round) {
    make(round % 2 == 0);
    const auto [want, error] = outcome([&] { return one_by_one(); });
    for (const bool known : {false, true}) {
      const auto [got, other_error] = outcome([&] { return as_group(known); });
      SCOPED_TRACE(describe());
      ASSERT_EQ(other_error, error);
      if (error.empty()) expect_same(got, want);
    }
    fused += error.empty();
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(fused, 2000);
}

TEST_F(Groups, LeaveOutFactorsOfOne) {
  const OpDef* add = registry_.find("aten::add.Tensor");
  const std::optional<IValue> constants[] = {std::nullopt, std::nullopt, IValue(int64_t{1})};
  const auto group = PointwiseGroup::make(constants, {{add, {0, 1, 2}}});
  ASSERT_EQ(group->pointwise()->expression.nodes.size(), 3u);
  EXPECT_EQ(group->pointwise()->expression.nodes.back().fn, ScalarFn::k_add);
}

}  // namespace
}  // namespace temper
