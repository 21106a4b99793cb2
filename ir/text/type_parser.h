#pragma once
// Types of IR texts, in the IR syntax ("int[]?") or as annotations ("Optional[List[int]]").

#include <map>
#include <string>

#include "core/value/class_type.h"
#include "ir/text/cursor.h"
#include "ir/text/text.h"

namespace temper::ir {

// What the names of one text mean. Without a NameSource every unknown name stands for a class, enum
// or function made up for this text, so that any text can be read and tested.
class TextNames {
 public:
  explicit TextNames(const NameSource* source) : source_(source) {}
  // A class, interface, enum or NamedTuple; null when the source does not know it.
  TypePtr find_type(const std::string& name);
  TypePtr find_enum(const std::string& name);
  IValue enum_member(const EnumType& type, const std::string& member);  // None: no such member
  IValue find_function(const std::string& name);
  // Classes that this text made up take attributes as they are used.
  void note_attribute(const TypePtr& type, const std::string& name, const TypePtr& attribute);

 private:
  const NameSource* source_;
  std::map<std::string, Ref<ClassType>> classes_;
  std::map<std::string, TypePtr> enums_;
  std::map<std::string, IValue> members_;
  std::map<std::string, IValue> functions_;
};

class TypeParser {
 public:
  TypeParser(Cursor* cursor, TextNames* names) : cursor_(*cursor), names_(*names) {}
  TypePtr parse();

 private:
  TypePtr parse_base();
  TypePtr parse_named(std::string_view word);
  TypePtr parse_parameters(std::string_view word);
  TypePtr parse_tensor(int dtype, bool unranked);
  TypePtr parse_named_tuple();
  std::vector<TypePtr> parse_list(std::string_view close);
  std::vector<int64_t> parse_dims();
  void parse_tensor_fields(TensorType::Known* known);
  void skip_default();

  Cursor& cursor_;
  TextNames& names_;
  int depth_ = 0;
};

}  // namespace temper::ir
