#pragma once
// A loaded program: the root object and its code.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/containers.h"
#include "ir/module/compilation_unit.h"

namespace temper::ir {

// Classes without code, packed parameters of quantized layers say: an object's one slot is the
// state that the archive holds.
inline constexpr std::string_view kNativeClasses = "__torch__.torch.classes.";

// A member of the archive that a program came from, without the archive's folder.
struct SourceMember {
  std::string name;  // "code/__torch__/m.py", "extra/notes.txt"
  std::string content;
};

class Module {
 public:
  using SourceReader = std::function<std::vector<SourceMember>()>;

  Module(std::shared_ptr<CompilationUnit> unit, Ref<ObjectValue> root)
      : unit_(std::move(unit)), root_(std::move(root)) {}
  ~Module();

  CompilationUnit& unit() const { return *unit_; }
  const Ref<ObjectValue>& root() const { return root_; }
  const ClassType& type() const { return *root_->type; }
  ScriptFunction* find_method(std::string_view name) const;  // of the root; null when absent
  std::vector<ScriptFunction*> methods() const;
  // The program as it was loaded, read again on each call; empty when it did not come from a file.
  std::vector<SourceMember> source() const;
  void set_source(SourceReader reader) { source_ = std::move(reader); }

 private:
  std::shared_ptr<CompilationUnit> unit_;  // destroyed after root_
  Ref<ObjectValue> root_;
  SourceReader source_;
};

}  // namespace temper::ir
