// Every operator with arguments of the right types and any values: an answer or an error. Results
// are arguments of the calls that follow, so views with wrong bounds are found out.

#include <limits>

#include "core/base/error.h"
#include "core/op/op_call.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "core/value/containers.h"
#include "ir/interp/interpreter.h"
#include "server/engine/runtime.h"

namespace {

using namespace temper;

constexpr int kCalls = 4;
constexpr int64_t kMemory = 64 << 20;

const Runtime& runtime() {
  static const auto* made = new Runtime;
  return *made;
}

class Chooser {
 public:
  Chooser(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  bool more() const { return at_ < size_; }
  uint8_t byte() { return more() ? data_[at_++] : 0; }
  size_t below(size_t count) {
    return count <= 256 ? byte() % count : (byte() | size_t{byte()} << 8) % count;
  }
  template <class T, size_t N>
  T one_of(const T (&values)[N]) {
    return values[below(N)];
  }

 private:
  const uint8_t* data_;
  size_t size_;
  size_t at_ = 0;
};

class Arguments {
 public:
  explicit Arguments(Chooser* choose) : choose_(*choose) {}

  // None of a type that programs cannot make.
  std::optional<IValue> make(const Type& type) {
    switch (type.kind()) {
      case TypeKind::kTensor: return IValue(tensor());
      case TypeKind::kInt: return IValue(integer());
      case TypeKind::kFloat: return IValue(real());
      case TypeKind::kBool: return IValue(choose_.byte() % 2 == 0);
      case TypeKind::kComplex: return IValue(std::complex<double>(real(), real()));
      case TypeKind::kString: return IValue(string());
      case TypeKind::kNone: return IValue();
      case TypeKind::kNumber: return number();
      case TypeKind::kDevice: return IValue(Device{});
      case TypeKind::kAny: return number();
      case TypeKind::kGenerator: return IValue(make_ref<GeneratorValue>());
      case TypeKind::kOptional:
        return choose_.byte() % 3 == 0 ? IValue() : make(*type.contained()[0]);
      case TypeKind::kList: return list(type);
      case TypeKind::kDict: return dict(type);
      case TypeKind::kTuple: return tuple(type);
      default: return std::nullopt;
    }
  }
  void keep(const IValue& value) {
    if (value.is_tensor() && value.to_tensor().defined()) kept_.push_back(value.to_tensor());
  }

 private:
  int64_t integer() {
    static constexpr int64_t kPool[] = {
        0,  1, 2,  3,  4, 5, -1, -2, -3,        6,         7,         8,         1,
        2,  0, -1, 16, 1, 2, 3,  64, INT32_MAX, INT64_MAX, INT64_MIN, INT32_MIN, INT64_MAX - 1,
        11, 15};
    return choose_.one_of(kPool);
  }
  double real() {
    static constexpr double kInf = std::numeric_limits<double>::infinity();
    static constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    static constexpr double kPool[] = {0,    1,     0.5,  -1,  2,    -0.0,  1e-5,
                                       0.1,  1e-30, 1e30, 300, 1e30, 1e300, -1e300,
                                       kInf, -kInf, kNan, 3,   0.9};
    return choose_.one_of(kPool);
  }
  IValue number() {
    return choose_.byte() % 2   ? IValue(integer())
           : choose_.byte() % 4 ? IValue(real())
                                : IValue(true);
  }
  std::string string() {
    static constexpr const char* kPool[] = {
        "",         "a",  "mean", "sum", "none",  "ij,jk->ik", "...",     "floor", "max",
        "constant", "{}", "i->",  "abc", "trunc", "xy",        "reflect", "%d %s", "fro"};
    return choose_.one_of(kPool);
  }

  Tensor fresh() {
    static constexpr DType kTypes[] = {
        DType::kFloat32, DType::kFloat32, DType::kFloat32,  DType::kInt64,     DType::kInt64,
        DType::kFloat64, DType::kBool,    DType::kInt32,    DType::kUInt8,     DType::kFloat16,
        DType::kInt8,    DType::kInt16,   DType::kBFloat16, DType::kComplex64, DType::kComplex128};
    static constexpr int64_t kSizes[] = {2, 3, 1, 4, 0, 5, 2, 3, 7, 1};
    const DType dtype = choose_.one_of(kTypes);
    Dims sizes(choose_.below(5));
    for (int64_t& size : sizes) size = choose_.one_of(kSizes);
    const Tensor small = empty({8}, DType::kFloat64);
    for (int i = 0; i < 8; ++i) {
      small.data<double>()[i] = choose_.byte() % 2 ? static_cast<double>(i % 4) : real();
    }
    const Tensor values = to_dtype(small, dtype), out = empty(sizes, dtype);
    const auto width = static_cast<size_t>(item_size(dtype));
    for (int64_t i = 0; i < out.numel(); ++i) {
      std::memcpy(out.raw() + static_cast<size_t>(i) * width,
                  values.raw() + static_cast<size_t>(i % 8) * width, width);
    }
    return out;
  }
  Tensor tensor() {
    const uint8_t kind = choose_.byte();
    if (!kept_.empty() && kind % 2) return kept_[choose_.below(kept_.size())];
    Tensor out = fresh();
    if (kind % 16 == 2 && out.dim() > 1) out = out.transpose(0, 1);
    if (kind % 16 == 4 && out.dim() > 0) out = out.slice(0, 1, INT64_MAX, 2);
    if (kind % 16 == 6 && out.dim() > 0) out = out.slice(out.dim() - 1, 0, INT64_MAX, 2);
    keep(out);
    return out;
  }

  std::optional<IValue> list(const Type& type) {
    const TypePtr& element = type.contained()[0];
    std::vector<IValue> items;
    for (size_t count = choose_.below(5); items.size() < count;) {
      std::optional<IValue> item = make(*element);
      if (!item) return std::nullopt;
      items.push_back(std::move(*item));
    }
    return make_list(element, std::move(items));
  }
  std::optional<IValue> dict(const Type& type) {
    auto out = make_ref<DictValue>(type.contained()[0], type.contained()[1]);
    for (size_t count = choose_.below(3); out->size() < count;) {
      std::optional<IValue> key = make(*type.contained()[0]), value = make(*type.contained()[1]);
      if (!key || !value || out->find(*key)) break;
      out->set(*key, std::move(*value));
    }
    return IValue(out);
  }
  std::optional<IValue> tuple(const Type& type) {
    std::vector<IValue> items;
    for (const TypePtr& element : type.contained()) {
      std::optional<IValue> item = make(*element);
      if (!item) return std::nullopt;
      items.push_back(std::move(*item));
    }
    return make_tuple(std::move(items));
  }

  Chooser& choose_;
  std::vector<Tensor> kept_;
};

std::vector<IValue> run(const OpDef& op, std::vector<IValue> values, RunContext& context) {
  if (!op.kernel()) return {ir::run(*op.composite(), std::move(values), context)};
  const size_t count = values.size(), results = op.schema().returns.size();
  values.resize(count + results);
  std::vector<Register> registers(values.size());
  for (size_t i = 0; i < registers.size(); ++i) registers[i] = static_cast<Register>(i);
  OpCall call(op, context, values.data(), registers.data(), count, registers.data() + count,
              results);
  op.kernel()(call);
  return {values.begin() + static_cast<ptrdiff_t>(count), values.end()};
}

// Reads all of a result.
void look_at(const IValue& value) {
  if (value.is_tensor()) {
    const Tensor& tensor = value.to_tensor();
    if (tensor.defined() && tensor.numel() < 100'000) to_text(value);
  } else {
    to_text(value);
  }
}

void call_one(Chooser& choose, Arguments& arguments, RunContext& context) {
  static const std::vector<const OpDef*> ops = [] {
    std::vector<const OpDef*> found;
    for (const OpDef* op : runtime().ops().all()) {
      if (op->implemented() && !op->schema().vararg) found.push_back(op);
    }
    return found;
  }();
  const OpDef& op = *ops[choose.below(ops.size())];
  std::vector<IValue> values;
  for (const Argument& argument : op.schema().arguments) {
    if (argument.default_value && choose.byte() % 2) {
      values.push_back(*argument.default_value);
      continue;
    }
    std::optional<IValue> value = arguments.make(*argument.type);
    if (!value) return;
    values.push_back(std::move(*value));
  }
  try {
    for (const IValue& result : run(op, std::move(values), context)) {
      look_at(result);
      arguments.keep(result);
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kInternal) return;
    std::fprintf(stderr, "%s: %s\n", op.key().c_str(), error.message().c_str());
    __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  runtime();
  const Ref<MemoryAccount> account = make_ref<MemoryAccount>(kMemory);
  const AccountScope scope(account.get());
  RunContext context;
  context.caller = &ir::script_caller();
  context.max_steps = 100'000;
  Chooser choose(data, size);
  Arguments arguments(&choose);
  for (int i = 0; i < kCalls && choose.more(); ++i) call_one(choose, arguments, context);
  return 0;
}
