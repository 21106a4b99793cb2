#pragma once
// SSA form of a function. A Graph owns its blocks, nodes and values; raw pointers to them are valid
// until the graph dies (destroyed nodes stay allocated, unlinked). Not synchronised.
//
// Laws (checked by verifier.h): every value has one producer; inputs dominate their uses; block
// outputs match the outputs of their If/Loop; a kOp node's types fit its schema.

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/types/span.h"
#include "core/op/op_def.h"
#include "core/value/ivalue.h"
#include "core/value/type.h"

namespace temper::ir {

class Graph;
class Block;
class Node;

enum class Kind : uint8_t {
  kOp,  // an operator with a schema: Node::op()
  kConstant,
  kParam,
  kReturn,
  kIf,
  kLoop,
  kFork,
  kPointwiseGroup,  // attribute Subgraph: point-wise operators that run as one
  kListConstruct,
  kDictConstruct,
  kTupleConstruct,
  kListUnpack,
  kTupleUnpack,
  kTupleIndex,
  kTupleSlice,
  kGetAttr,
  kSetAttr,
  kCreateObject,
  kCallMethod,
  kCallFunction,
  kIsInstance,
  kUncheckedCast,
  kUninitialized,
  kRaiseException,
  kPrint,
  kFormat,
  kToList,
  kEnter,
  kExit,
  kEnumName,
  kEnumValue,
  kModuleContainerIndex,
  kWarn,
};
// "prim::If"; kOp answers nothing here: its name is in the schema.
std::string_view kind_name(Kind kind);

// Where a node came from, in the source text that was loaded.
class SourceText;  // ir/script/source.h
struct SourceRange {
  std::shared_ptr<const SourceText> text;
  uint32_t begin = 0;
  uint32_t end = 0;
};

struct Use {
  Node* node;
  uint32_t index;
};

class Value {
 public:
  Node* node() const { return node_; }  // the producer; block inputs belong to their kParam node
  uint32_t index() const { return index_; }
  const TypePtr& type() const { return type_; }
  void set_type(TypePtr type) { type_ = std::move(type); }
  const std::string& name() const { return name_; }  // empty: print the id
  // Takes the name; a previous owner in the graph is renamed "base.N". Characters other than
  // letters, digits and "_.$" become "_"; a name of digits alone is refused.
  void set_name(std::string_view name);
  uint32_t id() const { return id_; }
  // For readers of text: `id` must be free in the graph; see Graph::reserve_ids.
  void set_id(uint32_t id) { id_ = id; }
  const std::vector<Use>& uses() const { return uses_; }
  void replace_all_uses_with(Value* other);

 private:
  friend class Graph;
  friend class Node;
  friend class Block;
  friend struct GraphTestAccess;  // breaks laws that the interface keeps
  Node* node_ = nullptr;
  uint32_t index_ = 0;
  uint32_t id_ = 0;
  TypePtr type_;
  std::string name_;
  std::vector<Use> uses_;
};

using AttributeValue = std::variant<IValue, TypePtr, std::vector<TypePtr>, std::shared_ptr<Graph>>;

class Node {
 public:
  Kind kind() const { return kind_; }
  bool is(Kind kind) const { return kind_ == kind; }
  const OpDef* op() const { return op_; }  // null unless kOp
  std::string kind_text() const;           // "aten::add", "prim::If"
  Graph* graph() const { return graph_; }
  Block* block() const { return block_; }  // null when detached

  absl::Span<Value* const> inputs() const { return inputs_; }
  absl::Span<Value* const> outputs() const { return outputs_; }
  Value* input(size_t i) const { return inputs_[i]; }
  Value* output(size_t i = 0) const { return outputs_[i]; }
  Value* add_input(Value* value);
  void set_input(size_t i, Value* value);
  void insert_input(size_t i, Value* value);
  void remove_input(size_t i);
  void remove_all_inputs();
  Value* add_output(TypePtr type);
  void remove_output(size_t i);  // must be unused

  absl::Span<Block* const> blocks() const { return blocks_; }
  Block* block_at(size_t i) const { return blocks_[i]; }
  Block* add_block();

  // Attributes by name, in insertion order: value, name, types, beg, end, Subgraph...
  bool has_attribute(std::string_view name) const;
  const AttributeValue& attribute(std::string_view name) const;
  void set_attribute(std::string_view name, AttributeValue value);
  const std::vector<std::pair<std::string, AttributeValue>>& attributes() const {
    return attributes_;
  }
  const IValue& value() const;      // of a kConstant
  const std::string& name() const;  // attribute "name" (GetAttr, CallMethod...)
  int64_t int_attribute(std::string_view name) const;

  const SourceRange& range() const { return range_; }
  void set_range(SourceRange range) { range_ = std::move(range); }

  Node* next() const { return next_; }
  Node* prev() const { return prev_; }
  // Placement in a block; a detached node must be placed before it is used.
  void insert_before(Node* other);
  void insert_after(Node* other);
  void move_before(Node* other);
  // Unlinks and drops inputs, attributes and nested nodes; outputs must be unused.
  void destroy();

 private:
  friend class Graph;
  friend class Block;
  friend class Value;
  void unlink();
  Kind kind_ = Kind::kOp;
  const OpDef* op_ = nullptr;
  Graph* graph_ = nullptr;
  Block* block_ = nullptr;
  Node* next_ = nullptr;
  Node* prev_ = nullptr;
  std::vector<Value*> inputs_;
  std::vector<Value*> outputs_;
  std::vector<Block*> blocks_;
  std::vector<std::pair<std::string, AttributeValue>> attributes_;
  SourceRange range_;
};

// A list of nodes between a kParam node (whose outputs are the block's inputs) and a kReturn node
// (whose inputs are the block's outputs). Iterate: for (Node* n = b->first(); n != b->ret(); ...)
class Block {
 public:
  Graph* graph() const { return graph_; }
  Node* owner() const { return owner_; }  // null for the top block
  Node* param() const { return param_; }
  Node* ret() const { return return_; }
  Node* first() const;
  absl::Span<Value* const> inputs() const;
  absl::Span<Value* const> outputs() const;
  Value* add_input(TypePtr type, std::string_view name = "");
  size_t add_output(Value* value);
  void append(Node* node);
  void prepend(Node* node);
  bool empty() const { return first() == return_; }

  // Nodes without param and return. Destroying the current node while iterating is allowed.
  class Iterator {
   public:
    explicit Iterator(Node* node) : node_(node), next_(node->next()) {}
    Node* operator*() const { return node_; }
    Iterator& operator++() {
      node_ = next_;
      next_ = node_->next();
      return *this;
    }
    bool operator!=(const Iterator& other) const { return node_ != other.node_; }

   private:
    Node* node_;
    Node* next_;
  };
  Iterator begin() const;
  Iterator end() const;

 private:
  friend class Graph;
  friend class Node;
  Graph* graph_ = nullptr;
  Node* owner_ = nullptr;
  Node* param_ = nullptr;
  Node* return_ = nullptr;
};

class Graph {
 public:
  Graph();
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  Block* block() const { return top_; }
  absl::Span<Value* const> inputs() const { return top_->inputs(); }
  absl::Span<Value* const> outputs() const { return top_->outputs(); }
  Value* add_input(TypePtr type, std::string_view name = "") {
    return top_->add_input(std::move(type), name);
  }

  // Detached nodes without outputs.
  Node* create(Kind kind, absl::Span<Value* const> inputs = {});
  // One output per schema return, typed by `outputs`.
  Node* create_op(const OpDef* op, absl::Span<Value* const> inputs,
                  absl::Span<const TypePtr> outputs);
  Node* create_constant(IValue value, TypePtr type);

  // Where insert() puts nodes: before this node.
  Node* insert_point() const { return insert_before_; }
  void set_insert_point(Node* before) { insert_before_ = before; }
  void set_insert_point(Block* block) { insert_before_ = block->ret(); }
  Node* insert(Node* node);
  Value* insert_constant(IValue value, TypePtr type);

  // New values get ids from `first` on.
  void reserve_ids(uint32_t first) { next_id_ = std::max(next_id_, first); }

  // A deep copy with the same names, ids and types; subgraphs are copied too.
  std::shared_ptr<Graph> clone() const;
  // Copies the nodes of `source` before the insert point with `arguments` for its inputs; returns
  // the copies of its outputs. `source` may be another graph.
  std::vector<Value*> inline_graph(const Graph& source, absl::Span<Value* const> arguments);
  std::vector<Value*> inline_block(const Block& source, absl::Span<Value* const> arguments);

 private:
  friend class Node;
  friend class Value;
  friend class Block;
  Block* new_block(Node* owner);
  Value* new_value(Node* node, uint32_t index, TypePtr type);
  struct Names;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<std::unique_ptr<Value>> values_;
  std::unique_ptr<Names> names_;
  uint32_t next_id_ = 0;
  Block* top_ = nullptr;
  Node* insert_before_ = nullptr;
};

// Sets the insert point for a scope.
class InsertScope {
 public:
  InsertScope(Graph* graph, Node* before) : graph_(graph), saved_(graph->insert_point()) {
    graph->set_insert_point(before);
  }
  ~InsertScope() { graph_->set_insert_point(saved_); }

 private:
  Graph* graph_;
  Node* saved_;
};

}  // namespace temper::ir
