// What passes believe of operators, tried on simple arguments: results are new unless the schema or
// a property says otherwise, arguments stay as they were unless they are written, and deterministic
// operators repeat themselves.

#include <gtest/gtest.h>

#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/value/containers.h"
#include "kernels/ops/registry.h"
#include "passes/constants.h"
#include "passes/pass.h"

namespace temper {
namespace {

struct Choice {
  DType dtype;
  Dims sizes;
  int64_t integer;
  double number;
  bool boolean;
};

Tensor sample(const Choice& choice) {
  const Tensor t = empty(choice.sizes, DType::kFloat32);
  for (int64_t i = 0; i < t.numel(); ++i)
    t.data<float>()[i] = static_cast<float>(i % 3) / 2 + 0.25f;
  return to_dtype(t, choice.dtype);
}

// False when no simple value of this type is known.
bool make_value(const TypePtr& type, const Choice& choice, IValue* value) {
  switch (type->kind()) {
    case TypeKind::kTensor: return *value = IValue(sample(choice)), true;
    case TypeKind::kInt: return *value = IValue(choice.integer), true;
    case TypeKind::kFloat:
    case TypeKind::kNumber: return *value = IValue(choice.number), true;
    case TypeKind::kBool: return *value = IValue(choice.boolean), true;
    case TypeKind::kOptional: return *value = IValue(), true;
    case TypeKind::kList: {
      const TypePtr& element = type->expect<WrapperType>().element();
      IValue item;
      if (!make_value(element, choice, &item)) return false;
      std::vector<IValue> items(element->kind() == TypeKind::kTensor ? 2 : choice.sizes.size(),
                                item);
      return *value = make_list(element, std::move(items)), true;
    }
    default: return false;
  }
}

void collect(const IValue& value, std::vector<Tensor>* tensors) {
  if (value.is_tensor() && value.to_tensor().defined()) tensors->push_back(value.to_tensor());
  if (value.is_list()) {
    for (const IValue& item : value.to_list().items) collect(item, tensors);
  }
}

std::vector<std::byte> bytes_of(const std::vector<Tensor>& tensors) {
  std::vector<std::byte> bytes;
  for (const Tensor& t : tensors) {
    bytes.insert(bytes.end(), t.storage()->data(), t.storage()->data() + t.storage()->size());
  }
  return bytes;
}

bool says_alias(const OpDef& op) {
  if (op.may_alias() || op.has(kMayReturnInput) || op.has(kViewOp)) return true;
  for (const Argument& result : op.schema().returns) {
    // New containers may hold what the arguments are.
    if (has_type_vars(result.type) || result.type->kind() == TypeKind::kList) return true;
  }
  return false;
}

bool same_results(const std::vector<IValue>& a, const std::vector<IValue>& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    const bool comparable = !a[i].is_dict() && a[i].tag() != Tag::kGenerator;
    if (comparable && !same_constant(a[i], b[i])) return false;
  }
  return true;
}

// What is wrong with one call; "" when nothing is, or when the operator refuses the arguments.
std::string try_call(const OpDef& op, const Choice& choice, bool defaults, int* calls) {
  std::vector<IValue> inputs;
  for (const Argument& argument : op.schema().arguments) {
    IValue value;
    if (defaults && argument.default_value) {
      value = *argument.default_value;
    } else if (!make_value(argument.type, choice, &value)) {
      return "";
    }
    inputs.push_back(std::move(value));
  }
  std::vector<Tensor> given;
  for (const IValue& input : inputs) collect(input, &given);
  const std::vector<std::byte> before = bytes_of(given);
  const OpRegistry none;
  const PassContext context(none);
  std::vector<IValue> results, again;
  try {
    results = evaluate_operator(context, op, inputs);
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kInternal ? "fails a check: " + error.message() : "";
  }
  ++*calls;
  if (bytes_of(given) != before) return "writes an argument";
  std::vector<Tensor> made;
  for (const IValue& result : results) collect(result, &made);
  for (const Tensor& result : made) {
    for (const Tensor& input : given) {
      const bool shared = result.storage() == input.storage() && input.numel() > 0;
      if (shared && !says_alias(op)) return "returns its argument's memory";
    }
  }
  if (!op.pure()) return "";
  again = evaluate_operator(context, op, inputs);
  return same_results(results, again) ? "" : "answers differently the second time";
}

const OpDef* current = nullptr;

// An operator that ends the process would leave no trace of its name.
void name_culprit(int) {
  std::fprintf(stderr, "the process ended in %s\n",
               current ? current->key().c_str() : "no operator");
  std::_Exit(1);
}

TEST(Promises, OperatorsDoWhatTheirRowsSay) {
  std::signal(SIGABRT, name_culprit);
  std::signal(SIGSEGV, name_culprit);
  std::signal(SIGFPE, name_culprit);
  OpRegistry ops;
  add_all_operators(ops);
  seal_operators(ops);
  int calls = 0;
  for (const OpDef* op : ops.all()) {
    if (!op->kernel() || op->writes() || op->has(kSideEffect)) continue;
    bool wrong = false;
    current = op;
    for (const DType dtype : {DType::kFloat32, DType::kInt64, DType::kBool}) {
      for (const Dims& sizes : {Dims{2, 2}, Dims{4}, Dims{1, 2, 3, 3}, Dims{}}) {
        for (const int64_t integer : {0, 1, 2}) {
          for (const bool flag : {false, true}) {
            if (wrong) continue;
            const Choice choice{dtype, sizes, integer, integer * 0.5, flag};
            const std::string trouble = try_call(*op, choice, flag, &calls);
            wrong = !trouble.empty();
            EXPECT_EQ(trouble, "") << op->schema().text();
          }
        }
      }
    }
  }
  EXPECT_GT(calls, 1000);
}

}  // namespace
}  // namespace temper
