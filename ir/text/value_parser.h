#pragma once
// Values of constants and attributes; private to the IR text.

#include <map>

#include "core/value/containers.h"
#include "ir/text/type_parser.h"

namespace temper::ir {

class ValueParser {
 public:
  ValueParser(Cursor* cursor, TextNames* names)
      : cursor_(*cursor), names_(*names), types_(cursor, names) {}
  // `type` is what is declared; Any when nothing is.
  IValue parse(const TypePtr& type);
  std::string parse_string();

 private:
  IValue parse_number(const TypePtr& type);
  IValue parse_annotated(const TypePtr& declared);
  IValue parse_list(const TypePtr& type);
  IValue parse_dict(const TypePtr& type);
  IValue parse_tuple(const TypePtr& type);
  IValue parse_word(const TypePtr& type);
  IValue parse_angle(const TypePtr& type);
  IValue parse_object();

  Cursor& cursor_;
  TextNames& names_;
  TypeParser types_;
  std::map<std::string, IValue> objects_;
  int depth_ = 0;
};

}  // namespace temper::ir
