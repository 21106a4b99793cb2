#pragma once
// What temper knows of an operator: its schema, how it behaves (what passes ask), and how it is
// computed (a kernel, a scalar expression, or a TorchScript function of the prelude).

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/types/span.h"
#include "core/op/op_call.h"
#include "core/op/scalar_expr.h"
#include "core/value/schema.h"

namespace temper {

// Scalar instructions that the interpreter and the JIT run natively. i: int64, f: double, b: bool.
enum class ScalarCode : uint8_t {
  kNone,
  kAddI,
  kSubI,
  kMulI,
  kFloorDivI,
  kRemainderI,
  kNegI,
  kDivI,  // kDivI: int / int -> float
  kEqI,
  kNeI,
  kLtI,
  kLeI,
  kGtI,
  kGeI,
  kAndI,
  kOrI,
  kXorI,
  kShlI,
  kShrI,
  kMinI,
  kMaxI,
  kAbsI,
  kAddF,
  kSubF,
  kMulF,
  kDivF,
  kNegF,
  kEqF,
  kNeF,
  kLtF,
  kLeF,
  kGtF,
  kGeF,
  kNotB,
  kAndB,
  kOrB,
  kEqB,
  kNeB,
  kIntToFloat,
  kFloatToInt,
  kBoolToInt,
  kIntToBool,
  kFloatToBool,
};

// How the dtype of a point-wise result follows from those of its arguments (PyTorch's categories).
enum class DTypeRule : uint8_t {
  kPromote,           // promotion of all tensor and scalar arguments
  kPromoteFloat,      // the same, integers become the default float type
  kBool,              // compute in the promoted type, store bool
  kFirst,             // the first tensor's dtype
  kPromoteReal,       // promotion; complex arguments give the real type (abs, angle)
  kPromoteRealFloat,  // kPromoteReal, integers become the default float type
  kPromoteNoBool,     // promotion; bool becomes int64 (bitwise shifts, sums)
};

enum ElementKind : uint8_t { kBooleans = 1, kIntegers = 2, kReals = 4, kComplexes = 8 };

// Kinds of elements that an operator turns away though its expression could take them, and how its
// error says so: a name that is "not implemented for" the dtype, or a text (with a blank in it).
struct Refusal {
  uint8_t kinds = 0;
  const char* words = nullptr;  // null: the operator's name and "_cpu"
  bool any = false;             // of any argument, not of their common dtype
};
using Refusals = std::array<Refusal, 2>;
constexpr Refusals refuses(int kinds, const char* words = nullptr) {
  return {{{static_cast<uint8_t>(kinds), words}}};
}

// One scalar expression over the named arguments, evaluated per element after broadcasting.
struct PointwiseRule {
  // Parses; `schema` names the arguments that may stand in the expression.
  PointwiseRule(const Schema& schema, std::string_view expression, DTypeRule dtypes);
  explicit PointwiseRule(DTypeRule rule) : dtypes(rule) {}
  ScalarExpr expression;
  struct Input {
    int argument;   // of the schema
    bool promotes;  // a number here takes part in type promotion
  };
  std::vector<Input> inputs;  // one per input of the expression
  DTypeRule dtypes;
  Refusals refusals;
};

enum OpProperty : uint32_t {
  kSideEffect = 1u << 0,        // never removed, never reordered (print, raise, manual_seed)
  kNondeterministic = 1u << 1,  // never folded or merged (random numbers)
  kReduction = 1u << 2,
  kViewOp = 1u << 3,          // the result is always a view of the first argument
  kReadsGlobal = 1u << 4,     // answers depend on the run (is_grad_enabled): not folded
  kCheap = 1u << 5,           // recomputing is cheaper than keeping (sizes, scalars)
  kMayReturnInput = 1u << 6,  // may return an argument itself though the schema says it is new
  kIgnoresNan = 1u << 7,      // NaN counts as absent (nanmedian)
  kKeepsRank = 1u << 8,       // the first result has as many dims as the first argument
  // Strides of the arguments never change values; they decide those of the result...
  kFollowsLayout = 1u << 9,
  kIgnoresLayout = 1u << 10,  // ...or do not even do that
  kSeesIdentity = 1u << 11,   // answers by which object an argument is, not by what it holds
  // Writes running_mean and running_var when it trains, though the schema does not say so.
  kUpdatesStatistics = 1u << 12,
  // Of images: a 4-D result has the images of the first argument (of each in a list) and of
  // `residual`, each made from that image alone, unless `dim` is the first one or `training` is
  // true. Other tensors are parameters.
  kBatchWise = 1u << 13,
};

struct OpRow {
  const char* key;  // "aten::add.Tensor"
  Kernel kernel = nullptr;
  uint32_t properties = 0;
  ScalarCode scalar = ScalarCode::kNone;
};
struct PointwiseRow {
  const char* key;
  const char* expression;
  DTypeRule dtypes = DTypeRule::kPromote;
  Refusals refusals = {};
};

class Function;
class OpDef;

// One operator of a point-wise group: where its arguments come from. Below the group's number of
// arguments: that argument; from there on: the result of the part of that number.
struct GroupPart {
  const OpDef* op;
  std::vector<int> arguments;
};

class OpDef {
 public:
  const Schema& schema() const { return schema_; }
  const std::string& name() const { return schema_.name; }
  std::string key() const { return schema_.key(); }

  Kernel kernel() const { return kernel_; }
  ScalarCode scalar() const { return scalar_; }
  const PointwiseRule* pointwise() const { return pointwise_.get(); }
  // Runs a group of operators like this one; null when it may not be part of one.
  Kernel group_kernel() const { return group_kernel_; }
  // What a group (core/op/pointwise_group.h) consists of; empty for every other operator.
  absl::Span<const GroupPart> parts() const { return parts_; }
  // Body in TorchScript when there is no kernel.
  Function* composite() const { return composite_.get(); }
  bool implemented() const { return kernel_ || composite_; }
  // The operator that computes the value when this one only stores it (in-place and out= forms) or
  // copies it (_copy forms).
  const OpDef* functional() const { return functional_; }
  // Computes functional() of the same arguments and stores it in the first one, which keeps its
  // shape and dtype.
  bool in_place() const {
    return functional_ && writes_ &&
           schema_.arguments.size() == functional_->schema().arguments.size();
  }

  bool has(OpProperty p) const { return (properties_ & p) != 0; }
  bool writes() const { return writes_; }        // mutates an argument
  bool may_alias() const { return may_alias_; }  // a result may share memory with an argument
  // No effects, no randomness: equal arguments give equal results.
  bool pure() const {
    return !writes_ && !has(kSideEffect) && !has(kNondeterministic) && !has(kReadsGlobal);
  }

 private:
  friend class OpRegistry;
  friend class PointwiseGroup;
  Schema schema_;
  Kernel kernel_ = nullptr;
  Kernel group_kernel_ = nullptr;
  std::unique_ptr<PointwiseRule> pointwise_;
  std::vector<GroupPart> parts_;
  Ref<Function> composite_;
  const OpDef* functional_ = nullptr;
  uint32_t properties_ = 0;
  ScalarCode scalar_ = ScalarCode::kNone;
  bool writes_ = false;
  bool may_alias_ = false;
};

// All operators by name, overloads in the order that resolution tries them. Filled once by main
// (schemas, then rows, then composites, then seal()); read-only and thread-safe afterwards.
class OpRegistry {
 public:
  // One schema a line, '#' comments; overloads of a name in resolution order.
  void add_schemas(std::string_view lines);
  // The key must name a known schema; otherwise our bug.
  void add(absl::Span<const OpRow> rows);
  // `kernel` evaluates OpDef::pointwise(), `group` several such operators at once.
  void add_pointwise(absl::Span<const PointwiseRow> rows, Kernel kernel, Kernel group);
  // Binds a prelude function. A name with a schema of equal key gets it as its body; otherwise
  // the function's schema is appended as a new overload.
  void add_composite(const std::string& key, Ref<Function> body);
  // Derives in-place and out= forms of implemented operators, and the _copy forms of views: they
  // run `store_*`, which computes functional() and stores or copies the result as the schema says.
  void seal(Kernel store_in_place, Kernel store_out, Kernel store_copy);
  // Drops composite bodies, which refer to this registry's operators.
  void clear_composites();

  const OpDef* find(std::string_view key) const;  // null when there is no such schema
  absl::Span<const OpDef* const> overloads(std::string_view name) const;  // empty when unknown
  std::vector<const OpDef*> all() const;

 private:
  OpDef& must_find(std::string_view key);
  OpDef& append(Schema schema);
  // The implemented operator of that name that takes the same arguments and writes none.
  const OpDef* find_functional(const Schema& schema, std::string_view name, size_t outs) const;
  void derive(OpDef& op, const OpDef* functional, Kernel store);
  std::deque<OpDef> ops_;
  std::unordered_map<std::string, OpDef*> by_key_;
  std::unordered_map<std::string, std::vector<const OpDef*>> by_name_;
};

}  // namespace temper
