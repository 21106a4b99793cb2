"""How programs of the language fail, next to the calls that succeed: texts of errors, conversions,
bounds, formats, assertions, exceptions in every place."""
import math
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import torch
from torch import Tensor, nn

from tests.zoo.case import Call
from tests.zoo.programs.agreed import agreed

INF, NAN = float("inf"), float("nan")
NUMBERS = ["12", "-5", " 7 ", "+3", "0012", "1e3", "x", "", "1.5", "0x10", "9999999999999999999", "12 apples"]
REALS = ["12", "-5.5", " 7 ", "1e3", "inf", "-inf", "nan", "x", "", "0.5 hello", ".5", "5.", "infinity", "1e400", "0x1p3"]
FLOATS = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 2.0, 3.7, -3.7, 100.5, 1e-10, INF, -INF, NAN]


@agreed(*[(s,) for s in NUMBERS])
def int_of_text(s: str) -> int:
    return int(s)


@agreed(*[(s,) for s in REALS])
def float_of_text(s: str) -> float:
    return float(s)


@agreed(("ab",), ("",), ("q",))
def code_of_text(s: str) -> int:
    return ord(s)


@agreed(*[(x,) for x in FLOATS])
def square_roots(x: float) -> float:
    return math.sqrt(x)


@agreed(*[(x,) for x in FLOATS])
def logarithms(x: float) -> float:
    return math.log(x)


@agreed(*[(x,) for x in FLOATS])
def logarithms_near_one(x: float) -> float:
    return math.log1p(x)


@agreed(*[(x,) for x in FLOATS])
def gammas(x: float) -> float:
    return math.gamma(x)


@agreed(*[(x,) for x in FLOATS])
def whole_parts(x: float) -> Tuple[int, int]:
    return math.floor(x), math.ceil(x)


@agreed((0,), (5,), (20,), (-1,))
def factorials(n: int) -> int:
    return math.factorial(n)


@agreed((5, 2), (5, 0), (-7, 2), (-7, -2), (0, 3))
def quotients(a: int, b: int) -> Tuple[float, int]:
    return a / b, a // b


@agreed((5.5, 2.0), (5.5, 0.0), (-5.5, 2.0), (INF, 2.0), (NAN, 1.0))
def real_divmods(a: float, b: float) -> Tuple[float, float]:
    return divmod(a, b)


@agreed((2.0, 3.0), (0.0, -1.0), (-8.0, 0.5), (-8.0, 1 / 3), (0.0, 0.0))
def powers(a: float, b: float) -> float:
    return a ** b


@agreed((0, 5, 1), (0, 5, 0), (5, 0, -2), (0, 5, -1))
def counted_by(a: int, b: int, step: int) -> List[int]:
    return [i for i in range(a, b, step)]


@agreed((0, 5, 1), (0, 5, 0), (5, 0, -2), (-1, -6, -1), (1, 4, 2))
def stepped(a: int, b: int, step: int) -> Tuple[List[int], str]:
    return [0, 1, 2, 3, 4][a:b:step], "abcde"[a:b:step]


@agreed(("hello", 0), ("hello", -1), ("hello", 5), ("hello", -6), ("", 0))
def letters(s: str, i: int) -> str:
    return s[i]


@agreed(("hello", "l"), ("hello", "z"))
def places_in_text(s: str, q: str) -> Tuple[int, int]:
    return s.index(q), s.rindex(q)


@agreed(([1, 2, 3], 0), ([1, 2, 3], -3), ([1, 2, 3], 3), ([1, 2, 3], -4), ([], 0))
def list_gets_and_pops(l: List[int], i: int) -> Tuple[int, int, List[int]]:
    return l[i], l.pop(i), l


@agreed(([1, 2, 3], 5), ([1, 2, 3], 2))
def list_removes(l: List[int], v: int) -> Tuple[int, List[int]]:
    at = l.index(v)
    l.remove(v)
    return at, l


@agreed((["a", "b"], "z"), (["a", "b"], "b"))
def names_removed(l: List[str], v: str) -> Tuple[int, List[str]]:
    at = l.index(v)
    l.remove(v)
    return at, l


@agreed(([1, 2],), ([1, 2, 3],), ([1],), ([],))
def unpacks_two(l: List[int]) -> int:
    a, b = l
    return a * 10 + b


@agreed((torch.tensor([1, 2]),), (torch.tensor([1, 2, 3]),))
def unpacks_rows(x: Tensor) -> Tensor:
    a, b = x.unbind(0)
    return a - b


@agreed((torch.ones(2, 3),), (torch.ones(4),), (torch.ones(1, 2, 3),))
def unpacks_shape(x: Tensor) -> int:
    rows, columns = x.shape
    return rows * 10 + columns


@agreed(({"a": 1}, "a"), ({"a": 1}, "b"), ({}, ""))
def dict_gets(d: Dict[str, int], k: str) -> Tuple[int, int]:
    return d.get(k, 9), d[k]


@agreed(({1: "x"}, 1), ({1: "x"}, 2))
def dict_deletes(d: Dict[int, str], k: int) -> Dict[int, str]:
    del d[k]
    return d


@agreed(({1.5: "x"}, 1.5), ({1.5: "x"}, 2.0))
def dict_pops(d: Dict[float, str], k: float) -> str:
    return d.pop(k)


@agreed(({},), ({"a": 1},))
def dict_pops_item(d: Dict[str, int]) -> Tuple[str, int]:
    return d.popitem()


@agreed((5,), (-3,))
def formats(i: int) -> List[str]:
    if i < 0:
        return ["{} {} {}".format(i, i)]
    return ["{}".format(i, i), "{0}".format(i), "%d%%" % i, "%s %s" % (i, i)]


@agreed((5,), (-3,))
def percents(i: int) -> List[str]:
    return ["%s %s" % i if i > 0 else "%s" % i]


@agreed((5,), (-3,))
def percent_leaves_some(i: int) -> str:
    return "%s" % (i, i) if i > 0 else "%s" % (i)


@agreed((5,), (-3,))
def percent_of_unknown(i: int) -> str:
    return "%q" % i if i > 0 else "abc%" % i


@agreed((1.9,), (-1.9,))
def percent_of_reals(x: float) -> List[str]:
    return ["%d" % x, "%i" % x, "%s" % x, "%f" % x, "%e" % x]


@agreed(("a",))
def percent_of_text(s: str) -> str:
    return "%d" % s


@agreed((None,), (3,))
def unwrapped(x: Optional[int]) -> int:
    return torch.jit._unwrap_optional(x) + 1


@agreed((None,), (3,), (-3,))
def asserted(x: Optional[int]) -> int:
    assert x is not None, "x must be given"
    assert x > 0, f"x must be positive, got {x}"
    return x


@agreed((1,), (0,))
def asserted_without_text(n: int) -> int:
    assert n > 0
    return n


@agreed((3,), (4,))
def asserted_with_values(n: int) -> int:
    assert n == 4, 5
    return n


class OfValue(ValueError):
    pass


@agreed((1,), (2,), (3,), (4,), (5,), (6,), (7,), (8,), (9,), (10,), (11,), (12,))
def raised(n: int) -> int:
    if n == 1:
        raise RuntimeError("runtime")
    if n == 2:
        raise IndexError("index " + str(n))
    if n == 3:
        raise KeyError("key")
    if n == 4:
        raise NotImplementedError("missing {}".format(n))
    if n == 5:
        raise Exception("plain")
    if n == 6:
        raise TypeError
    if n == 7:
        raise ValueError()
    if n == 8:
        raise Exception("two", "parts")
    if n == 9:
        raise AssertionError("asserted")
    if n == 10:
        raise OfValue("of our own")
    if n == 11:
        raise ValueError(3)
    return n


@agreed((0,), (2,), (9,))
def raised_in_loops(n: int) -> int:
    total = 0
    for i in range(5):
        for j in range(3):
            if i * j == n and n > 0:
                raise RuntimeError(f"at {i} and {j}")
            total += i * j
    return total


@agreed((torch.ones(2, 3),), (torch.ones(4, 3),))
def raised_in_helpers(x: Tensor) -> Tensor:
    return checked(x) + 1


def checked(x: Tensor) -> Tensor:
    if x.size(0) != 2:
        raise RuntimeError("bad shape: {} of {}".format(x.size(), x.dtype))
    return x


@agreed((1,), (2,))
def raises_on_all_paths(n: int) -> int:
    if n == 1:
        raise ValueError("one")
    else:
        raise KeyError("other")


@agreed((torch.ones(2),), (torch.zeros(2),))
def raised_in_a_fork(x: Tensor) -> Tensor:
    future = torch.jit.fork(positive, x)
    return torch.jit.wait(future)


def positive(x: Tensor) -> Tensor:
    if x.sum() > 1:
        raise RuntimeError("in a fork")
    return x


@agreed((torch.tensor(5),), (torch.tensor([1, 2]),), (torch.tensor([]),), (torch.tensor([3.5]),))
def truth_of_tensors(x: Tensor) -> bool:
    return bool(x)


@agreed((torch.tensor(5),), (torch.tensor([1, 2]),), (torch.tensor(2.5),), (torch.tensor([[7]]),))
def numbers_of_tensors(x: Tensor) -> Tuple[int, float, int]:
    return int(x), float(x), int(x.item())


@agreed((torch.tensor(3.0),), (torch.ones(2),))
def length_of_tensors(x: Tensor) -> int:
    return len(x)


@agreed((torch.tensor(3.0),), (torch.ones(2),))
def rows_of_tensors(x: Tensor) -> int:
    count = 0
    for _ in x:
        count += 1
    return count


@agreed((torch.arange(6).view(2, 3),), (torch.arange(3),), (torch.ones(2, 2),))
def matrix_as_lists(x: Tensor) -> List[List[int]]:
    rows: List[List[int]] = x.tolist()
    return rows


@agreed((2,), (1,))
def ragged_lists(n: int) -> Tensor:
    return torch.tensor([[2, 2], [1] * n])


@agreed((True,), (False,))
def extremes_of_nothing(low: bool) -> float:
    empty: List[float] = []
    return min(empty) if low else max(empty)


class Point(NamedTuple):
    x: int
    label: str = "none"


@agreed((3,), (-3,))
def named_or_nothing(n: int) -> str:
    p = point(n)
    assert p is not None, "no point"
    return p.label + str(p.x)


def point(n: int) -> Optional[Point]:
    return None if n < 0 else Point(n)


@agreed((1,), ("a",), ([2],), (None,))
def cases_of_union(x: Union[int, str, List[int], None]) -> str:
    if isinstance(x, int):
        return "int" + str(x + 1)
    if isinstance(x, str):
        return "str" + x
    if x is None:
        raise ValueError("nothing")
    return "list" + str(x[5])


@torch.jit.interface
class Stage(nn.Module):
    def forward(self, input: Tensor) -> Tensor:
        pass


@agreed((torch.ones(2, 2), 0), (torch.ones(2, 2), -1), (torch.ones(2, 2), 7))
class StageByNumber(nn.Module):
    def __init__(self):
        super().__init__()
        self.stages = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2)])

    def forward(self, x: Tensor, i: int) -> Tensor:
        stage: Stage = self.stages[i]
        return stage.forward(x)


@agreed((torch.ones(2, 2), "a"), (torch.ones(2, 2), "z"))
class StageByName(nn.Module):
    def __init__(self):
        super().__init__()
        self.stages = nn.ModuleDict({"a": nn.Linear(2, 2), "b": nn.Linear(2, 2)})

    def forward(self, x: Tensor, name: str) -> Tensor:
        stage: Stage = self.stages[name]
        return stage.forward(x)


@agreed(Call((torch.ones(2),)), Call((torch.ones(2),), "spare"))
class UnusedParts(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return self.missing(x) if x.size(0) > 5 else x

    @torch.jit.export
    def spare(self, x: Tensor) -> Tensor:
        return self.missing(x)

    @torch.jit.unused
    def missing(self, x: Tensor) -> Tensor:
        return x.no_such_method()
