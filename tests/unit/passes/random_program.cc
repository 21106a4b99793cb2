#include "tests/unit/passes/random_program.h"

namespace temper {
namespace {

const char* const kTypes[] = {"int",   "bool",     "float",         "Tensor",
                              "int[]", "Tensor[]", "(Tensor, int)", "Tensor?"};

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

}  // namespace

std::vector<RandomProgram::Row> RandomProgram::rows() {
  return {
      {"aten::add", "aten::add.int", {"int", "int"}, "int"},
      {"aten::sub", "aten::sub.int", {"int", "int"}, "int"},
      {"aten::remainder", "aten::remainder.int", {"int", "int"}, "int"},
      {"aten::floordiv", "aten::floordiv.int", {"int", "int"}, "int"},
      {"aten::neg", "aten::neg.int", {"int"}, "int"},
      {"aten::lt", "aten::lt.int", {"int", "int"}, "bool"},
      {"aten::eq", "aten::eq.int", {"int", "int"}, "bool"},
      {"aten::__not__", "aten::__not__", {"bool"}, "bool"},
      {"aten::__and__", "aten::__and__.bool", {"bool", "bool"}, "bool"},
      {"aten::__or__", "aten::__or__.bool", {"bool", "bool"}, "bool"},
      {"aten::add", "aten::add.float", {"float", "float"}, "float"},
      {"aten::mul", "aten::mul.float", {"float", "float"}, "float"},
      {"aten::gt", "aten::gt.float", {"float", "float"}, "bool"},
      {"aten::len", "aten::len.t", {"int[]"}, "int"},
      {"aten::len", "aten::len.t", {"Tensor[]"}, "int"},
      {"aten::append", "aten::append.t", {"int[]", "int"}, "int[]"},
      {"aten::append", "aten::append.t", {"Tensor[]", "Tensor"}, "Tensor[]"},
      {"aten::extend", "aten::extend.t", {"Tensor[]", "Tensor[]"}, ""},
      {"aten::add", "aten::add.t", {"Tensor[]", "Tensor[]"}, "Tensor[]"},
      {"aten::pop", "aten::pop.t", {"int[]", "int"}, "int"},
      {"aten::__getitem__", "aten::__getitem__.t", {"int[]", "int"}, "int"},
      {"aten::__getitem__", "aten::__getitem__.t", {"Tensor[]", "int"}, "Tensor"},
      {"aten::_set_item", "aten::_set_item.t", {"Tensor[]", "int", "Tensor"}, "Tensor[]"},
      {"aten::neg", "aten::neg", {"Tensor"}, "Tensor"},
      {"aten::abs", "aten::abs", {"Tensor"}, "Tensor"},
      {"aten::relu", "aten::relu", {"Tensor"}, "Tensor"},
      {"aten::sigmoid", "aten::sigmoid", {"Tensor"}, "Tensor"},
      {"aten::mul", "aten::mul.Tensor", {"Tensor", "Tensor"}, "Tensor"},
      {"aten::mul", "aten::mul.Scalar", {"Tensor", "int"}, "Tensor"},
      {"aten::maximum", "aten::maximum", {"Tensor", "Tensor"}, "Tensor"},
      {"aten::add", "aten::add.Scalar", {"Tensor", "int", "int"}, "Tensor"},
      {"aten::neg_", "aten::neg_", {"Tensor"}, "Tensor"},
      {"aten::relu_", "aten::relu_", {"Tensor"}, "Tensor"},
      {"aten::add_", "aten::add_.Scalar", {"Tensor", "int", "int"}, "Tensor"},
      {"aten::copy_", "aten::copy_", {"Tensor", "Tensor", "bool"}, "Tensor"},
      {"aten::t", "aten::t", {"Tensor"}, "Tensor"},
      {"aten::detach", "aten::detach", {"Tensor"}, "Tensor"},
      {"aten::numpy_T", "aten::numpy_T", {"Tensor"}, "Tensor"},
      {"aten::dim", "aten::dim", {"Tensor"}, "int"},
      {"aten::size", "aten::size", {"Tensor"}, "int[]"},
      {"aten::Bool", "aten::Bool.int", {"int"}, "bool"},
      {"aten::Int", "aten::Int.float", {"float"}, "int"},
  };
}

RandomProgram::RandomProgram(const OpRegistry& ops, uint32_t seed) : random_(seed) {
  for (Row& row : rows()) {
    const OpDef* op = ops.find(row.key);
    if (op && (op->kernel() || op->scalar() != ScalarCode::kNone)) rows_.push_back(std::move(row));
  }
}

void RandomProgram::line(const std::string& text) {
  text_ += std::string(static_cast<size_t>(level_) * 2, ' ') + text + "\n";
}

std::string RandomProgram::make(const std::string& type) {
  const std::string name = fresh();
  const std::string head = name + " : " + type + " = ";
  if (type == "int") {
    line(head + "prim::Constant[value=" + std::to_string(static_cast<int>(below(5)) - 1) + "]()");
  } else if (type == "bool") {
    line(head + "prim::Constant[value=" + std::to_string(below(2)) + "]()");
  } else if (type == "float") {
    line(head + "prim::Constant[value=" + std::to_string(below(7)) + ".5]()");
  } else if (type == "int[]" || type == "Tensor[]") {
    std::vector<std::string> items;
    for (uint32_t i = below(4); i > 0; --i) items.push_back(pick(type.substr(0, type.size() - 2)));
    line(head + "prim::ListConstruct(" + joined(items) + ")");
  } else if (type == "(Tensor, int)") {
    const std::string tensor = pick("Tensor");
    line(head + "prim::TupleConstruct(" + tensor + ", " + pick("int") + ")");
  } else if (type == "Tensor?") {
    line(head + (below(2) ? "prim::Constant()" : "prim::unchecked_cast(" + pick("Tensor") + ")"));
  } else {
    return pick("Tensor");
  }
  declare(name, type);
  return name;
}

std::string RandomProgram::pick(const std::string& type) {
  const std::vector<std::string>& names = scope_[type];
  const bool constant = (type == "int" || type == "bool" || type == "float") && below(4) == 0;
  if (names.empty() || constant) return make(type);
  // Recent values are likelier, so that programs have depth.
  const size_t n = names.size();
  return names[below(2) ? n - 1 - below(static_cast<uint32_t>(std::min<size_t>(n, 3)))
                        : below(static_cast<uint32_t>(n))];
}

void RandomProgram::operation() {
  const Row& row = rows_[below(static_cast<uint32_t>(rows_.size()))];
  std::vector<std::string> inputs;
  for (const std::string& type : row.inputs) inputs.push_back(pick(type));
  const std::string call = std::string(row.name) + "(" + joined(inputs) + ")";
  if (row.output.empty()) return line(" = " + call);
  const std::string name = fresh();
  line(name + " : " + row.output + " = " + call);
  declare(name, row.output);
}

void RandomProgram::construct() { make(kTypes[below(std::size(kTypes))]); }

void RandomProgram::take_apart() {
  const std::string a = fresh();
  if (below(2)) {
    const std::string b = fresh();
    const std::string tuple = pick("(Tensor, int)");
    line(a + " : Tensor, " + b + " : int = prim::TupleUnpack(" + tuple + ")");
    declare(a, "Tensor");
    declare(b, "int");
  } else {
    const std::string none = fresh();
    const std::string optional = pick("Tensor?");
    line(none + " : NoneType = prim::Constant()");
    line(a + " : bool = aten::__isnot__(" + optional + ", " + none + ")");
    declare(a, "bool");
  }
}

void RandomProgram::branch(int depth) {
  const std::string condition = pick("bool");
  std::vector<std::string> types, names, head;
  for (uint32_t i = below(4); i > 0; --i) {
    types.push_back(kTypes[below(std::size(kTypes))]);
    names.push_back(fresh());
    head.push_back(names.back() + " : " + types.back());
  }
  line(joined(head) + " = prim::If(" + condition + ")");
  for (int block = 0; block < 2; ++block) {
    const Scope saved = scope_;
    ++level_;
    line("block" + std::to_string(block) + "():");
    ++level_;
    statements(static_cast<int>(below(4)), depth + 1);
    std::vector<std::string> outputs;
    for (const std::string& type : types) outputs.push_back(pick(type));
    line("-> (" + joined(outputs) + ")");
    level_ -= 2;
    scope_ = saved;
  }
  for (size_t i = 0; i < types.size(); ++i) declare(names[i], types[i]);
}

void RandomProgram::loop(int depth) {
  const std::string trips = fresh();
  line(trips + " : int = prim::Constant[value=" + std::to_string(below(4)) + "]()");
  const std::string condition = pick("bool");
  std::vector<std::string> types, names, head, initial, params;
  const std::string iteration = fresh();
  params.push_back(iteration + " : int");
  for (uint32_t i = below(4); i > 0; --i) {
    types.push_back(kTypes[below(std::size(kTypes))]);
    initial.push_back(pick(types.back()));
    names.push_back(fresh());
    head.push_back(names.back() + " : " + types.back());
  }
  std::vector<std::string> inside;
  for (const std::string& type : types) {
    inside.push_back(fresh());
    params.push_back(inside.back() + " : " + type);
  }
  std::vector<std::string> inputs = {trips, condition};
  inputs.insert(inputs.end(), initial.begin(), initial.end());
  line(joined(head) + " = prim::Loop(" + joined(inputs) + ")");
  const Scope saved = scope_;
  ++level_;
  line("block0(" + joined(params) + "):");
  ++level_;
  declare(iteration, "int");
  for (size_t i = 0; i < types.size(); ++i) declare(inside[i], types[i]);
  statements(1 + static_cast<int>(below(4)), depth + 1);
  std::vector<std::string> outputs = {pick("bool")};
  for (const std::string& type : types) outputs.push_back(pick(type));
  line("-> (" + joined(outputs) + ")");
  level_ -= 2;
  scope_ = saved;
  for (size_t i = 0; i < types.size(); ++i) declare(names[i], types[i]);
}

void RandomProgram::statement(int depth) {
  const uint32_t choice = below(20);
  if (choice == 0 && depth < 3) return branch(depth);
  if (choice == 1 && depth < 3) return loop(depth);
  if (choice == 2) return construct();
  if (choice == 3) return take_apart();
  if (choice == 4) return line(" = prim::Print(" + pick(below(2) ? "int" : "bool") + ")");
  operation();
}

void RandomProgram::statements(int count, int depth) {
  for (int i = 0; i < count; ++i) statement(depth);
}

std::string RandomProgram::text() {
  text_ =
      "graph(%x : Tensor, %y : Tensor, %n : int, %b : bool, %f : float, %l : int[], "
      "%tl : Tensor[]):\n";
  scope_ = {{"Tensor", {"%x", "%y"}}, {"int", {"%n"}},   {"bool", {"%b"}},
            {"float", {"%f"}},        {"int[]", {"%l"}}, {"Tensor[]", {"%tl"}}};
  statements(4 + static_cast<int>(below(24)), 0);
  std::vector<std::string> outputs;
  std::vector<std::string> types;
  for (uint32_t i = 1 + below(5); i > 0; --i) {
    types.push_back(kTypes[below(std::size(kTypes))]);
    outputs.push_back(pick(types.back()));
  }
  line("%result : (" + joined(types) + ") = prim::TupleConstruct(" + joined(outputs) + ")");
  return text_ + "  return (%result)\n";
}

}  // namespace temper
