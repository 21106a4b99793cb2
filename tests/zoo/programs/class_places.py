"""Classes and NamedTuples in every place where a type can stand."""
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor, nn

from tests.zoo.case import Call
from tests.zoo.programs.define import program


@torch.jit.script
class Node:
    """Links by position: a class cannot hold itself."""

    def __init__(self, value: int):
        self.value = value
        self.next = torch.jit.annotate(Optional[int], None)

    def push(self, value: int) -> "Node":
        head = Node(value)
        head.next = self.value
        return head


@program((5,), (0,))
def linked_nodes(n: int) -> Tuple[List[int], int]:
    nodes = [Node(-1)]
    for i in range(n):
        nodes.append(nodes[-1].push(i))
    out: List[int] = []
    here = nodes[-1]
    for _ in range(100):
        out.append(here.value)
        link = here.next
        if link is None:
            break
        else:
            here = nodes[link + 1]
    return out, len(nodes)


class Leaf:
    def __init__(self, x: Tensor):
        self.x = x


class Branch:
    def __init__(self, leaves: List[Leaf], name: str):
        self.leaves = leaves
        self.by_name = {name: leaves[0]}
        self.pair = (leaves[0], leaves[-1])
        self.maybe = torch.jit.annotate(Optional[Leaf], None)

    def total(self) -> Tensor:
        total = torch.zeros(2)
        for leaf in self.leaves:
            total = total + leaf.x
        maybe = self.maybe
        if maybe is not None:
            total = total + maybe.x
        return total


@program((torch.ones(2), 3))
def classes_in_classes(x: Tensor, n: int) -> Tuple[Tensor, Tensor, bool, bool]:
    branch = Branch([Leaf(x * i) for i in range(n)], "first")
    before = branch.total()
    branch.by_name["first"].x = x * 100
    branch.pair[1].x += 5
    branch.maybe = Leaf(x)
    return before, branch.total(), branch.pair[0] is branch.leaves[0], branch.maybe is None


def pick(flag: bool, a: Leaf, b: Leaf) -> Leaf:
    return a if flag else b


@program((torch.ones(2), True), (torch.ones(2), False))
def passed_and_returned(x: Tensor, flag: bool) -> Tuple[Tensor, bool, Tuple[Tensor, Tensor]]:
    a, b = Leaf(x), Leaf(x + 1)
    got = pick(flag, a, b)
    got.x = got.x * 10
    pair = (a, b)
    first, second = pair
    return got.x, got is a, (first.x, second.x)


@program((1,), ("s",))
def isinstance_of_classes(v: Any) -> List[bool]:
    leaf = Leaf(torch.ones(1))
    things: List[Any] = [leaf, v, Node(3)]
    return [isinstance(thing, Leaf) for thing in things] + [isinstance(thing, (Node, int)) for thing in things]


@torch.jit.script
class Accumulator:
    def __init__(self):
        self.total = torch.zeros(1)
        self.history: List[float] = []
        self.seen: Dict[int, str] = {}

    def add(self, x: Tensor) -> "Accumulator":
        self.total = self.total + x.sum()
        self.history.append(float(self.total))
        self.seen[len(self.history)] = str(len(self.seen))
        return self

    def mean(self) -> float:
        if len(self.history) == 0:
            return 0.0
        return sum(self.history) / len(self.history)


@program((torch.ones(3),), (torch.zeros(0),))
def chained_calls(x: Tensor) -> Tuple[Tensor, float, Dict[int, str]]:
    a = Accumulator().add(x).add(x * 2)
    a.add(x).add(-x)
    return a.total, a.mean(), a.seen


@program((torch.ones(3),))
class ModuleWithObjects(nn.Module):
    def __init__(self):
        super().__init__()
        self.state = Accumulator()
        self.first = Node(3)

    def forward(self, x: Tensor) -> Tuple[Tensor, float, int]:
        self.state.add(x)
        self.first = self.first.push(8)
        n = self.first.next
        return self.state.total, self.state.mean(), self.first.value * 10 + (n if n is not None else 0)


class Shape(NamedTuple):
    kind: str
    sizes: List[int]
    parts: Optional[Tuple[int, int]] = None


@program((3,))
def named_tuples_in_places(n: int) -> Tuple[List[Shape], Dict[str, Shape], Shape, int]:
    a = Shape("a", [n], None)
    b = a
    b = Shape(b.kind + "b", b.sizes + [1], (n, n))
    items = [a, b]
    table = {"x": items[1]}
    parts = table["x"].parts
    total = 0
    if parts is not None:
        total = parts[0] + parts[1]
    kind, sizes, _ = items[0]
    sizes.append(9)
    return items, table, Shape(kind, sizes), total


@program((2,), (5,))
def default_values_shared(n: int) -> List[int]:
    return [collect(n), collect(n + 1), collect(1, [7]), collect(k=n), len(options())]


def collect(k: int, into: Optional[List[int]] = None) -> int:
    if into is None:
        into = []
    into.append(k)
    return sum(into)


def options(a: Tuple[int, str] = (1, "x"), b: Tuple[float, float] = (1.0, 2.0), c: Optional[str] = None) -> str:
    return a[1] + str(a[0]) + str(b) + (c if c is not None else "-")
