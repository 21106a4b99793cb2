"""Archives as writers of other times left them: old format versions, old operators, old pickles,
and files of the lite interpreter."""
import io
import pathlib
import struct
import zipfile
from typing import Any, Callable, Dict, List, Tuple

import torch
from torch import Tensor, nn

from tests.zoo.archives import members_of, write
from tests.zoo.case import Call, Case
from tests.zoo.pickles import built, listed, number, real, root_of, storage, table, tagged, tensor, word
from tests.zoo.sources import HEAD, ROOT, archive

_found: List[Case] = []
INTS = torch.tensor([7, -7, 9, 0])
REALS = torch.tensor([7.0, -7.5, 0.25, 0.0])


def old(name: str, version: int, code: str, *calls: Any, root: bytes = ROOT, prefix: str = "",
        head: str = HEAD, **members: bytes) -> None:
    ready = [call if isinstance(call, Call) else Call(call) for call in calls]
    body = prefix + head + "".join(f"  {line}\n" for line in code.strip("\n").split("\n"))
    _found.append(Case(f"old_{name}_of_{version}", "archives",
                       lambda: (archive(body, version, root, **members), ready), (__file__,)))


# Division: integers were cut before version 4.
DIVISIONS = """
def forward(self: __torch__.M, a: Tensor, b: Tensor, n: int, f: float, s: number) -> List[Tensor]:
  c = torch.clone(a)
  d = torch.clone(a)
  e = torch.clone(a)
  g = torch.empty([0], dtype=ops.prim.dtype(a))
  h = torch.div(a, b, out=g)
  i = torch.div_(c, b)
  j = torch.div_(d, n)
  k = [torch.div(a, b), torch.div(a, n), torch.div(a, f), torch.div(a, s), a / b, a / n]
  l = [torch.divide(a, b), torch.true_divide(a, b), torch.div(a, torch.div(n, 2))]
  return k + [c, d, g, h] + l
"""
MODES = """
def forward(self: __torch__.M, a: Tensor, b: Tensor) -> List[Tensor]:
  c = torch.clone(a)
  d = torch.clone(a)
  g = torch.empty([0], dtype=ops.prim.dtype(a))
  e = torch.div_(c, b, rounding_mode="floor")
  f = torch.div_(d, 2, rounding_mode="trunc")
  h = torch.div(a, b, rounding_mode="trunc", out=g)
  return [torch.div(a, b, rounding_mode="trunc"), torch.div(a, b, rounding_mode=None), torch.div(a, 2, rounding_mode="floor"), c, d, h]
"""
TWO = torch.tensor([2, 2, -4, 5])
for _version in (1, 2, 3, 4, 10):
    old("division", _version, DIVISIONS,
        (REALS, TWO.float(), 2, 0.5, 2), (REALS.double(), TWO, 3, 1.5, 0.5),
        *([(INTS, TWO, 2, 0.5, 2.5), (INTS, TWO, 3, 2.0, 2), Call((INTS.to(torch.int32), REALS + 1, 2, 0.5, 3), fails="can't be cast")]
          if _version < 4 else []))
    old("division_modes", _version, MODES, (REALS, TWO.float()), *([(INTS, TWO)] if _version < 4 else []))
old("division_of_complex", 3, DIVISIONS.replace("number", "complex"),
    Call((torch.tensor([1 + 2j]), torch.tensor([2j]), 2, 0.5, 1j), fails=""))

# full() made floats of anything without a dtype before version 5.
FULLS = """
def forward(self: __torch__.M, n: int, f: float, b: bool, s: number) -> List[Tensor]:
  g = torch.empty([0])
  h = torch.full([2], n, out=g)
  return [torch.full([2], n), torch.full([2], f), torch.full([2], n, dtype=4), torch.full([1], s), h, torch.full([2, 2], n, dtype=None, layout=None, device=torch.device("cpu"), pin_memory=False)]
""".replace("s: number", "s: int").replace("b: bool, ", "")
for _version in (3, 4, 5):
    old("fills", _version, FULLS, (3, 1.5, 7))

SPREADS = """
def forward(self: __torch__.M, a: float, b: float, n: Optional[int]) -> List[Tensor]:
  g = torch.empty([0])
  h = torch.empty([0])
  i = torch.linspace(a, b, n, out=g)
  j = torch.logspace(a, b, n, 2., out=h)
  return [torch.linspace(a, b), torch.linspace(a, b, None), torch.linspace(a, b, n), torch.logspace(a, b), torch.logspace(a, b, n), torch.logspace(a, b, None, 2.), i, j, torch.linspace(0, 5, 3, dtype=7)]
"""
for _version in (3, 6, 7):
    old("spreads", _version, SPREADS, (0.0, 1.0, 5), (-1.0, 2.0, None))
old("powers", 8, """
def forward(self: __torch__.M, a: float, b: float, n: Optional[int]) -> List[Tensor]:
  return [torch.logspace(a, b), torch.logspace(a, b, n), torch.linspace(a, b, 4)]
""", (0.0, 1.0, 5), (0.0, 1.0, None))
for _version in (3, 9, 10):
    old("gelu", _version, """
def forward(self: __torch__.M, x: Tensor) -> List[Tensor]:
  g = torch.empty([0])
  h = torch.gelu(x, out=g)
  return [torch.gelu(x), h, g]
""", (REALS,))

old("version_line", 1, """
def forward(self: __torch__.M, x: Tensor) -> Tensor:
  return torch.div(x, 2)
""", (REALS,), (INTS,), prefix="op_version_set = 1\n")
old("imports", 2, """
def forward(self: __torch__.M, x: Tensor) -> Tensor:
  return torch.add(x, 2)
""", (REALS,), prefix="op_version_set = 2\nimport __torch__.a.b\nimport __torch__.torch.nn\n")


ATTRIBUTES = HEAD + """  ints : List[int]
  floats : List[float]
  names : Dict[str, List[int]]
  pairs : List[Tuple[int, str]]
  maybe : Optional[List[float]]
  deep : Tuple[List[str], Dict[int, float]]
  big : int
"""
SHOWS = """
def forward(self: __torch__.M, x: Tensor) -> Tuple[List[int], List[float], Dict[str, List[int]], List[Tuple[int, str]], Optional[List[float]], Tuple[List[str], Dict[int, float]], int, str]:
  a : Any = self.ints
  if isinstance(a, List[int]):
    b = "tagged"
  else:
    b = "untagged"
  return (self.ints, self.floats, self.names, self.pairs, self.maybe, self.deep, self.big, b)
"""
PLAIN = dict(
    ints=listed(number(3), b"K\x05", b"M\x00\x10", number(-1)), floats=listed(real(0.5)),
    names=table(a=listed(number(1)), b=b"](e"),
    pairs=b"](" + number(1) + word("x") + b"\x86" + b"(" + number(2) + word("y") + b"te",
    maybe=listed(real(1.5)), deep=listed(word("s"), word("t")) + b"}(" + number(1) + real(2.5) + b"u\x86",
    big=b"\x8a\x08" + struct.pack("<q", -(2 ** 60)))
for _version in (1, 2):
    old("untagged_containers", _version, SHOWS, (REALS,), root=root_of(**PLAIN), head=ATTRIBUTES)


TAGGED = dict(
    ints=built(PLAIN["ints"], "int"), floats=built(PLAIN["floats"], "double"),
    names=tagged(table(a=built(listed(number(1)), "int"), b=built(b"](e", "int")), "Dict[str, List[int]]"),
    pairs=tagged(PLAIN["pairs"], "List[Tuple[int, str]]"), maybe=b"N",
    deep=tagged(listed(word("s")), "List[str]") + tagged(b"}", "Dict[int, float]") + b"\x86",
    big=b"\x8a\x08" + struct.pack("<q", 2 ** 60))
for _version in (3, 10):
    old("tagged_containers", _version, SHOWS, (REALS,), root=root_of(**TAGGED), head=ATTRIBUTES)


TENSORS = HEAD + "  a : Tensor\n  b : Tensor\n  c : Tensor\n  d : List[Tensor]\n"
old("tensors", 3, """
def forward(self: __torch__.M, x: Tensor) -> Tuple[Tensor, Tensor, Tensor, List[Tensor]]:
  _0 = torch.add_(self.a, x)
  return (self.a, self.b, self.c, self.d)
""", (torch.tensor(10.0),), head=TENSORS, root=root_of(
    a=tensor(storage("Float", "0", 6) + b"q\x01", 0, (2, 3), (3, 1), b"\x88"),
    b=tensor(b"h\x01", 1, (2, 2), (3, 1)), c=tensor(b"h\x01", 5, (), ()),
    d=built(listed(tensor(storage("Long", "one", 3), 0, (3,), (1,)),
                   tensor(storage("Bool", "2", 2), 0, (2, 2), (0, 1)),
                   tensor(storage("Half", "3", 0), 0, (0, 4), (4, 1)),
                   tensor(storage("BFloat16", "4", 1), 0, (1,), (1,))), "tensor")),
    **{"data/0": struct.pack("<6f", *range(6)), "data/one": struct.pack("<3q", -1, 2 ** 40, 7),
       "data/2": b"\x01\x00", "data/4": b"\x80\x3f"})

OTHERS = HEAD + """  z : complex
  d : Device
  e : __torch__.Colour
  t : Tuple[int, Tuple[float, Tuple[()]]]
  x : Optional[__torch__.Box]
  s : str
  w : Any
"""
old("values", 5, """
def forward(self: __torch__.M, x: Tensor) -> Tuple[complex, str, str, Tuple[int, Tuple[float, Tuple[()]]], str, str]:
  b = self.x
  if torch.__isnot__(b, None):
    n = (unchecked_cast(__torch__.Box, b)).name
  else:
    n = "none"
  return (self.z, str(self.d), (self.e).name, self.t, n, self.s)
""", (REALS,), head="class Colour(Enum):\n  RED = 1\n  BLUE = 2\nclass Box:\n  name : str\n" + OTHERS, root=root_of(
    z=b"cbuiltins\ncomplex\n" + real(1.5) + real(-2.0) + b"\x86R",
    d=b"ctorch\ndevice\n" + word("cuda:1") + b"\x85R", e=b"c__torch__\nColour\nK\x02R",
    t=b"K\x01" + real(2.5) + b")\x86\x86", x=b"c__torch__\nBox\n)\x81" + table(name=word("boxed")) + b"b",
    s=word("é\n\"q\"\\"), w=listed(number(1))))


# Files of the lite interpreter hold the same module beside their bytecode.
class Lite(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 3), nn.ReLU())
        self.names = {"a": [1, 2]}

    def forward(self, x: Tensor) -> Tuple[Tensor, Dict[str, List[int]]]:
        return self.net(x), self.names


def lite() -> pathlib.Path:
    buffer = io.BytesIO(torch.jit.script(Lite().eval())._save_to_buffer_for_lite_interpreter())
    with zipfile.ZipFile(buffer) as held:
        members = {name.split("/", 1)[1]: held.read(name) for name in held.namelist()}
    assert "bytecode.pkl" in members
    return write(members)


def makers() -> List[Tuple[str, Callable[[], Any]]]:
    return [("lite_interpreter", lambda: (lite(), [Call((torch.randn(2, 4),))]))]


def cases() -> List[Case]:
    return _found + [Case(f"old_{name}", "archives", make, (__file__,)) for name, make in makers()]
