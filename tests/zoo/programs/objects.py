"""Script classes, enums and interfaces."""
from enum import Enum
from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor, nn

from tests.zoo.case import Call
from tests.zoo.programs.define import program


@torch.jit.script
class Account:
    """Mutable state, methods that call each other, a property and operators."""

    def __init__(self, owner: str, cents: int):
        self.owner = owner
        self.cents = cents
        self.history: List[int] = []

    @property
    def euros(self) -> float:
        return self.cents / 100

    def deposit(self, cents: int):
        self.cents += cents
        self.history.append(cents)

    def withdraw(self, cents: int) -> bool:
        if cents > self.cents:
            return False
        self.deposit(-cents)
        return True

    def __len__(self) -> int:
        return len(self.history)

    def __lt__(self, other: "Account") -> bool:
        return self.cents < other.cents

    def __contains__(self, cents: int) -> bool:
        return cents in self.history


@program((500, 200), (100, 200))
def bank(start: int, amount: int) -> Tuple[float, List[int], bool, int, List[str], bool]:
    mine = Account("me", start)
    yours = Account("you", 0)
    alias = mine
    worked = alias.withdraw(amount)
    if worked:
        yours.deposit(amount)
    accounts = [mine, yours]
    accounts.sort()
    return (mine.euros, mine.history, worked, len(yours), [account.owner for account in accounts],
            amount in yours)


@torch.jit.script
class Vector:
    def __init__(self, x: float, y: float):
        self.x = x
        self.y = y

    def __add__(self, other: "Vector") -> "Vector":
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, factor: float) -> "Vector":
        return Vector(self.x * factor, self.y * factor)

    def __getitem__(self, i: int) -> float:
        return self.x if i == 0 else self.y

    def __setitem__(self, i: int, value: float):
        if i == 0:
            self.x = value
        else:
            self.y = value

    def __eq__(self, other: "Vector") -> bool:
        return self.x == other.x and self.y == other.y


@program((1.0, 2.0), (-0.5, 0.25))
def operator_methods(x: float, y: float) -> Tuple[float, float, bool, bool]:
    a = Vector(x, y)
    b = a + a * 2.0
    b[1] = b[0] + 1.0
    return b.x, b[1], a == Vector(x, y), a == b


@torch.jit.script
class Stack:
    def __init__(self):
        self.items: List[Tensor] = []
        self.names: Dict[str, int] = {}

    def push(self, name: str, x: Tensor) -> int:
        self.names[name] = len(self.items)
        self.items.append(x)
        return len(self.items)

    def pop(self) -> Tensor:
        if len(self.items) == 0:
            raise IndexError("stack is empty")
        return self.items.pop()

    def at(self, name: str) -> Tensor:
        return self.items[self.names[name]]


@program((torch.randn(3), 1), Call((torch.randn(3), 3), fails="stack is empty"))
def stack_of_tensors(x: Tensor, pops: int) -> Tuple[Tensor, int]:
    stack = Stack()
    stack.push("x", x)
    stack.push("double", x * 2)
    stack.at("x").add_(1)
    total = torch.zeros_like(x)
    for _ in range(pops):
        total += stack.pop()
    return total, stack.push("again", total)


class Colour(Enum):
    RED = 1
    GREEN = 2
    BLUE = 4


class Level(Enum):
    LOW = "low"
    HIGH = "high"


def pick(value: int) -> Colour:
    if value == 1:
        return Colour.RED
    elif value == 2:
        return Colour.GREEN
    return Colour.BLUE


@program((1,), (2,), (9,))
def enums(value: int) -> Tuple[str, int, bool, List[str], str]:
    colour = pick(value)
    names = [each.name for each in Colour]
    level = Level.HIGH if colour == Colour.RED else Level.LOW
    return colour.name, colour.value, colour != Colour.BLUE, names, level.value


@torch.jit.script
class Shape2d:
    def __init__(self, sides: List[float]):
        self.sides = sides

    @staticmethod
    def unit(count: int) -> "Shape2d":
        return Shape2d([1.0 for _ in range(count)])

    def perimeter(self) -> float:
        total = 0.0
        for side in self.sides:
            total += side
        return total


@program((4,), (0,))
def static_methods(n: int) -> Tuple[float, int]:
    shape = Shape2d.unit(n)
    shape.sides.append(0.5)
    return shape.perimeter(), len(shape.sides)


@torch.jit.interface
class Activation:
    def apply(self, x: Tensor) -> Tensor:
        pass

    def label(self) -> str:
        pass


@torch.jit.script
class Doubling:
    def __init__(self):
        self.calls = 0

    def apply(self, x: Tensor) -> Tensor:
        self.calls += 1
        return x * 2 + self.calls

    def label(self) -> str:
        return "doubling" + str(self.calls)


@torch.jit.script
class Shifting:
    def __init__(self, by: float):
        self.by = by

    def apply(self, x: Tensor) -> Tensor:
        return x + self.by

    def label(self) -> str:
        return "shifting"


def choose_activation(kind: int) -> Activation:
    if kind == 0:
        return Doubling()
    return Shifting(0.5)


@program((torch.randn(3), [0, 1, 0]), (torch.randn(3), []))
def interface_dispatch(x: Tensor, kinds: List[int]) -> Tuple[Tensor, List[str]]:
    steps: List[Activation] = []
    for kind in kinds:
        steps.append(choose_activation(kind))
    names: List[str] = []
    for step in steps:
        x = step.apply(step.apply(x))
        names.append(step.label())
    return x, names


@torch.jit.interface
class Stage(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        pass


class Scale(nn.Module):
    def __init__(self, factor: float):
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        return x * self.factor


class Clip(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.clamp(-1, 1)


@program((torch.randn(4) * 3, 0), (torch.randn(4) * 3, 1))
class ModuleInterface(nn.Module):
    """The stage is chosen by value at run time."""
    first: Stage
    second: Stage

    def __init__(self):
        super().__init__()
        self.first = Scale(3.0)
        self.second = Clip()

    def forward(self, x: Tensor, which: int) -> Tensor:
        if which == 0:
            return self.first.forward(self.second.forward(x))
        return self.second.forward(self.first.forward(x))


@program((torch.randn(2, 3), 4))
class KeepsState(nn.Module):
    """Attributes of many types, changed by methods, kept between calls inside one run."""
    counts: Dict[str, int]
    seen: List[Tensor]
    last: Optional[Tensor]

    def __init__(self):
        super().__init__()
        self.counts = {}
        self.seen = []
        self.last = None
        self.total = 0.0
        self.register_buffer("mean", torch.zeros(3))

    @torch.jit.export
    def observe(self, name: str, x: Tensor) -> int:
        self.counts[name] = self.counts.get(name, 0) + 1
        self.seen.append(x)
        self.last = x
        self.total += float(x.sum())
        self.mean.mul_(0.5).add_(x.mean(0), alpha=0.5)
        return self.counts[name]

    def forward(self, x: Tensor, n: int) -> Tuple[Dict[str, int], Tensor, float, Tensor]:
        for i in range(n):
            self.observe("even" if i % 2 == 0 else "odd", x + i)
        last = self.last
        assert last is not None
        return self.counts, self.mean, self.total, last
