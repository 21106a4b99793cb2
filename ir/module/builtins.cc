#include "ir/module/builtins.h"

namespace temper::ir {
namespace {

// $S stands for each scalar type in turn.
constexpr std::string_view kPerScalar = R"(
def mul__as_$S(a: $S, b: Tensor) -> Tensor:
  return torch.mul(b, a)
def add__as_$S(a: $S, b: Tensor) -> Tensor:
  return torch.add(b, a)
def ne__as_$S(a: $S, b: Tensor) -> Tensor:
  return torch.ne(b, a)
def eq__as_$S(a: $S, b: Tensor) -> Tensor:
  return torch.eq(b, a)
def sub__as_$S(a: $S, b: Tensor) -> Tensor:
  return torch.add(torch.neg(b), a)
def div__as_$S(a: $S, b: Tensor) -> Tensor:
  return torch.mul(torch.reciprocal(b), a)
def _single__as_$S(x: BroadcastingList1[$S]) -> List[$S]:
  return x
def _pair__as_$S(x: BroadcastingList2[$S]) -> List[$S]:
  return x
def _triple__as_$S(x: BroadcastingList3[$S]) -> List[$S]:
  return x
def _quadruple__as_$S(x: BroadcastingList4[$S]) -> List[$S]:
  return x
)";

constexpr std::string_view kPerOrderedScalar = R"(
def lt__as_$S(a: $S, b: Tensor) -> Tensor:
  return torch.gt(b, a)
def le__as_$S(a: $S, b: Tensor) -> Tensor:
  return torch.ge(b, a)
def gt__as_$S(a: $S, b: Tensor) -> Tensor:
  return torch.lt(b, a)
def ge__as_$S(a: $S, b: Tensor) -> Tensor:
  return torch.le(b, a)
)";

constexpr std::string_view kOnce = R"(
def floordiv__as_tensor(self: Tensor, other: Tensor) -> Tensor:
  return torch.floor_divide(self, other)
def floordiv__as_number(self: Tensor, other: number) -> Tensor:
  return torch.floor_divide(self, other)
def _assert__as_bool(condition: bool, message: str) -> None:
  assert condition, message
def _assert__as_tensor(condition: Tensor, message: str) -> None:
  assert condition, message
def list_with_default__as_ints(out_size: List[int], defaults: List[int]) -> List[int]:
  assert len(defaults) > len(out_size)
  return out_size
def device__as_type(type: str) -> Device:
  return torch.device(type)
def type__as_cast(self: Tensor, dtype: int, non_blocking: bool=False, copy: bool=False) -> Tensor:
  return torch.to(self, dtype, non_blocking, copy)
def __contains____as_str(self: str, key: str) -> bool:
  return torch.ne(torch.find(self, key, 0, torch.len(self)), -1)
)";

constexpr std::string_view kMark = "__as_";

void append_for(std::string* out, std::string_view text, std::string_view scalar) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "$S") {
      *out += scalar;
      ++i;
    } else {
      out->push_back(text[i]);
    }
  }
}

}  // namespace

std::string builtin_source() {
  std::string source;
  for (const std::string_view scalar : {"float", "int", "complex"}) {
    append_for(&source, kPerScalar, scalar);
  }
  for (const std::string_view scalar : {"float", "int"}) {
    append_for(&source, kPerOrderedScalar, scalar);
  }
  source += kOnce;
  return source;
}

std::string builtin_operator(std::string_view function) {
  return "aten::" + std::string(function.substr(0, function.rfind(kMark)));
}

}  // namespace temper::ir
