#include "ir/script/names.h"

#include <utility>

namespace temper::ir {
namespace {

template <class Row, size_t N>
const Row* find_row(const Row (&rows)[N], std::string_view name, std::string_view Row::*key) {
  for (const Row& row : rows) {
    if (row.*key == name) return &row;
  }
  return nullptr;
}

struct NamedInt {
  std::string_view name;
  int value;
};

template <size_t N>
std::optional<int> find_int(const NamedInt (&rows)[N], std::string_view name) {
  const NamedInt* row = find_row(rows, name, &NamedInt::name);
  return row ? std::optional<int>(row->value) : std::nullopt;
}

constexpr BinarySyntax kBinary[] = {
    {"+", "aten::add", "__add__"},
    {"-", "aten::sub", "__sub__"},
    {"*", "aten::mul", "__mul__"},
    {"/", "aten::div", "__truediv__"},
    {"%", "aten::remainder", "__mod__"},
    {"**", "aten::pow", "__pow__"},
    {"//", "aten::floordiv", ""},
    {"@", "aten::matmul", ""},
    {"<", "aten::lt", "__lt__"},
    {">", "aten::gt", "__gt__"},
    {"<=", "aten::le", "__le__"},
    {">=", "aten::ge", "__ge__"},
    {"==", "aten::eq", "__eq__"},
    {"!=", "aten::ne", "__ne__"},
    {"&", "aten::__and__", "__and__"},
    {"|", "aten::__or__", "__or__"},
    {"^", "aten::__xor__", "__xor__"},
    {"<<", "aten::__lshift__", "__lshift__"},
    {">>", "aten::__rshift__", "__rshift__"},
};

constexpr AugmentedSyntax kAugmented[] = {
    {"+", "aten::add_", "aten::add", "__iadd__", "__add__"},
    {"-", "aten::sub_", "aten::sub", "__isub__", "__sub__"},
    {"*", "aten::mul_", "aten::mul", "__imul__", "__mul__"},
    {"/", "aten::div_", "aten::div", "__itruediv__", "__truediv__"},
    {"%", "aten::fmod_", "aten::fmod", "__imod__", "__mod__"},
    {"|", "aten::bitwise_or", "aten::__or__", "", ""},
    {"&", "aten::bitwise_and", "aten::__and__", "", ""},
    {"^", "aten::bitwise_xor", "aten::__xor__", "", ""},
    {"<<", "aten::__lshift__", "aten::__lshift__", "", ""},
    {">>", "aten::__irshift__", "aten::__rshift__", "", ""},
    {"**", "aten::pow", "aten::pow", "", ""},
};

constexpr GlobalFunction kGlobals[] = {
    {"print", "prim::Print", ""},
    {"float", "aten::Float", "__float__", "float"},
    {"complex", "aten::Complex", "__complex__", "complex"},
    {"int", "aten::Int", "__int__", "int"},
    {"bool", "aten::Bool", "__bool__", "bool"},
    {"str", "aten::str", "__str__", "str"},
    {"len", "aten::len", "__len__"},
    {"hex", "aten::hex", "__hex__"},
    {"oct", "aten::oct", "__oct__"},
    {"round", "aten::round", "__round__"},
    {"hash", "aten::hash", ""},
    {"id", "prim::id", ""},
    {"min", "prim::min", ""},
    {"max", "prim::max", ""},
    {"abs", "prim::abs", ""},
    {"all", "aten::all", ""},
    {"any", "aten::any", ""},
    {"divmod", "aten::divmod", ""},
    {"sum", "aten::sum", ""},
    {"ord", "aten::ord", ""},
    {"chr", "aten::chr", ""},
    {"bin", "aten::bin", ""},
    {"pow", "aten::pow", ""},
    {"rangelist", "prim::rangelist", ""},
    {"sorted", "aten::sorted", ""},
    {"_to_tensor", "aten::_to_tensor", ""},
};

struct FormRow {
  std::string_view name;
  SpecialForm form;
};
constexpr FormRow kForms[] = {
    {"annotate", SpecialForm::kAnnotate},
    {"unchecked_cast", SpecialForm::kUncheckedCast},
    {"uninitialized", SpecialForm::kUninitialized},
    {"fork", SpecialForm::kFork},
    {"awaitable", SpecialForm::kFork},  // may run as early as a fork does
    {"isinstance", SpecialForm::kIsInstance},
    {"hasattr", SpecialForm::kHasAttr},
    {"getattr", SpecialForm::kGetAttr},
    {"range", SpecialForm::kRange},
    {"zip", SpecialForm::kZip},
    {"enumerate", SpecialForm::kEnumerate},
    {"list", SpecialForm::kList},
    {"dict", SpecialForm::kDict},
    {"tuple", SpecialForm::kTuple},
};
constexpr FormRow kTorchForms[] = {
    {"jit.annotate", SpecialForm::kAnnotate},
    {"jit.isinstance", SpecialForm::kIsInstance},
    {"jit.fork", SpecialForm::kFork},
    {"jit._fork", SpecialForm::kFork},
    {"jit.is_scripting", SpecialForm::kIsScripting},
};

struct PropertyRow {
  std::string_view name;
  std::string_view op;
};
constexpr PropertyRow kTensorProperties[] = {
    {"dtype", "prim::dtype"},
    {"device", "prim::device"},
    {"grad", "prim::grad"},
    {"data", "prim::data"},
    {"layout", "prim::layout"},
    {"is_cuda", "prim::is_cuda"},
    {"is_cpu", "prim::is_cpu"},
    {"is_xpu", "prim::is_xpu"},
    {"is_sparse", "prim::is_sparse"},
    {"is_sparse_csr", "prim::is_sparse_csr"},
    {"is_mkldnn", "prim::is_mkldnn"},
    {"is_mps", "prim::is_mps"},
    {"is_quantized", "prim::is_quantized"},
    {"is_vulkan", "prim::is_vulkan"},
    {"is_ipu", "prim::is_ipu"},
    {"is_meta", "prim::is_meta"},
    {"is_ort", "prim::is_ort"},
    {"is_nested", "prim::is_nested"},
    {"requires_grad", "prim::requires_grad"},
    {"name", "prim::name"},
    {"itemsize", "prim::itemsize"},
    {"nbytes", "prim::nbytes"},
    {"shape", "aten::size"},
    {"ndim", "aten::dim"},
    {"T", "aten::numpy_T"},
    {"H", "aten::matrix_H"},
    {"mT", "aten::mT"},
    {"mH", "aten::mH"},
    {"real", "aten::real"},
    {"imag", "aten::imag"},
    {"is_leaf", "aten::is_leaf"},
    {"retains_grad", "aten::retains_grad"},
};
constexpr PropertyRow kDeviceProperties[] = {{"type", "prim::type"}, {"index", "prim::index"}};

constexpr NamedInt kTensorCasts[] = {
    {"byte", 0}, {"char", 1},  {"short", 2},  {"int", 3},    {"long", 4},
    {"half", 5}, {"float", 6}, {"double", 7}, {"cfloat", 9}, {"cdouble", 10},
};

constexpr NamedInt kTorchConstants[] = {
    {"uint8", 0},
    {"int8", 1},
    {"int16", 2},
    {"short", 2},
    {"int32", 3},
    {"int", 3},
    {"int64", 4},
    {"long", 4},
    {"float16", 5},
    {"half", 5},
    {"float32", 6},
    {"float", 6},
    {"float64", 7},
    {"double", 7},
    {"complex32", 8},
    {"complex64", 9},
    {"cfloat", 9},
    {"complex128", 10},
    {"cdouble", 10},
    {"bool", 11},
    {"qint8", 12},
    {"quint8", 13},
    {"qint32", 14},
    {"bfloat16", 15},
    {"float8_e5m2", 23},
    {"float8_e4m3fn", 24},
    {"float8_e5m2fnuz", 25},
    {"float8_e4m3fnuz", 26},
    {"uint16", 27},
    {"uint32", 28},
    {"uint64", 29},
    {"strided", 0},
    {"contiguous_format", 0},
    {"preserve_format", 1},
    {"channels_last", 2},
    {"channels_last_3d", 3},
};

// Both also with a trailing underscore.
constexpr PropertyRow kAliases[] = {
    {"absolute", "abs"},
    {"clip", "clamp"},
    {"det", "linalg_det"},
    {"matrix_power", "linalg_matrix_power"},
    {"matrix_exp", "linalg_matrix_exp"},
    {"ger", "outer"},
    {"arccos", "acos"},
    {"arcsin", "asin"},
    {"arctan", "atan"},
    {"arctan2", "atan2"},
    {"arccosh", "acosh"},
    {"arcsinh", "asinh"},
    {"arctanh", "atanh"},
    {"fix", "trunc"},
    {"negative", "neg"},
    {"subtract", "sub"},
    {"greater_equal", "ge"},
    {"greater", "gt"},
    {"less_equal", "le"},
    {"less", "lt"},
    {"not_equal", "ne"},
    {"divide", "div"},
    {"multiply", "mul"},
    {"linalg_matmul", "matmul"},
    {"inverse", "linalg_inv"},
    {"true_divide", "div"},
    {"concat", "cat"},
    {"concatenate", "cat"},
    {"row_stack", "vstack"},
    {"swapdims", "transpose"},
    {"swapaxes", "transpose"},
    {"moveaxis", "movedim"},
    {"orgqr", "linalg_householder_product"},
    {"adjoint", "mH"},
    {"special_erf", "erf"},
    {"special_erfc", "erfc"},
    {"special_erfinv", "erfinv"},
    {"special_exp2", "exp2"},
    {"special_expm1", "expm1"},
    {"special_logit", "logit"},
    {"special_logsumexp", "logsumexp"},
    {"special_round", "round"},
    {"special_log1p", "log1p"},
    {"special_sinc", "sinc"},
    {"special_digamma", "digamma"},
    {"special_i0", "i0"},
    {"special_xlogy", "xlogy"},
    {"special_log_softmax", "log_softmax"},
    {"special_softmax", "softmax"},
    {"special_polygamma", "polygamma"},
    {"special_expit", "sigmoid"},
    {"special_psi", "digamma"},
    {"special_multigammaln", "mvlgamma"},
    {"special_gammainc", "igamma"},
    {"special_gammaincc", "igammac"},
    {"special_gammaln", "lgamma"},
};

// Methods of native classes are operators whose names start like this.
constexpr PropertyRow kNativeClasses[] = {
    {"__torch__.torch.classes.quantized.Conv2dPackedParamsBase", "quantized::conv2d_"},
    {"__torch__.torch.classes.quantized.Conv3dPackedParamsBase", "quantized::conv3d_"},
    {"__torch__.torch.classes.quantized.LinearPackedParamsBase", "quantized::linear_"},
    {"__torch__.torch.classes.quantized.EmbeddingPackedParamsBase", "quantized::embedding_bag_"},
};

constexpr std::pair<std::string_view, std::string_view> kHiddenOverloads[] = {
    {"aten::view", "dtype"}};

}  // namespace

const BinarySyntax* find_binary_syntax(std::string_view text) {
  return find_row(kBinary, text, &BinarySyntax::text);
}

const AugmentedSyntax* find_augmented_syntax(std::string_view text) {
  return find_row(kAugmented, text, &AugmentedSyntax::text);
}

const GlobalFunction* find_global_function(std::string_view name) {
  return find_row(kGlobals, name, &GlobalFunction::name);
}

std::optional<SpecialForm> find_special_form(std::string_view name) {
  const FormRow* row = find_row(kForms, name, &FormRow::name);
  return row ? std::optional(row->form) : std::nullopt;
}

std::optional<SpecialForm> find_torch_form(std::string_view path) {
  const FormRow* row = find_row(kTorchForms, path, &FormRow::name);
  return row ? std::optional(row->form) : std::nullopt;
}

std::string_view find_tensor_property(std::string_view name) {
  const PropertyRow* row = find_row(kTensorProperties, name, &PropertyRow::name);
  return row ? row->op : std::string_view();
}

std::string_view find_device_property(std::string_view name) {
  const PropertyRow* row = find_row(kDeviceProperties, name, &PropertyRow::name);
  return row ? row->op : std::string_view();
}

std::optional<int> find_tensor_cast(std::string_view name) { return find_int(kTensorCasts, name); }

std::optional<int> find_torch_constant(std::string_view name) {
  return find_int(kTorchConstants, name);
}

std::string native_method_op(std::string_view class_name, std::string_view method) {
  const PropertyRow* row = find_row(kNativeClasses, class_name, &PropertyRow::name);
  return row ? std::string(row->op) + std::string(method) : "";
}

std::string canonical_op_name(std::string_view name) {
  constexpr std::string_view kPrefix = "aten::";
  if (!name.starts_with(kPrefix)) return std::string(name);
  std::string_view stem = name.substr(kPrefix.size());
  const bool in_place = stem.ends_with('_');
  if (in_place) stem.remove_suffix(1);
  const PropertyRow* row = find_row(kAliases, stem, &PropertyRow::name);
  if (!row) return std::string(name);
  return std::string(kPrefix) + std::string(row->op) + (in_place ? "_" : "");
}

std::string_view swapped_op_name(std::string_view name) {
  return name == "aten::rsub" ? std::string_view("aten::sub") : std::string_view();
}

bool is_hidden_overload(std::string_view name, std::string_view overload) {
  for (const auto& [hidden_name, hidden_overload] : kHiddenOverloads) {
    if (hidden_name == name && hidden_overload == overload) return true;
  }
  return false;
}

}  // namespace temper::ir
