"""fork and wait: what can be forked, where futures can lie, and what waiting gives."""
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor, nn

from tests.zoo.case import Call
from tests.zoo.programs.define import made, program


def negated(x: Tensor) -> Tensor:
    return x.neg()


def scaled(x: Tensor, by: float = 2.0, plus: Optional[int] = None) -> Tensor:
    y = x * by
    return y if plus is None else y + plus


def halves(x: Tensor) -> Tuple[Tensor, Tensor]:
    return x[:1], x[1:]


def rows(x: Tensor) -> List[Tensor]:
    return [row for row in x]


@program((torch.arange(4.0),))
def keyword_arguments(x: Tensor) -> List[Tensor]:
    a = torch.jit.fork(scaled, x)
    b = torch.jit.fork(scaled, x, by=3.0)
    c = torch.jit.fork(scaled, plus=1, x=x, by=0.5)
    d = torch.jit.fork(scaled, x, 1.0, 7)
    return [torch.jit.wait(a), torch.jit.wait(b), torch.jit.wait(c), torch.jit.wait(d)]


@program((torch.arange(4.0),))
def results_of_kinds(x: Tensor) -> Tuple[Tensor, Tensor, int]:
    pair = torch.jit.fork(halves, x)
    many = torch.jit.fork(rows, x)
    first, rest = torch.jit.wait(pair)
    items = torch.jit.wait(many)
    return first, rest + items[2], len(items)


@program((torch.arange(4.0),))
def futures_in_containers(x: Tensor) -> Tuple[List[Tensor], Dict[str, Tensor], Tensor]:
    listed: List[torch.jit.Future[Tensor]] = []
    named: Dict[str, torch.jit.Future[Tensor]] = {}
    for i in range(3):
        future = torch.jit.fork(scaled, x, float(i))
        listed.append(future)
        named["k" + str(i)] = future
    paired = (torch.jit.fork(negated, x), 3)
    out: Dict[str, Tensor] = {}
    for key, value in named.items():
        out[key] = torch.jit.wait(value)
    return [torch.jit.wait(f) for f in listed], out, torch.jit.wait(paired[0]) + paired[1]


def waits_inside(x: Tensor) -> Tensor:
    inner = torch.jit.fork(negated, x)
    return torch.jit.wait(inner) + 1


def nested_future(x: Tensor) -> torch.jit.Future[Tensor]:
    return torch.jit.fork(negated, x)


@program((torch.arange(3.0),))
def forks_in_forks(x: Tensor) -> Tuple[Tensor, Tensor]:
    outer = torch.jit.fork(waits_inside, x)
    deep = torch.jit.fork(nested_future, x * 2)
    return torch.jit.wait(outer), torch.jit.wait(torch.jit.wait(deep))


@program((torch.arange(3.0), True), (torch.arange(3.0), False))
def chosen_future(x: Tensor, flag: bool) -> Tensor:
    if flag:
        future = torch.jit.fork(negated, x)
    else:
        future = torch.jit.fork(scaled, x)
    again = torch.jit.wait(future)
    return again + torch.jit.wait(future)


@program((torch.arange(3.0),))
def mutation_seen_after_wait(x: Tensor) -> Tensor:
    box: List[Tensor] = []
    future = torch.jit.fork(append_to, box, x)
    size = torch.jit.wait(future)
    return box[0] + size


def append_to(box: List[Tensor], x: Tensor) -> int:
    x.add_(1)
    box.append(x)
    return len(box)


def nothing(x: Tensor):
    x.mul_(3)


@program((torch.ones(2),))
def future_of_nothing(x: Tensor) -> Tuple[Tensor, bool]:
    future = torch.jit.fork(nothing, x)
    result = torch.jit.wait(future)
    return x, result is None


class Cell(NamedTuple):
    h: Tensor
    c: Tensor


def step(cell: Cell, x: Tensor) -> Cell:
    return Cell(torch.tanh(cell.h + x), cell.c * 0.5 + x)


@program((torch.ones(2), 3), (torch.zeros(2), 0))
def future_of_named_tuple(x: Tensor, n: int) -> Tuple[Tensor, Tensor]:
    cell = Cell(x, x)
    for _ in range(n):
        cell = torch.jit.wait(torch.jit.fork(step, cell, x))
    return cell.h, cell.c


@torch.jit.script
class Tally:
    def __init__(self, start: int):
        self.count = start

    def add(self, k: int) -> int:
        self.count += k
        return self.count


def tally(t: Tally, k: int) -> int:
    return t.add(k)


@program((5,))
def objects_cross_forks(n: int) -> Tuple[int, int]:
    t = Tally(n)
    a = torch.jit.wait(torch.jit.fork(tally, t, 10))
    b = torch.jit.wait(torch.jit.fork(tally, t, 100))
    return a + b, t.count


class Branch(nn.Module):
    def __init__(self, k: float):
        super().__init__()
        self.linear = nn.Linear(3, 3)
        self.k = k

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) * self.k

    @torch.jit.export
    def other(self, x: Tensor, plus: int) -> Tensor:
        return x * self.k + plus


@program((torch.randn(2, 3),))
class ForksModules(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = Branch(1.0)
        self.right = Branch(-2.0)
        self.many = nn.ModuleList([Branch(float(i)) for i in range(3)])

    def forward(self, x: Tensor) -> Tuple[Tensor, List[Tensor]]:
        left = torch.jit.fork(self.left, x)
        right = torch.jit.fork(self.right.other, x, 5)
        futures: List[torch.jit.Future[Tensor]] = []
        for part in self.many:
            futures.append(torch.jit.fork(part, x))
        futures.append(torch.jit.fork(self.own, x))
        results: List[Tensor] = []
        for future in futures:
            results.append(torch.jit.wait(future))
        return torch.jit.wait(left) + torch.jit.wait(right), results

    def own(self, x: Tensor) -> Tensor:
        return x + 0.5


@program((torch.randn(2, 3),))
class HoldsAttributeTypes(nn.Module):
    """Bidirectional work, each side in its own task."""

    def __init__(self):
        super().__init__()
        self.forward_cell = nn.GRUCell(3, 3)
        self.backward_cell = nn.GRUCell(3, 3)

    def run_forward(self, x: Tensor) -> List[Tensor]:
        out: List[Tensor] = []
        h = torch.zeros(1, 3)
        for i in range(x.size(0)):
            h = self.forward_cell(x[i:i + 1], h)
            out.append(h)
        return out

    def run_backward(self, x: Tensor) -> List[Tensor]:
        out: List[Tensor] = []
        h = torch.zeros(1, 3)
        for i in range(x.size(0) - 1, -1, -1):
            h = self.backward_cell(x[i:i + 1], h)
            out.append(h)
        out.reverse()
        return out

    def forward(self, x: Tensor) -> Tensor:
        left = torch.jit.fork(self.run_forward, x)
        right = torch.jit.fork(self.run_backward, x)
        pairs: List[Tensor] = []
        for a, b in zip(torch.jit.wait(left), torch.jit.wait(right)):
            pairs.append(torch.cat([a, b], 1))
        return torch.cat(pairs, 0)


def fails_late(x: Tensor, limit: int) -> Tensor:
    for i in range(10):
        if i == limit:
            raise ValueError("stopped at {}".format(i))
        x = x + 1
    return x


@program((torch.ones(1), 20), Call((torch.ones(1), 4), fails="stopped at 4"))
def error_at_wait(x: Tensor, limit: int) -> Tensor:
    future = torch.jit.fork(fails_late, x, limit)
    y = negated(x)
    return torch.jit.wait(future) + y


@program((torch.ones(1),))
def future_never_awaited(x: Tensor) -> Tensor:
    torch.jit.fork(negated, x)
    return x + 1


def many_types(a: int, b: str, c: List[int], d: Dict[str, float], e: Any, f: bool) -> str:
    return "{} {} {} {} {}".format(a, b, c, d, f)


@program((3,))
def arguments_of_many_types(n: int) -> str:
    return torch.jit.wait(torch.jit.fork(many_types, n, "b", [n], {"k": 0.5}, (1, n), n > 2))


def traced_fork(x: Tensor) -> Tensor:
    a = torch.jit._fork(negated, x)
    b = torch.jit._fork(halves, x)
    y, z = torch.jit._wait(b)
    return torch.jit._wait(a) + y + z.sum()


@made((torch.ones(3),), (torch.arange(5.0),))
def traced_forks():
    return torch.jit.trace(traced_fork, torch.ones(3))
