#pragma once
// Which attributes of a model's objects no method ever writes: those are constants of its graphs.

#include <functional>
#include <memory>
#include <set>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "core/value/containers.h"
#include "ir/module/module.h"

namespace temper {

struct PassContext;

// A slot of an object that a graph reaches from its first input by reading attributes.
struct AttributeRead {
  ir::Node* node;  // the kGetAttr
  const ObjectValue* object;
  int slot;
};

// Every read of an attribute whose object is known because the graph's first input is `self`,
// bodies of forks included, outer objects first. `steps_into` says whether the object held in a
// slot may be taken for known.
std::vector<AttributeRead> known_reads(
    const ir::Graph& graph, const ObjectValue& self,
    const std::function<bool(const ObjectValue&, int slot)>& steps_into);

class AttributeFacts {
 public:
  // `methods`: the graphs of all methods that anybody may call on `self`, calls inlined.
  AttributeFacts(const ObjectValue& self, absl::Span<const std::shared_ptr<ir::Graph>> methods);

  // No method stores to the slot or writes in place what it holds.
  bool is_constant(const ObjectValue& object, int slot) const;

 private:
  void collect_stores(const ir::Block& block);
  void collect_writes(ir::Graph& graph, const ObjectValue& self);
  bool stored(const ObjectValue& object, int slot) const;

  bool unknown_code_ = false;  // objects reach code that is not in sight
  std::set<std::pair<const ClassType*, std::string>> stored_;
  std::set<std::pair<const ObjectValue*, int>> written_;
  std::unordered_set<const Storage*> written_storages_;
};

// Of the root object and all its methods.
std::unique_ptr<const AttributeFacts> find_constant_attributes(const ir::Module& module,
                                                               const OpRegistry& ops);
// The same when nobody calls the other methods; `context` bounds how far calls are seen through.
std::unique_ptr<const AttributeFacts> find_constant_attributes(
    const ir::Module& module, absl::Span<ir::ScriptFunction* const> methods, PassContext& context);

}  // namespace temper
