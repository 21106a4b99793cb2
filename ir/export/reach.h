#pragma once
// What of a program its root needs: classes, functions and, on request, only the attributes and
// methods that somebody uses.

#include <map>
#include <set>
#include <string>

#include "ir/export/export.h"

namespace temper::ir {

class Reach {
 public:
  // With `prune`, modules keep the methods that are called and the attributes that are read or
  // stored; the root keeps all methods but those that save and restore it, and its hooks.
  Reach(const Module& module, GraphOf graph_of, bool prune);

  const std::map<std::string, TypePtr>& types() const { return types_; }  // with a definition
  const std::map<std::string, ScriptFunction*>& functions() const { return functions_; }
  const Graph& graph(ScriptFunction& function);
  bool keeps_attribute(const ClassType& type, const std::string& name) const;
  bool keeps_method(const ClassType& type, std::string_view name) const;
  bool keeps_hooks(const ClassType& type) const;

 private:
  bool whole(const ClassType& type) const { return !prune_ || !type.is_module(); }
  void add_root();
  void add_type(const TypePtr& type);
  void add_class(const ClassType& type);
  void add_schema(const Schema& schema);
  void add_method(const ClassType& type, std::string_view name);
  void add_attribute(const ClassType& type, const std::string& name);
  void add_all_attributes(const ClassType& type);
  void add_value(const IValue& value);
  void add_object(const ObjectValue& object);
  void scan(ScriptFunction& function);
  void scan(const Block& block);
  void scan(const Node& node);
  void scan_access(const Node& node);
  void scan_call(const Node& node);
  void add_implementations();

  const Module& module_;
  const GraphOf graph_of_;
  const bool prune_;
  bool changed_ = false;
  std::map<std::string, TypePtr> types_;
  std::map<std::string, ScriptFunction*> functions_;
  std::map<ScriptFunction*, std::shared_ptr<Graph>> graphs_;
  std::set<std::pair<const ClassType*, std::string>> attributes_;
  std::set<std::pair<const ClassType*, std::string>> methods_;
  std::set<std::string> interface_calls_;
  std::set<const RefCounted*> walked_;  // values of this round
};

}  // namespace temper::ir
