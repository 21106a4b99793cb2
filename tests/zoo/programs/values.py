"""Scalars, strings, lists and dicts in the corners: kinds of keys, sorting, conversions, errors."""
import cmath
import math
from enum import Enum
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import torch
from torch import Tensor

from tests.zoo.case import Call
from tests.zoo.programs.define import program


@program(({"b": 1, "a": 2},), ({"": 0},))
def dict_changes(d: Dict[str, int]) -> Tuple[List[str], List[int], List[Tuple[str, int]], int]:
    e = d.copy()
    e["z"] = 26
    e.update({"a": -1, "q": 4})
    first = e.popitem()
    gone = e.pop("z", 0) + e.pop("nope", 100)
    e.setdefault("s", 7)
    e["q"] += 2
    missing = e.get("missing")
    total = first[1] + gone + len(e) + e.get("q", 0) + (1 if missing is None else 0)
    if "a" in e:
        del e["a"]
    return list(e.keys()), list(e.values()), list(e.items()), total


@program((5,), (0,))
def dict_key_kinds(n: int) -> Tuple[Dict[int, float], Dict[float, str], Dict[bool, int], str]:
    ints: Dict[int, float] = {}
    floats: Dict[float, str] = {}
    bools: Dict[bool, int] = {True: 0, False: 0}
    for i in range(-n, n):
        ints[i * i] = i / 3
        floats[i / 2] = str(i)
        bools[i % 2 == 0] += 1
    zero = {0.0: "plus"}
    zero[-0.0] = "minus"
    return ints, floats, bools, zero[0.0] + str(len(zero))


@program((torch.ones(2), torch.zeros(2)))
def tensor_keys(a: Tensor, b: Tensor) -> Tuple[int, bool, bool, Tensor]:
    d: Dict[Tensor, Tensor] = {}
    d[a] = b
    d[b] = a
    d[a] = a + 1
    return len(d), a in d, a.clone() in d, d[a]


@program(Call(({"a": 1}, "b"), fails="KeyError: b"), ({"a": 1}, "a"))
def dict_missing(d: Dict[str, int], key: str) -> int:
    return d[key]


@program(Call(([1, 2], 2), fails="list index out of range"), ([1, 2], -2),
         Call(([1, 2], -3), fails="list index out of range"))
def list_bounds(xs: List[int], i: int) -> int:
    return xs[i]


@program(Call(([],), fails="pop from empty list"), ([4, 5],))
def list_pop(xs: List[int]) -> int:
    return xs.pop(-1)


@program(Call(("x",), fails="is not in list"), ("b",))
def list_index_of(name: str) -> int:
    return ["a", "b", "c"].index(name)


@program(([3.5, -1.0, 2.25, 10.0], ["b", "a", "C"], [True, False, True]))
def sorting(xs: List[float], names: List[str], flags: List[bool]
            ) -> Tuple[List[float], List[float], List[str], List[bool], List[Tuple[str, float]]]:
    down = xs.copy()
    down.sort(reverse=True)
    names.sort()
    pairs = [(n, x) for n, x in zip(names, xs)]
    pairs.sort(reverse=True)
    return sorted(xs), down, names, sorted(flags), pairs


@program(([torch.tensor(3), torch.tensor(1), torch.tensor(2)],))
def sort_tensors(xs: List[Tensor]) -> Tuple[List[Tensor], List[Tensor], bool, int]:
    up = sorted(xs)
    xs.sort(reverse=True)
    return up, xs, up == xs, xs.index(up[0])


@torch.jit.script
class Version:
    def __init__(self, major: int, minor: int):
        self.major = major
        self.minor = minor

    def __lt__(self, other: "Version") -> bool:
        if self.major != other.major:
            return self.major < other.major
        return self.minor < other.minor

    def __eq__(self, other: "Version") -> bool:
        return self.major == other.major and self.minor == other.minor

    def __str__(self) -> str:
        return "v{}.{}".format(self.major, self.minor)


@program(([3, 1, 2, 1], [0, 9, 5, 2]))
def sort_objects(majors: List[int], minors: List[int]) -> Tuple[List[str], bool]:
    versions = [Version(a, b) for a, b in zip(majors, minors)]
    versions.sort()
    ordered = sorted(versions)
    names: List[str] = []
    for version in versions:
        names.append(str(version))
    return names, ordered[0] == versions[0]


@program(("1", 2, 2.75, True), ("-7", -2, -2.75, False))
def scalar_conversions(s: str, i: int, f: float, b: bool
                ) -> Tuple[List[int], List[float], List[bool], List[str], complex]:
    return ([int(s), int(f), int(b), int(i)], [float(s), float(i), float(b), float("inf")],
            [bool(i), bool(f), bool(i - i), not b], [str(i), str(f), str(b), hex(i), oct(i), bin(i)],
            complex(i, f))


@program((torch.tensor([2.5]), torch.tensor(7)), (torch.tensor([[-0.5]]), torch.tensor(0)))
def tensors_to_scalars(x: Tensor, n: Tensor) -> Tuple[int, float, bool, int, float, Any]:
    return int(x), float(n), bool(n), int(n) + 1, x.item() * 2.0, n.item()


@program(Call((torch.tensor([1.0, 2.0]),), fails="Boolean value of Tensor with more than one value"),
         (torch.tensor([3.0]),), Call((torch.zeros(0),), fails="no values is ambiguous"))
def tensor_truth(x: Tensor) -> int:
    if x:
        return 1
    return 0


@program(Call((torch.tensor([1, 2]),), fails="elements cannot be converted to Scalar"),
         (torch.tensor([[5]]),))
def tensor_item(x: Tensor) -> int:
    return int(x.item())


@program((2.0, 0.5), (-1.5, 3.0), (0.0, 1.0))
def math_module(x: float, y: float) -> List[float]:
    return [math.sqrt(abs(x)), math.exp(x), math.log(abs(x) + 1.0), math.sin(x), math.cosh(y),
            math.atan2(x, y), math.pow(abs(x), y), math.fmod(x, y), math.copysign(y, x),
            math.degrees(x), math.radians(y), math.erf(x), math.gamma(y), math.lgamma(y),
            math.log1p(abs(x)), math.log10(y), math.expm1(x),
            math.fabs(x), math.ldexp(x, 3), math.pi, math.e,
            float(math.floor(x)), float(math.ceil(y)), float(math.factorial(5)),
            float(math.gcd(12, 18)), math.modf(x)[0], math.frexp(y)[0]]


@program(Call((float("inf"),), fails="Cannot convert float inf to integer"), (2.5,))
def floor_of(x: float) -> int:
    return math.floor(x)


@program((3, -2), (7, 4), (-9, 5), Call((1, 0), fails="integer division or modulo by zero"))
def divmod_ints(a: int, b: int) -> Tuple[int, int, int, int, float]:
    q, r = divmod(a, b)
    return q, r, a // b, a % b, a / b


@program((7.5, -2.0), (-7.5, 2.0), (1e300, 1e-300))
def divmod_floats(a: float, b: float) -> Tuple[Tuple[float, float], float, float]:
    return divmod(a, b), a // b, a % b


@program((6, 3), (-5, 2), (0, 63))
def bits(a: int, b: int) -> List[int]:
    return [a & b, a | b, a ^ b, a << 2, a >> 1, (a << b) >> b]


@program((1, 2.5, 3 + 4j), (-2, 0.0, 1j))
def numbers_of_kinds(i: int, f: float, c: complex) -> Tuple[List[float], List[complex], List[bool]]:
    return ([i + f, f - i, i * f, i / 4, float(i ** 2), abs(c), float(round(f)), max(i, f)],
            [c + i, i - c, c * f, c / (2 + 0j), c * c, -c, cmath.exp(c), cmath.sqrt(c)],
            [i < f, f >= i, i == f, c == c, i != 1, f == 2.5, cmath.isnan(c)])


@program(([1, 2, 3],), ([],))
def list_arithmetic(xs: List[int]) -> Tuple[List[int], List[int], List[int], bool, bool, int]:
    ys = xs + [4]
    zs = ys * 2
    before = zs
    zs += [0]
    same = before is zs
    zs = zs + [5]
    return ys, 2 * ys, zs, same, before is zs, sum(zs)


@program((["b", "a"], [1.5, 0.5], [2, 2]), ([], [], []))
def list_equality(a: List[str], b: List[float], c: List[int]) -> List[bool]:
    return [a == ["b", "a"], a != ["a"], b == b.copy(), c == [2, 2], c != [2], "a" in a, 0.5 in b,
            2 in c, 3 not in c]


@program(("Ab1 cD",), ("",), ("\t x,y\n",))
def string_cases(s: str) -> Tuple[List[str], List[bool]]:
    return ([s.capitalize(), s.title(), s.swapcase(), s.lower(),
             s.center(11, "*"), s.center(10, "-"), s.ljust(8, "."), s.rjust(8), s.zfill(8),
             s.expandtabs(4), s.replace("b", "--"), s.replace("c", "", 1), s.strip(), s.lstrip("A"),
             s.rstrip("D\n"), s + "!" + s],
            [s.istitle(), s.isprintable(), s.isidentifier(), s.startswith("A"), s.endswith("D"),
             s.startswith("b", -1), s < "b", s >= "", s == "Ab1 cD"])


@program(("a-b-c", "-"), ("abc", "x"), ("--", "-"))
def string_partitions(s: str, by: str) -> Tuple[Tuple[str, str, str], Tuple[str, str, str],
                                                List[str], List[str], List[str]]:
    return (s.partition(by), s.rpartition(by), s.split(by, 1), s.rsplit(by, 1),
            (s + "\n" + s + "\f\n").splitlines())


@program(("hello", 1, -1), ("abc", -2, 10))
def string_windows(s: str, start: int, end: int) -> Tuple[int, int, int, str, str, List[str]]:
    return (s.find("l", start, end), s.rfind("l", start), s.count("l", start, end), s[start:end],
            s[::2] + s[::-1], [c for c in s])


@program(Call(("abc", 3), fails="basic_string"), ("abc", -3))
def string_item(s: str, i: int) -> str:
    return s[i]


@program((3, 0.1, "x"), (-1, 1e22, "%"))
def percent_formatting(i: int, f: float, s: str) -> List[str]:
    return ["%d" % i, "%s and %s" % (s, i), "%f|%e" % (f, f),
            "%i%%" % i, "{}".format(f), "{} {}".format([i, i], (s, f))]


@program((2,), (5,))
def nested_values(n: int) -> Tuple[Dict[str, List[Tuple[int, Optional[float]]]], str, List[List[str]]]:
    d: Dict[str, List[Tuple[int, Optional[float]]]] = {}
    for i in range(n):
        key = "even" if i % 2 == 0 else "odd"
        if key not in d:
            fresh: List[Tuple[int, Optional[float]]] = []
            d[key] = fresh
        d[key].append((i, None if i == 3 else i / 2))
    return d, str(d), [[str(j) for j in range(i)] for i in range(n)]


class Shade(Enum):
    LIGHT = "light"
    DARK = "dark"


class Level(Enum):
    LOW = 1
    HIGH = 10


@program((1,), (2,))
def enum_members(n: int) -> Tuple[str, int, bool, bool, str]:
    level = Level.HIGH if n > 1 else Level.LOW
    shade = Shade.DARK
    return shade.value + level.name, level.value, level == Level.HIGH, shade != Shade.DARK, str(level)


@program((3,), ("x",), (2.5,), ([1, 2],))
def union_kinds(v: Union[int, str, float, List[int]]) -> str:
    if isinstance(v, int):
        return "int" + str(v + 1)
    elif isinstance(v, str):
        return "str" + v.upper()
    elif isinstance(v, float):
        return "float" + str(v * 2)
    else:
        return "list" + str(len(v))


@program((torch.arange(6).view(2, 3),), (torch.zeros(0, 2),), (torch.tensor(1.5),))
def tensor_facts(x: Tensor) -> Tuple[List[int], List[int], int, int, bool, bool, str, bool]:
    return (x.shape, list(x.stride()), x.dim(), x.numel(), x.is_floating_point(),
            x.is_contiguous(), str(x.device), x.dtype == torch.int64)


@program((3, [1.5, 2.5], [[1, 2], [3, 4]], [True, False]))
def tensors_of_values(i: int, xs: List[float], rows: List[List[int]], flags: List[bool]
                      ) -> List[Tensor]:
    return [torch.tensor(i), torch.tensor(xs), torch.tensor(rows), torch.tensor(flags),
            torch.tensor(xs, dtype=torch.int32), torch.tensor(rows, dtype=torch.float64),
            torch.as_tensor(i), torch.tensor(2.5), torch.tensor([0.1], dtype=torch.float64),
            torch.tensor(1j)]


@program(Call(([[1, 2], [3]],), fails="Expected sequence of length 2 at dim 1 (got 1)"))
def ragged_tensor(rows: List[List[int]]) -> Tensor:
    return torch.tensor(rows)


@program((10, 2, -3), (0, 5, 2), Call((0, 1, 0), fails="range() arg 3 must not be zero"))
def range_steps(a: int, b: int, step: int) -> List[int]:
    return [i * 10 for i in range(a, b, step)]


@program((torch.tensor([1.0, 2.0]),), (torch.tensor([[1, 20], [300, 4]]),), (torch.tensor(True),))
def printed(x: Tensor) -> str:
    return str(x) + "{}|{}".format(x, [x.size()])


@program((5, 7.5), (-3, 0.25))
def hashes(i: int, f: float) -> Tuple[int, int, int, int]:
    return hash(i), hash(f), hash("text"), hash((i, i + 1))


@program(([1, 2, 3, 4],), ([0],))
def mutation_through_alias(xs: List[int]) -> Tuple[List[int], List[int], int]:
    ys = xs
    ys.append(100)
    zs = xs[:]
    zs.clear()
    holder = [xs, ys]
    holder[0][0] = -1
    holder.reverse()
    return xs, holder[1], len(zs)


@program((True, False), (False, False))
def bool_operations(a: bool, b: bool) -> List[bool]:
    return [a and b, a or b, not a, a & b, a | b, a ^ b, a == b, a != b, a is b, any([a, b]),
            all([a, b])]


@program((None,), (4,))
def optional_values(n: Optional[int]) -> Tuple[int, str, Optional[int], bool]:
    size = n if n is not None else -1
    text = str(n)
    return size, text, n, n is None


class Point(NamedTuple):
    x: int
    y: float


@program((1, 2.5), (-4, 0.0))
def named_tuple_fields(x: int, y: float) -> Tuple[Point, str, float, List[int]]:
    p = Point(x, y)
    q = Point(y=p.y, x=p.x + 1)
    a, b = q
    return q, str(p), b + p.y, [a, p[0]]


@program((3, 4), (-2, 0))
def int_extremes(a: int, b: int) -> List[int]:
    return [min(a, b), max(a, b), min([a, b, 0]), max([a, b]), abs(a), sum([a, b]), a if a > b else b]
