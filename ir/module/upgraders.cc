#include "ir/module/upgraders.h"

namespace temper::ir {
namespace {

constexpr Upgrader kUpgraders[] = {
    {"aten::div.Tensor", 3, "div_Tensor"},
    {"aten::div_.Tensor", 3, "div__Tensor"},
    {"aten::div.out", 3, "div_out"},
    {"aten::div.Scalar", 3, "div_Scalar"},
    {"aten::div_.Scalar", 3, "div__Scalar"},
    {"aten::div.Tensor_mode", 3, "div_Tensor_mode"},
    {"aten::div.Scalar_mode", 3, "div_Scalar_mode"},
    {"aten::div_.Tensor_mode", 3, "div__Tensor_mode"},
    {"aten::div_.Scalar_mode", 3, "div__Scalar_mode"},
    {"aten::div.out_mode", 3, "div_out_mode"},
    {"aten::full", 4, "full"},
    {"aten::full.names", 4, "full_names"},
    {"aten::full.out", 4, "full_out"},
    {"aten::linspace", 7, "linspace"},
    {"aten::linspace.out", 7, "linspace_out"},
    {"aten::logspace", 8, "logspace"},
    {"aten::logspace.out", 8, "logspace_out"},
    {"aten::gelu", 9, "gelu"},
    {"aten::gelu.out", 9, "gelu_out"},
};

constexpr std::string_view kSource = R"(
def div_Tensor(self: Tensor, other: Tensor) -> Tensor:
  if self.is_floating_point() or other.is_floating_point():
    return self.true_divide(other)
  return self.divide(other, rounding_mode="trunc")

def div__Tensor(self: Tensor, other: Tensor) -> Tensor:
  if self.is_floating_point() or other.is_floating_point():
    return self.true_divide_(other)
  return self.divide_(other, rounding_mode="trunc")

def div_out(self: Tensor, other: Tensor, *, out: Tensor) -> Tensor:
  if self.is_floating_point() or other.is_floating_point() or out.is_floating_point():
    return torch.true_divide(self, other, out=out)
  return torch.divide(self, other, rounding_mode="trunc", out=out)

def div_Scalar(self: Tensor, other: number) -> Tensor:
  if self.is_floating_point() or isinstance(other, float):
    return self.true_divide(other)
  return self.divide(other, rounding_mode="trunc")

def div__Scalar(self: Tensor, other: number) -> Tensor:
  if self.is_floating_point() or isinstance(other, float):
    return self.true_divide_(other)
  return self.divide_(other, rounding_mode="trunc")

def div_Tensor_mode(self: Tensor, other: Tensor, *, rounding_mode: Optional[str]) -> Tensor:
  return self.divide(other, rounding_mode=rounding_mode)

def div_Scalar_mode(self: Tensor, other: number, *, rounding_mode: Optional[str]) -> Tensor:
  return self.divide(other, rounding_mode=rounding_mode)

def div__Tensor_mode(self: Tensor, other: Tensor, *, rounding_mode: Optional[str]) -> Tensor:
  return self.divide_(other, rounding_mode=rounding_mode)

def div__Scalar_mode(self: Tensor, other: number, *, rounding_mode: Optional[str]) -> Tensor:
  return self.divide_(other, rounding_mode=rounding_mode)

def div_out_mode(self: Tensor, other: Tensor, *, rounding_mode: Optional[str],
                 out: Tensor) -> Tensor:
  return torch.divide(self, other, rounding_mode=rounding_mode, out=out)

def full(size: List[int], fill_value: number, *, dtype: Optional[int]=None,
         layout: Optional[int]=None, device: Optional[Device]=None,
         pin_memory: Optional[bool]=None) -> Tensor:
  if dtype is None:
    fill_value = float(fill_value)
  return torch.full(size, fill_value, dtype=dtype, layout=layout, device=device,
                    pin_memory=pin_memory)

def full_names(size: List[int], fill_value: number, *, names: Optional[List[str]],
               dtype: Optional[int]=None, layout: Optional[int]=None,
               device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
  return torch.full(size, fill_value, names=names, dtype=dtype, layout=layout, device=device,
                    pin_memory=pin_memory)

def full_out(size: List[int], fill_value: number, *, out: Tensor) -> Tensor:
  return torch.full(size, fill_value, out=out)

def linspace(start: number, end: number, steps: Optional[int]=None, *, dtype: Optional[int]=None,
             layout: Optional[int]=None, device: Optional[Device]=None,
             pin_memory: Optional[bool]=None) -> Tensor:
  count = 100 if steps is None else steps
  return torch.linspace(start, end, count, dtype=dtype, layout=layout, device=device,
                        pin_memory=pin_memory)

def linspace_out(start: number, end: number, steps: Optional[int]=None, *, out: Tensor) -> Tensor:
  count = 100 if steps is None else steps
  return torch.linspace(start, end, count, out=out)

def logspace(start: number, end: number, steps: Optional[int]=None, base: float=10.0, *,
             dtype: Optional[int]=None, layout: Optional[int]=None,
             device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
  count = 100 if steps is None else steps
  return torch.logspace(start, end, count, base, dtype=dtype, layout=layout, device=device,
                        pin_memory=pin_memory)

def logspace_out(start: number, end: number, steps: Optional[int]=None, base: float=10.0, *,
                 out: Tensor) -> Tensor:
  count = 100 if steps is None else steps
  return torch.logspace(start, end, count, base, out=out)

def gelu(self: Tensor) -> Tensor:
  return torch.gelu(self, approximate="none")

def gelu_out(self: Tensor, *, out: Tensor) -> Tensor:
  return torch.gelu(self, approximate="none", out=out)
)";

}  // namespace

absl::Span<const Upgrader> upgraders() { return kUpgraders; }
std::string_view upgrader_source() { return kSource; }

}  // namespace temper::ir
