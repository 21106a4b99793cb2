"""Tensors of dtypes that PyTorch 2 brought: unsigned integers and floats of 8 bits. PyTorch 1.13 has
none of them, so it holds the same numbers in dtypes of its own."""
import math
import struct
from typing import List, Tuple

import torch

from tests.zoo.case import Call, Case
from tests.zoo.newer import MARKS, Newer
from tests.zoo.pickles import root_of, storage, tensor
from tests.zoo.sources import HEAD, archive, split

# Name, code, bits of the mantissa, bias, and whether there are infinities, or a single NaN at 0x80.
FLOATS = (("Float8_e5m2", 23, 2, 15, True, False), ("Float8_e4m3fn", 24, 3, 7, False, False),
          ("Float8_e5m2fnuz", 25, 2, 16, False, True), ("Float8_e4m3fnuz", 26, 3, 8, False, True))
INTEGERS = (("UInt16", 27, "H"), ("UInt32", 28, "I"), ("UInt64", 29, "Q"))
_found: List[Case] = []


def attribute(dtype: str, key: str, count: int) -> bytes:
    return tensor(storage(dtype, key, count), 0, (count,), (1,))


def case(name: str, code: str, reference: str, root: bytes, reference_root: bytes, data: bytes, reference_data: bytes,
         attributes: str, *calls: Call, **more: bytes) -> None:
    head = HEAD + attributes
    _found.append(Newer(
        f"newer_{name}", "archives",
        lambda: (archive(split(reference, head), 10, reference_root, **{"data/0": reference_data}, **more), calls),
        (__file__,), lambda: archive(split(code, head), 10, root, **MARKS, **{"data/0": data}, **more)))


def integers(name: str, code: int, letter: str) -> None:
    values = [0, 1, 200, 65535, 77]
    text = """
    def forward(self: __torch__.M, x: Tensor) -> Tuple[List[Tensor], int, bool]:
      w = self.w
      moved = torch.cat([w[1:], torch.flip(w, [0])])
      back = torch.remainder(torch.to(x, 4), 65536)
      return [torch.to(w, 4), torch.to(w, 7), torch.to(moved, 6), torch.to(torch.zeros([2]), 3), back, torch.to(w, 11)], int(w[3]), bool(w[1])
    """
    served = text.replace("torch.remainder(torch.to(x, 4), 65536)",
                          f"torch.remainder(torch.to(torch.to(torch.to(x, {code}), 29), 4), 65536)")
    served = served.replace("torch.to(torch.zeros([2]), 3)", f"torch.to(torch.zeros([2], dtype={code}), 3)")
    case(f"{name.lower()}_tensors", served, text, root_of(w=attribute(name, "0", 5)),
         root_of(w=attribute("Long", "0", 5)), struct.pack(f"<5{letter}", *values), struct.pack("<5q", *values),
         "  w : Tensor\n", Call((torch.tensor([0.0, 3.7, 255.0, 65535.0]),)), Call((torch.tensor([-1, 65536, 70000]),)))
    sum_of = """
    def forward(self: __torch__.M, x: Tensor) -> Tensor:
      return self.w + x
    """
    refused = f"Promotion for uint16, uint32, uint64 types is not supported, attempted to promote {name} and Long"
    case(f"{name.lower()}_sums", sum_of, sum_of.replace("return self.w + x", f'ops.prim.RaiseException("{refused}")\n      return x'),
         root_of(w=attribute(name, "0", 5)), root_of(w=attribute("Long", "0", 5)), struct.pack(f"<5{letter}", *values),
         struct.pack("<5q", *values), "  w : Tensor\n", Call((torch.ones(5, dtype=torch.int64),), fails=refused))


def decode(bits: int, mantissa: int, bias: int, infinite: bool, single_nan: bool) -> float:
    exponent, rest = (bits & 0x7f) >> mantissa, bits & ((1 << mantissa) - 1)
    sign = -1.0 if bits & 0x80 else 1.0
    if single_nan:
        if bits == 0x80:
            return math.nan
    elif exponent == (0x7f >> mantissa) and (infinite or rest == (1 << mantissa) - 1):
        return math.nan if rest or not infinite else sign * math.inf
    if exponent == 0:
        return sign * rest * 2.0 ** (1 - bias - mantissa)
    return sign * (1 + rest / (1 << mantissa)) * 2.0 ** (exponent - bias)


def nearest(x: float, table: List[Tuple[float, int]], infinite: bool) -> float:
    """By looking at all finite values; ties go to even bits."""
    if math.isnan(x):
        return math.nan
    beyond = math.copysign(math.inf, x) if infinite else math.nan
    top, step = table[-1][0], table[-1][0] - table[-2][0]
    if abs(x) > top + step / 2 or (abs(x) == top + step / 2 and table[-1][1] % 2 == 1):
        return beyond
    value = min(table, key=lambda entry: (abs(entry[0] - abs(x)), entry[1] % 2))[0]
    return math.copysign(value, x)


def floats(name: str, code: int, mantissa: int, bias: int, infinite: bool, single_nan: bool) -> None:
    values = [decode(bits, mantissa, bias, infinite, single_nan) for bits in range(256)]
    table = [(values[bits], bits) for bits in range(128) if math.isfinite(values[bits])]
    given = [0.0, -0.0, 1.0, 1.0625, 1.1875, -3.3, 0.1, 1e-9, 2.0 ** -7, 2.0 ** -10 * 1.5, 2.0 ** -17, 240.0, 247.9, 248.0,
             300.0, 447.0, 463.9, 464.0, 465.0, 5e4, 6e4, 61439.0, 61440.0, 7e4, -1e9, math.inf, -math.inf, math.nan]
    given += [entry[0] * 1.03 for entry in table]
    rounded = [nearest(x, table, infinite) for x in given]
    text = """
    def forward(self: __torch__.M, x: Tensor) -> Tuple[List[Tensor], float]:
      return [self.w, torch.to(self.w[3:], 7), self.r, torch.to(torch.slice(self.r, 0, 2, 9), 5)], float(self.w[2])
    """
    served = text.replace("[self.w, ", "[torch.to(self.w, 6), ").replace(
        "self.r, torch.to(torch.slice(self.r, 0, 2, 9), 5)",
        f"torch.to(torch.to(x, {code}), 6), torch.to(torch.to(torch.to(torch.slice(x, 0, 2, 9), 7), {code}), 5)")
    case(f"{name.lower()}_tensors", served, text,
         root_of(w=attribute(name, "0", 256), r=attribute("Float", "1", len(given))),
         root_of(w=attribute("Float", "0", 256), r=attribute("Float", "1", len(given))),
         bytes(range(256)), struct.pack("<256f", *values), "  w : Tensor\n  r : Tensor\n",
         Call((torch.tensor(given),)), **{"data/1": struct.pack(f"<{len(given)}f", *rounded)})
    product = """
    def forward(self: __torch__.M, a: Tensor, b: Tensor) -> Tensor:
      x = torch.to(self.w, 6)[16:48].view(4, 8)
      return torch.matmul(x * a, x.t() * b) + b
    """
    case(f"{name.lower()}_products",
         product.replace("torch.to(self.w, 6)[16:48]", "self.w[16:48]").replace(
             "torch.matmul(x * a, x.t() * b) + b", "torch._scaled_mm(x, x.t(), a, b, b, None, 6)"),
         product, root_of(w=attribute(name, "0", 256)), root_of(w=attribute("Float", "0", 256)), bytes(range(256)),
         struct.pack("<256f", *values), "  w : Tensor\n", Call((torch.tensor(0.5), torch.tensor(3.0))))


for row in INTEGERS:
    integers(*row)
for row in FLOATS:
    floats(*row)


def cases() -> List[Case]:
    return list(_found)
