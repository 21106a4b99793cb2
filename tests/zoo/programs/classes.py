"""Script classes: operators, properties, state, containers of them, and the modules that use them."""
from enum import Enum
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor, nn

from tests.zoo.case import Call
from tests.zoo.programs.define import program


class Number:
    """Every operator that a class can define."""

    def __init__(self, v: int):
        self.v = v

    def __add__(self, o: "Number") -> "Number":
        return Number(self.v + o.v)

    def __sub__(self, o: "Number") -> "Number":
        return Number(self.v - o.v)

    def __mul__(self, o: "Number") -> "Number":
        return Number(self.v * o.v)

    def __truediv__(self, o: "Number") -> float:
        return self.v / o.v

    def __mod__(self, o: "Number") -> int:
        return self.v % o.v

    def __pow__(self, o: int) -> float:
        return float(self.v ** o)

    def __and__(self, o: "Number") -> int:
        return self.v & o.v

    def __or__(self, o: "Number") -> int:
        return self.v | o.v

    def __xor__(self, o: "Number") -> int:
        return self.v ^ o.v

    def __neg__(self) -> "Number":
        return Number(-self.v)

    def __invert__(self) -> int:
        return -self.v - 1

    def __lt__(self, o: "Number") -> bool:
        return self.v < o.v

    def __le__(self, o: "Number") -> bool:
        return self.v <= o.v

    def __gt__(self, o: "Number") -> bool:
        return self.v > o.v

    def __ge__(self, o: "Number") -> bool:
        return self.v >= o.v

    def __eq__(self, o: "Number") -> bool:
        return self.v == o.v

    def __ne__(self, o: "Number") -> bool:
        return self.v != o.v

    def __len__(self) -> int:
        return abs(self.v)

    def __contains__(self, k: int) -> bool:
        return self.v == k

    def __getitem__(self, k: int) -> int:
        return self.v * k

    def __setitem__(self, k: int, v: int) -> None:
        self.v = k * v

    def __bool__(self) -> bool:
        return self.v != 0

    def __int__(self) -> int:
        return self.v

    def __float__(self) -> float:
        return self.v / 2

    def __str__(self) -> str:
        return "Number({})".format(self.v)

    def __call__(self, k: int) -> int:
        return self.v + k


@program((7, 3), (-2, 5))
def every_operator(a: int, b: int) -> Tuple[List[int], List[float], List[bool], str]:
    x, y = Number(a), Number(b)
    x[0] = 5
    zero = Number(0)
    x[1] = a
    return ([(x + y).v, (x - y).v, (x * y).v, x % y, x & y, x | y, x ^ y, (-x).v, ~x, len(x), x[3],
             int(x), x(10)],
            [x / y, x ** 2, float(y)],
            [x < y, x <= y, x > y, x >= y, x == y, x != y, 3 in x, a in x, bool(x), bool(zero),
             x is y, x is x, x is not y],
            str(x))


@program((4, 2), (-3, 3))
def augmented_operators(a: int, b: int) -> Tuple[int, int]:
    x, y = Number(a), Number(b)
    before = x
    x += y
    x *= y
    x -= y
    return x.v, before.v


@program(([3, 1, 2],), ([],), ([1],))
def sorted_by_less_than(values: List[int]) -> Tuple[List[int], List[int]]:
    xs = [Number(v) for v in values]
    ys = sorted(xs)
    xs.sort(reverse=True)
    return [x.v for x in xs], [y.v for y in ys]


class Temperature:
    def __init__(self, celsius: float):
        self.celsius = celsius
        self.reads = 0

    @property
    def fahrenheit(self) -> float:
        self.reads += 1
        return self.celsius * 9 / 5 + 32

    @fahrenheit.setter
    def fahrenheit(self, value: float):
        self.celsius = (value - 32) * 5 / 9


@program((100.0,), (-40.0,))
def properties_of_class(c: float) -> Tuple[float, float, int]:
    t = Temperature(c)
    first = t.fahrenheit
    t.fahrenheit = first + 18
    t.fahrenheit += 9.0
    return first, t.celsius, t.reads


class Registry:
    def __init__(self):
        self.numbers: Dict[str, Number] = {}
        self.order: List[str] = []

    def add(self, name: str, v: int) -> Number:
        if name not in self.numbers:
            self.order.append(name)
        self.numbers[name] = Number(v)
        return self.numbers[name]

    def total(self) -> int:
        total = 0
        for number in self.numbers.values():
            total += number.v
        return total


@program((["a", "b", "a"],), ([],))
def objects_in_dicts(names: List[str]) -> Tuple[int, List[str], bool]:
    registry = Registry()
    for i, name in enumerate(names):
        registry.add(name, i * 10).v += 1
    first = registry.add("z", 5)
    first.v = 1000
    return registry.total(), registry.order, registry.numbers["z"] is first


class Defaults:
    def __init__(self, a: int = 3, b: float = 0.5, c: str = "c", d: Optional[int] = None):
        self.text = "{}/{}/{}/{}".format(a, b, c, d)

    def more(self, k: int = 2, name: str = "n") -> str:
        return self.text + name if k < 0 else self.text + ":" + name + str(k)


@program((1,), (-1,))
def default_arguments(a: int) -> List[str]:
    return [Defaults().more(), Defaults(a).more(3), Defaults(c="x", a=a).more(name="q"),
            Defaults(a, 1.0, "y", a).more(k=a + 5)]


class Mixed:
    """Holds every kind of value."""

    def __init__(self, x: Tensor, n: int):
        self.x = x
        self.pair = (n, "p")
        self.nested = [[n], [n + 1]]
        self.table = {"k": [1.5]}
        self.flag = n > 0
        self.maybe = torch.jit.annotate(Optional[Tensor], None)
        self.anything = torch.jit.annotate(Any, n)
        self.number = Number(n)
        self.z = complex(1, n)

    def change(self):
        self.x = self.x + 1
        self.pair = (self.pair[0] + 1, self.pair[1] + "!")
        self.nested[0].append(7)
        self.table["j"] = [2.5]
        self.flag = not self.flag
        self.maybe = self.x * 2
        self.number.v += 5
        self.anything = "now text"
        self.z = self.z * 1j


@program((torch.ones(2), 3), (torch.zeros(1), -1))
def mixed_attributes(x: Tensor, n: int) -> Tuple[Tensor, Tuple[int, str], List[List[int]],
                                                 Dict[str, List[float]], bool, Optional[Tensor], Any,
                                                 int, complex]:
    m = Mixed(x, n)
    m.change()
    if n > 0:
        m.change()
    return (m.x, m.pair, m.nested, m.table, m.flag, m.maybe, m.anything, m.number.v, m.z)


class Kind(Enum):
    FIRST = "first kind"
    SECOND = "second kind"


class Rate(Enum):
    SLOW = 0.5
    FAST = 2.0


class Bit(Enum):
    OFF = 0
    ON = 1


@program((True, 1.5), (False, -1.0))
def enum_values(flag: bool, x: float) -> Tuple[str, float, int, List[str], List[float], bool, bool]:
    kind = Kind.FIRST if flag else Kind.SECOND
    rate = Rate.FAST
    if kind == Kind.SECOND:
        rate = Rate.SLOW
    values = [each.value for each in Rate]
    return (kind.name + "=" + kind.value, rate.value * x, Bit.ON.value + 1,
            [k.name for k in Kind], values, kind == Kind.FIRST, rate != Rate.FAST)


def flip(bit: Bit) -> Bit:
    return Bit.OFF if bit == Bit.ON else Bit.ON


@program((3,), (0,))
def enum_arguments(n: int) -> Tuple[str, int]:
    bit = Bit.OFF
    bits: List[Bit] = []
    for _ in range(n):
        bit = flip(bit)
        bits.append(bit)
    total = 0
    for each in bits:
        total = total * 2 + each.value
    return bit.name, total


@program((torch.ones(2),))
class EnumAttribute(nn.Module):
    def __init__(self):
        super().__init__()
        self.kind = Kind.SECOND
        self.rates = {"a": Rate.FAST}

    def forward(self, x: Tensor) -> Tuple[Tensor, str, bool]:
        if self.kind == Kind.SECOND:
            x = x * self.rates["a"].value
        self.kind = Kind.FIRST
        return x, self.kind.value, self.kind == Kind.FIRST


class Options(NamedTuple):
    size: int
    rate: float = 0.5
    name: str = "default"
    parts: Optional[List[int]] = None


def with_options(options: Options) -> str:
    parts = options.parts
    return "{} {} {} {}".format(options.size, options.rate, options.name,
                                -1 if parts is None else len(parts))


@program((3,), (0,))
def named_tuple_defaults(n: int) -> List[str]:
    options = Options(n, 1.5, "x", [1, 2])
    size, rate, name, parts = options
    return [with_options(options), with_options(Options(n, 0.5, "y", None)),
            with_options(Options(size=1, rate=rate, name=name, parts=parts)), str(options[0]),
            options[2]]


class Inner(NamedTuple):
    x: Tensor
    n: int


class Outer(NamedTuple):
    inner: Inner
    items: List[Inner]
    table: Dict[str, Inner]


@program((torch.ones(2), 3))
def nested_named_tuples(x: Tensor, n: int) -> Tuple[Outer, Tensor, int]:
    inner = Inner(x, n)
    outer = Outer(inner, [inner, Inner(x * 2, n + 1)], {"k": inner})
    total = torch.zeros_like(x)
    for each in outer.items:
        total = total + each.x * each.n
    return outer, total, outer.table["k"].n


class Counter:
    def __init__(self, limit: int):
        self.limit = limit
        self.log: List[str] = []

    def __enter__(self) -> "Counter":
        self.log.append("enter {}".format(self.limit))
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any):
        self.log.append("exit {}".format(self.limit))


@program((1,), (5,), Call((9,), fails="too deep"))
def nested_contexts(n: int) -> List[str]:
    outer = Counter(n)
    with outer as a:
        a.log.append("outer body")
        with Counter(n + 1) as b, Counter(n + 2):
            b.log.append("inner body")
            if n > 8:
                raise RuntimeError("too deep")
            a.log.extend(b.log)
            if n > 3:
                return a.log
        a.log.append("after")
    return outer.log + ["end"]


@program((3,), (0,))
def contexts_in_loops(n: int) -> Tuple[List[str], int]:
    counter = Counter(n)
    total = 0
    for i in range(5):
        with counter as c:
            total += c.limit + i
    return counter.log, total
