#pragma once
// Random IR programs of scalars, lists, tuples, tensors and control flow, for differential tests.

#include <map>
#include <random>
#include <string>
#include <vector>

#include "core/op/op_def.h"

namespace temper {

class RandomProgram {
 public:
  // Uses only operators that the registry implements.
  RandomProgram(const OpRegistry& ops, uint32_t seed);
  // A graph of the inputs %x, %y : Tensor, %n : int, %b : bool, %f : float, %l : int[],
  // %tl : Tensor[], that returns some of its values.
  std::string text();

 private:
  using Scope = std::map<std::string, std::vector<std::string>>;  // type -> names

  struct Row {
    const char* name;
    const char* key;  // the overload that must be implemented
    std::vector<std::string> inputs;
    std::string output;
  };
  static std::vector<Row> rows();

  uint32_t below(uint32_t n) { return random_() % n; }
  std::string fresh() { return "%v" + std::to_string(++names_); }
  void line(const std::string& text);
  std::string pick(const std::string& type);  // makes one when there is none
  std::string make(const std::string& type);
  void declare(const std::string& name, const std::string& type) { scope_[type].push_back(name); }

  void statements(int count, int depth);
  void statement(int depth);
  void operation();
  void construct();
  void take_apart();
  void branch(int depth);
  void loop(int depth);

  std::mt19937 random_;
  std::vector<Row> rows_;
  Scope scope_;
  std::string text_;
  int level_ = 1;
  int names_ = 0;
};

}  // namespace temper
