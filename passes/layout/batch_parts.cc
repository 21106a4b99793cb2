// Convolutional regions run some images of the batch at a time: what one layer gives is then still
// in the cache when the next one reads it. The region becomes a loop over parts of its input; how
// many parts, the input decides when it comes (temper::split_batch), and one part costs nothing.

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "core/value/containers.h"
#include "passes/analysis/alias.h"
#include "passes/constants.h"
#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

// Of one image of a value: channels, and pixels for each pixel of the region's input.
struct Image {
  double channels = 0, pixels = 0;
  double elements() const { return channels * pixels; }
};

const IValue* constant_argument(const Node& node, std::string_view name) {
  const int index = node.op() ? node.op()->schema().find_argument(name) : -1;
  return index < 0 ? nullptr : constant_of(node.input(static_cast<size_t>(index)));
}

bool has_argument(const Node& node, std::string_view name) {
  return node.op()->schema().find_argument(name) >= 0;
}

// The product of a list of two spatial sizes, or of one that stands for both; 0 when not known.
double product_of(const IValue* sizes) {
  if (!sizes || !sizes->is_list()) return 0;
  double product = 1;
  for (const IValue& size : sizes->to_list().items) {
    if (!size.is_int()) return 0;
    product *= static_cast<double>(size.to_int());
  }
  return sizes->to_list().items.size() == 1 ? product * product : product;
}

// Pixels of the result for each pixel of the first argument.
double scale_of(const Node& node) {
  if (has_argument(node, "output_size")) return 0;  // few, whatever comes
  if (!has_argument(node, "stride")) return 1;
  double stride = product_of(constant_argument(node, "stride"));
  const IValue* given = constant_argument(node, "stride");
  if (given && given->is_list() && given->to_list().items.empty()) {
    stride = product_of(constant_argument(node, "kernel_size"));
  }
  const IValue* transposed = constant_argument(node, "transposed");
  if (transposed && transposed->to_bool()) return stride;
  return stride > 0 ? 1 / stride : 1;
}

// What one image cannot be broadcast from as the whole batch was.
bool has_batch(const IValue& constant) {
  if (!constant.is_tensor() || !constant.to_tensor().defined()) return false;
  const Tensor tensor = constant.to_tensor();
  return tensor.dim() > 4 || (tensor.dim() == 4 && tensor.size(0) != 1);
}

bool is_number(const Value& value) {
  const TypeKind kind = value.type()->kind();
  return kind == TypeKind::kInt || kind == TypeKind::kFloat || kind == TypeKind::kBool;
}

class BatchParts {
 public:
  BatchParts(const OpRegistry& ops, Graph& graph)
      : conv_(ops.find("temper::conv")),
        split_(ops.find("temper::split_batch")),
        join_(ops.find("temper::join_batch")),
        length_(ops.find("aten::len.t")),
        element_(ops.find("aten::__getitem__.t")),
        append_(ops.find("aten::append.t")),
        graph_(graph),
        alias_(graph) {}

  bool run() {
    collect(*graph_.block());
    for (const Region& region : regions_) replace(region);
    return !regions_.empty();
  }

 private:
  struct Region {
    Value* input;
    double channels = 0, live = 0;  // of the input; elements at once for each of the input's
    std::vector<Node*> members{};
    size_t last = 0;  // the place of the last member
  };

  static constexpr size_t kFewestConvolutions = 4;

  void collect(const Block& block) {
    std::vector<Node*> nodes;
    for (Node* node : block) {
      // The loops that this pass makes hold their regions already.
      if (!is_own_loop(*node)) {
        for (const Block* inner : node->blocks()) collect(*inner);
      }
      nodes.push_back(node);
    }
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (!starts(*nodes[i])) continue;
      std::optional<Region> region = grow(nodes, i);
      if (!region) continue;
      i = region->last;
      regions_.push_back(std::move(*region));
    }
  }

  bool is_own_loop(const Node& node) const {
    return node.is(Kind::kLoop) && node.input(0)->node()->op() == length_ &&
           node.input(0)->node()->input(0)->node()->op() == split_;
  }

  bool is_convolution(const Node& node) const {
    const IValue* weight = constant_argument(node, "weight");
    return node.op() == conv_ && weight && weight->is_tensor() && weight->to_tensor().dim() == 4;
  }

  // Channels that a convolution takes or gives.
  static double channels_of(const Node& node, bool given) {
    const Tensor weight = constant_argument(node, "weight")->to_tensor();
    const IValue* groups = constant_argument(node, "groups");
    const IValue* transposed = constant_argument(node, "transposed");
    const bool first = transposed && transposed->to_bool() ? !given : given;
    const double grouped = groups ? static_cast<double>(groups->to_int()) : 1;
    return first ? static_cast<double>(weight.size(0))
                 : static_cast<double>(weight.size(1)) * grouped;
  }

  bool starts(const Node& node) { return is_convolution(node) && may_move(node); }

  bool may_move(const Node& node) {
    return !alias_->writes(&node) && !alias_->has_writers(node.output()) &&
           !alias_->has_written_inputs(&node);
  }

  // Nodes from `first` on that follow from one image of its input each. Ends where one value leaves
  // that is no smaller than half of the widest one: joining small parts costs little, and smaller
  // images fit into the cache by themselves.
  std::optional<Region> grow(const std::vector<Node*>& nodes, size_t first) {
    Region region{nodes[first]->input(0), channels_of(*nodes[first], false)};
    images_ = {{region.input, {region.channels, 1}}};
    std::unordered_set<const Node*> inside;
    std::optional<Region> best;
    size_t convolutions = 0, open = 0;  // uses of members' values by others so far
    double widest = 0;
    for (size_t i = first; i < nodes.size(); ++i) {
      Node* node = nodes[i];
      if (!takes(*node)) {
        if (reads_inside(*node, region.input)) break;
        continue;
      }
      const Image image = image_of(*node);
      double live = image.elements();
      for (const Value* input : node->inputs()) {
        const auto found = images_.find(input);
        if (found == images_.end()) continue;
        live += found->second.elements();
        if (input != region.input) --open;
      }
      images_.emplace(node->output(), image);
      open += node->output()->uses().size();
      convolutions += is_convolution(*node);
      widest = std::max(widest, image.elements());
      region.live = std::max(region.live, live / region.channels);
      region.members.push_back(node);
      region.last = i;
      const bool alone = open == node->output()->uses().size();
      if (alone && convolutions >= kFewestConvolutions && !node->is(Kind::kListConstruct) &&
          image.elements() * 2 >= widest) {
        best = region;
      }
    }
    return best;
  }

  bool reads_inside(const Node& node, const Value* input) const {
    return std::any_of(node.inputs().begin(), node.inputs().end(), [&](const Value* value) {
      return value != input && images_.count(value) != 0;
    });
  }

  bool takes(const Node& node) {
    if (node.outputs().size() != 1 || !node.blocks().empty()) return false;
    const bool list = node.is(Kind::kListConstruct);
    const bool pointwise =
        node.is(Kind::kPointwiseGroup) || (node.op() && node.op()->pointwise() != nullptr);
    const bool batchwise = node.op() && node.op()->has(kBatchWise);
    if (!list && !pointwise && !batchwise) return false;
    if (!list && node.output()->type()->kind() != TypeKind::kTensor) return false;
    bool any = false;
    for (size_t i = 0; i < node.inputs().size(); ++i) {
      const Value* input = node.input(i);
      if (images_.count(input)) {
        any = true;
        if (batchwise && !takes_images(node, i)) return false;
      } else if (const IValue* constant = constant_of(input)) {
        if (list || (!is_parameter(node, i, batchwise) && has_batch(*constant))) return false;
      } else if (list || !is_number(*input)) {
        return false;
      }
    }
    return any && (!batchwise || keeps_batch(node)) && may_move(node);
  }

  static bool is_residual(const Node& node, size_t i) {
    return static_cast<int>(i) == node.op()->schema().find_argument("residual");
  }
  static bool takes_images(const Node& node, size_t i) { return i == 0 || is_residual(node, i); }
  static bool is_parameter(const Node& node, size_t i, bool batchwise) {
    return batchwise && i > 0 && !is_residual(node, i);
  }

  // Arguments that decide whether images stay apart.
  static bool keeps_batch(const Node& node) {
    if (has_argument(node, "dim")) {
      const IValue* dim = constant_argument(node, "dim");
      if (!dim || !dim->is_int() || dim->to_int() % 4 == 0) return false;
    }
    if (!has_argument(node, "training")) return true;
    const IValue* training = constant_argument(node, "training");
    return training && training->is_bool() && !training->to_bool();
  }

  Image image_of(const Node& node) const {
    Image image;
    for (const Value* input : node.inputs()) {
      const auto found = images_.find(input);
      if (found == images_.end()) continue;
      image.pixels = std::max(image.pixels, found->second.pixels);
      image.channels = node.is(Kind::kListConstruct)
                           ? image.channels + found->second.channels
                           : std::max(image.channels, found->second.channels);
    }
    if (!node.op() || !node.op()->has(kBatchWise)) return image;
    image = images_.at(node.input(0));
    image.pixels *= scale_of(node);
    if (is_convolution(node)) image.channels = channels_of(node, true);
    return image;
  }

  void replace(const Region& region) {
    // Of the first one now: what it was may have gone into the loop of another region.
    Value* const input = region.members.front()->input(0);
    Node* end = region.members.back();
    const TypePtr tensor = Type::tensor();
    const TypePtr tensors = list_of(tensor);
    ir::InsertScope scope(&graph_, end->next());
    const auto put = [&](const OpDef* op, absl::Span<Value* const> inputs, const TypePtr& type) {
      Node* node = graph_.insert(graph_.create_op(op, inputs, {type}));
      node->set_range(end->range());
      return node->output();
    };
    Value* channels =
        graph_.insert_constant(IValue(static_cast<int64_t>(region.channels)), Type::integer());
    Value* live = graph_.insert_constant(IValue(region.live), Type::floating());
    Value* always = graph_.insert_constant(IValue(true), Type::boolean());
    Value* pieces = put(split_, {input, channels, live}, tensors);
    Value* count = put(length_, {pieces}, Type::integer());
    Value* done = graph_.insert(graph_.create(Kind::kListConstruct))->add_output(tensors);
    Node* loop = graph_.insert(graph_.create(Kind::kLoop, {count, always}));
    loop->set_range(end->range());
    Value* joined = put(join_, {done}, end->output()->type());
    end->output()->replace_all_uses_with(joined);

    Block* body = loop->add_block();
    Value* index = body->add_input(Type::integer());
    graph_.set_insert_point(body);
    Value* piece = put(element_, {pieces, index}, tensor);
    for (Node* member : region.members) {
      member->move_before(body->ret());
      for (size_t i = 0; i < member->inputs().size(); ++i) {
        if (member->input(i) == input) member->set_input(i, piece);
      }
    }
    put(append_, {done, end->output()}, tensors);
    body->add_output(always);
  }

  const OpDef *conv_, *split_, *join_, *length_, *element_, *append_;
  Graph& graph_;
  LazyAlias alias_;
  std::vector<Region> regions_;
  std::unordered_map<const Value*, Image> images_;  // of the region that grows
};

}  // namespace

bool part_batches(PassContext& context, Graph& graph) {
  const bool inner =
      visit_subgraphs(*graph.block(), [&](Graph& body) { return part_batches(context, body); });
  return BatchParts(context.ops, graph).run() || inner;
}

}  // namespace temper
