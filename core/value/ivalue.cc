#include "core/value/ivalue.h"

#include "core/base/error.h"
#include "core/base/truncate.h"
#include "core/value/containers.h"

namespace temper {

std::string_view tag_name(Tag tag) {
  constexpr std::string_view kNames[] = {
      "None",   "bool",    "int",       "float",    "Device", "uninitialized", "Tensor",
      "str",    "complex", "list",      "dict",     "tuple",  "object",        "enum",
      "Future", "RRef",    "Generator", "Function", "Capsule"};
  return kNames[static_cast<size_t>(tag)];
}

void IValue::wrong_tag(Tag wanted) const {
  throw_error(ErrorKind::kInternal, str_cat("expected a value of kind ", tag_name(wanted),
                                            " but found ", tag_name(tag_)));
}

double IValue::scalar_as_double() const {
  switch (tag_) {
    case Tag::kDouble: return payload_.d;
    case Tag::kInt:
    case Tag::kBool: return static_cast<double>(payload_.i);
    default: return to_double();
  }
}

int64_t IValue::scalar_as_int() const {
  if (tag_ == Tag::kInt || tag_ == Tag::kBool) return payload_.i;
  return truncate_to_int64(to_double());
}

std::complex<double> IValue::scalar_as_complex() const {
  return tag_ == Tag::kComplex ? to_complex() : std::complex<double>(scalar_as_double());
}

bool IValue::is_same(const IValue& other) const {
  if (tag_ != other.tag_) return false;
  switch (tag_) {
    case Tag::kNone:
    case Tag::kUninitialized: return true;
    case Tag::kBool:
    case Tag::kInt:
    case Tag::kDevice: return payload_.i == other.payload_.i;
    case Tag::kDouble: return payload_.d == other.payload_.d;
    case Tag::kString: return to_string() == other.to_string();
    case Tag::kComplex: return to_complex() == other.to_complex();
    default: return payload_.p == other.payload_.p;
  }
}

bool equal(const IValue& a, const IValue& b) {
  if (a.tag() != b.tag()) {
    const bool numbers = a.is_scalar() && b.is_scalar() && !a.is_bool() && !b.is_bool();
    return numbers && a.scalar_as_complex() == b.scalar_as_complex();
  }
  if (a.is_list()) {
    const NestingGuard guard;
    const auto& x = a.to_list().items;
    const auto& y = b.to_list().items;
    return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                      [](const IValue& u, const IValue& v) { return equal(u, v); });
  }
  if (a.is_tuple()) {
    const NestingGuard guard;
    const auto& x = a.to_tuple().items;
    const auto& y = b.to_tuple().items;
    return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                      [](const IValue& u, const IValue& v) { return equal(u, v); });
  }
  return a.is_same(b);
}

size_t hash(const IValue& value) {
  switch (value.tag()) {
    case Tag::kInt:
    case Tag::kBool:
    case Tag::kDevice: return std::hash<int64_t>()(value.raw_int());
    case Tag::kDouble: {
      // Whole numbers hash like ints; 0.0 and -0.0 are the same key.
      const double v = value.to_double();
      return std::hash<double>()(v == 0 ? 0.0 : v);
    }
    case Tag::kComplex: {
      const auto v = value.to_complex();
      return std::hash<double>()(v.real()) * 31 + std::hash<double>()(v.imag());
    }
    case Tag::kString: return std::hash<std::string>()(value.to_string());
    case Tag::kTensor:
    case Tag::kEnum: return std::hash<const void*>()(value.to_reference());
    case Tag::kTuple: {
      const NestingGuard guard;
      size_t h = 0x345678;
      for (const IValue& item : value.to_tuple().items) h = h * 1000003 ^ hash(item);
      return h;
    }
    case Tag::kNone: return 0;
    default: fail("unhashable type: '", tag_name(value.tag()), "'");
  }
}

}  // namespace temper
