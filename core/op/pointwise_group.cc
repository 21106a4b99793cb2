#include "core/op/pointwise_group.h"

#include <algorithm>
#include <bit>

#include "core/base/error.h"

namespace temper {
namespace {

bool is_plain_number(const std::optional<IValue>& value) {
  return value && (value->is_int() || value->is_double());
}

// Puts the expressions of the parts together. Equal nodes are one node.
class Composer {
 public:
  Composer(absl::Span<const std::optional<IValue>> constants, const std::vector<GroupPart>& parts)
      : constants_(constants),
        rule_(std::make_unique<PointwiseRule>(DTypeRule::kPromote)),
        inputs_(constants.size(), -1) {
    for (const GroupPart& part : parts) add(part);
    if (parts.back().op->pointwise()->dtypes == DTypeRule::kBool) rule_->dtypes = DTypeRule::kBool;
    keep_what_counts(results_.back());
  }

  std::unique_ptr<PointwiseRule> take() { return std::move(rule_); }

 private:
  void add(const GroupPart& part) {
    const PointwiseRule& rule = *part.op->pointwise();
    std::vector<int> ids;
    for (const ScalarNode& node : rule.expression.nodes) {
      switch (node.kind) {
        case ScalarNode::Kind::kInput: {
          const PointwiseRule::Input& input = rule.inputs[static_cast<size_t>(node.input)];
          const bool counts = input.promotes || rule.dtypes == DTypeRule::kFirst;
          ids.push_back(source(part.arguments[static_cast<size_t>(input.argument)], counts));
          break;
        }
        case ScalarNode::Kind::kConstant: ids.push_back(constant(node.constant)); break;
        case ScalarNode::Kind::kCall: ids.push_back(call(node, ids)); break;
      }
    }
    results_.push_back(ids.back());
  }

  int source(int from, bool promotes) {
    const auto count = static_cast<int>(constants_.size());
    if (from >= count) return results_[static_cast<size_t>(from - count)];
    int& input = inputs_[static_cast<size_t>(from)];
    if (input < 0) {
      input = static_cast<int>(rule_->inputs.size());
      rule_->inputs.push_back({from, false});
      rule_->expression.inputs.push_back(str_cat("a", from));
    }
    rule_->inputs[static_cast<size_t>(input)].promotes |= promotes;
    const std::optional<IValue>& value = constants_[static_cast<size_t>(from)];
    if (is_plain_number(value)) return constant(value->scalar_as_double());
    ScalarNode node{ScalarNode::Kind::kInput};
    node.input = input;
    return unique(node);
  }

  int constant(double value) {
    ScalarNode node{ScalarNode::Kind::kConstant};
    node.constant = value;
    return unique(node);
  }

  bool is_one(int id) const {
    const ScalarNode& node = nodes()[static_cast<size_t>(id)];
    return node.kind == ScalarNode::Kind::kConstant && node.constant == 1;
  }

  // Factors of one, which every sum of the language has, are left out: x * 1 is x.
  int call(ScalarNode node, const std::vector<int>& ids) {
    for (int& arg : node.args) {
      if (arg >= 0) arg = ids[static_cast<size_t>(arg)];
    }
    const bool sum = node.fn == ScalarFn::k_muladd, difference = node.fn == ScalarFn::k_mulsub;
    if ((sum || difference) && (is_one(node.args[1]) || is_one(node.args[2]))) {
      if (is_one(node.args[1])) node.args[1] = node.args[2];
      node.args[2] = -1;
      node.fn = sum ? ScalarFn::k_add : ScalarFn::k_sub;
    }
    if (node.fn == ScalarFn::k_mul && is_one(node.args[1])) return node.args[0];
    if (node.fn == ScalarFn::k_mul && is_one(node.args[0])) return node.args[1];
    return unique(node);
  }

  static bool same(const ScalarNode& a, const ScalarNode& b) {
    return a.kind == b.kind && a.fn == b.fn && a.input == b.input &&
           std::bit_cast<uint64_t>(a.constant) == std::bit_cast<uint64_t>(b.constant) &&
           std::equal(std::begin(a.args), std::end(a.args), std::begin(b.args));
  }

  int unique(const ScalarNode& node) {
    auto& all = nodes();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const ScalarNode& other) { return same(node, other); });
    if (found != all.end()) return static_cast<int>(found - all.begin());
    all.push_back(node);
    return static_cast<int>(all.size()) - 1;
  }

  // Drops nodes that the result does not need; what it needs comes before it.
  void keep_what_counts(int result) {
    auto& all = nodes();
    std::vector<int> place(all.size(), -1);
    place[static_cast<size_t>(result)] = 0;
    for (size_t i = all.size(); i-- > 0;) {
      if (place[i] < 0) continue;
      for (const int arg : all[i].args) {
        if (arg >= 0) place[static_cast<size_t>(arg)] = 0;
      }
    }
    std::vector<ScalarNode> kept;
    for (size_t i = 0; i < all.size(); ++i) {
      if (place[i] < 0) continue;
      place[i] = static_cast<int>(kept.size());
      ScalarNode& node = kept.emplace_back(all[i]);
      for (int& arg : node.args) {
        if (arg >= 0) arg = place[static_cast<size_t>(arg)];
      }
    }
    all = std::move(kept);
  }

  std::vector<ScalarNode>& nodes() { return rule_->expression.nodes; }
  const std::vector<ScalarNode>& nodes() const { return rule_->expression.nodes; }

  absl::Span<const std::optional<IValue>> constants_;
  std::unique_ptr<PointwiseRule> rule_;
  std::vector<int> inputs_;   // of the group: which input of the expression, -1 when not used yet
  std::vector<int> results_;  // of the parts: which node
};

}  // namespace

bool PointwiseGroup::takes(const OpDef& op) {
  if (!op.group_kernel() || op.schema().returns.size() != 1 || op.writes()) return false;
  const Refusals& refusals = op.pointwise()->refusals;
  return ((refusals[0].kinds | refusals[1].kinds) & kReals) == 0;  // groups compute on floats
}

// The expression carries truth values as 0 and 1, which are right where a tensor of another dtype
// decides the common one.
bool PointwiseGroup::joins(const OpDef& producer, const OpDef& consumer, size_t index) {
  if (producer.pointwise()->dtypes != DTypeRule::kBool) return true;
  const PointwiseRule& rule = *consumer.pointwise();
  if (rule.dtypes == DTypeRule::kFirst) return false;
  return std::none_of(rule.inputs.begin(), rule.inputs.end(),
                      [&](const PointwiseRule::Input& input) {
                        return input.promotes && input.argument == static_cast<int>(index);
                      });
}

std::unique_ptr<const OpDef> PointwiseGroup::make(absl::Span<const std::optional<IValue>> constants,
                                                  std::vector<GroupPart> parts) {
  TEMPER_CHECK(!parts.empty());
  auto group = std::make_unique<OpDef>();
  group->schema_.name = "temper::pointwise_group";
  for (size_t i = 0; i < constants.size(); ++i) {
    Argument argument;
    argument.name = str_cat("a", i);
    argument.type = Type::any();
    group->schema_.arguments.push_back(std::move(argument));
  }
  Argument result;
  result.type = Type::tensor();
  group->schema_.returns.push_back(std::move(result));
  group->kernel_ = parts.back().op->group_kernel();
  group->pointwise_ = Composer(constants, parts).take();
  group->parts_ = std::move(parts);
  return group;
}

}  // namespace temper
