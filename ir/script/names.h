#pragma once
// Which operators the syntax of the language stands for: tables, so that no other file of the
// frontend spells an operator's name.

#include <optional>
#include <string>
#include <string_view>

namespace temper::ir {

// Operators that the emitter inserts on its own.
namespace op {
inline constexpr std::string_view kNeg = "aten::neg";
inline constexpr std::string_view kBitwiseNot = "aten::bitwise_not";
inline constexpr std::string_view kNot = "aten::__not__";
inline constexpr std::string_view kIs = "aten::__is__";
inline constexpr std::string_view kIsNot = "aten::__isnot__";
inline constexpr std::string_view kEq = "aten::eq";
inline constexpr std::string_view kNe = "aten::ne";
inline constexpr std::string_view kAdd = "aten::add";
inline constexpr std::string_view kSub = "aten::sub";
inline constexpr std::string_view kContains = "aten::__contains__";
inline constexpr std::string_view kPercentFormat = "aten::percentFormat";
inline constexpr std::string_view kFormat = "aten::format";
inline constexpr std::string_view kStr = "aten::str";
inline constexpr std::string_view kLen = "aten::len";
inline constexpr std::string_view kGetItem = "aten::__getitem__";
inline constexpr std::string_view kSetItem = "aten::_set_item";
inline constexpr std::string_view kDelete = "aten::Delete";
inline constexpr std::string_view kAppend = "aten::append";
inline constexpr std::string_view kKeys = "aten::keys";
inline constexpr std::string_view kItems = "aten::items";
inline constexpr std::string_view kList = "aten::list";
inline constexpr std::string_view kDict = "aten::dict";
inline constexpr std::string_view kRangeLength = "aten::__range_length";
inline constexpr std::string_view kDeriveIndex = "aten::__derive_index";
inline constexpr std::string_view kRangeList = "prim::rangelist";
inline constexpr std::string_view kMin = "prim::min";
inline constexpr std::string_view kBool = "aten::Bool";
inline constexpr std::string_view kInt = "aten::Int";
inline constexpr std::string_view kFloat = "aten::Float";
inline constexpr std::string_view kComplex = "aten::Complex";
inline constexpr std::string_view kIntImplicit = "aten::IntImplicit";
inline constexpr std::string_view kFloatImplicit = "aten::FloatImplicit";
inline constexpr std::string_view kComplexImplicit = "aten::ComplexImplicit";
inline constexpr std::string_view kScalarImplicit = "aten::ScalarImplicit";
inline constexpr std::string_view kDevice = "aten::device";
inline constexpr std::string_view kTensor = "aten::tensor";
inline constexpr std::string_view kTo = "aten::to";
inline constexpr std::string_view kSize = "aten::size";
inline constexpr std::string_view kSelect = "aten::select";
inline constexpr std::string_view kSlice = "aten::slice";
inline constexpr std::string_view kUnsqueeze = "aten::unsqueeze";
inline constexpr std::string_view kIndex = "aten::index";
inline constexpr std::string_view kIndexPut = "aten::index_put_";
inline constexpr std::string_view kCopy = "aten::copy_";
inline constexpr std::string_view kUnbind = "aten::unbind";
inline constexpr std::string_view kUnwrapOptional = "aten::_unwrap_optional";
inline constexpr std::string_view kTensorDType = "prim::dtype";
inline constexpr std::string_view kTensorDevice = "prim::device";
}  // namespace op

// A binary operator of the syntax; `method` is what a class defines to support it (may be empty).
struct BinarySyntax {
  std::string_view text;
  std::string_view op;
  std::string_view method;
};
const BinarySyntax* find_binary_syntax(std::string_view text);

// "x += y": `in_place` when x is a tensor or a list, else `plain`.
struct AugmentedSyntax {
  std::string_view text;
  std::string_view in_place;
  std::string_view plain;
  std::string_view in_place_method;  // of classes; empty: not offered
  std::string_view plain_method;
};
const AugmentedSyntax* find_augmented_syntax(std::string_view text);

// Functions that every scope offers by a bare name.
struct GlobalFunction {
  std::string_view name;
  std::string_view op;
  std::string_view method;      // tried first when the argument is an object
  std::string_view keeps = {};  // an argument of this type is the result as it is
};
const GlobalFunction* find_global_function(std::string_view name);

// Forms that look like calls but decide at compile time.
enum class SpecialForm : unsigned char {
  kAnnotate,
  kUncheckedCast,
  kUninitialized,
  kFork,
  kIsInstance,
  kHasAttr,
  kGetAttr,
  kRange,
  kZip,
  kEnumerate,
  kList,
  kDict,
  kTuple,
  kIsScripting,
};
std::optional<SpecialForm> find_special_form(std::string_view name);
// The same for paths below `torch`: "jit.annotate".
std::optional<SpecialForm> find_torch_form(std::string_view path);

// Tensor and Device attributes that are operators ("x.shape"); empty when there is none.
std::string_view find_tensor_property(std::string_view name);
std::string_view find_device_property(std::string_view name);
// "x.float()": the dtype code of the cast.
std::optional<int> find_tensor_cast(std::string_view name);
// "torch.float32": codes of dtypes, layouts and memory formats.
std::optional<int> find_torch_constant(std::string_view name);

// "obj.unpack()" of a class that is no program: the operator that does it, or "".
std::string native_method_op(std::string_view class_name, std::string_view method);

// The name that an alias stands for ("aten::clip_" -> "aten::clamp_"), or the name itself.
std::string canonical_op_name(std::string_view name);
// The operator that computes the same with its first two arguments exchanged; empty: none.
std::string_view swapped_op_name(std::string_view name);
// Overloads that matching must skip: their arguments shadow those of another overload.
bool is_hidden_overload(std::string_view name, std::string_view overload);

}  // namespace temper::ir
