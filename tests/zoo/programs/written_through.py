"""Writes through what holds a tensor: lists of a dict's keys and values, containers of constants."""
from typing import Any, Dict, List, Tuple

import torch
from torch import Tensor, nn

from tests.zoo.programs.define import made, program

ONES = torch.ones(2)


@program((1,), (3,))
def lists_of_keys(n: int) -> Tuple[List[int], List[int]]:
    keys = {1: 1, 2: 2}.keys()
    keys.append(3)
    found: List[int] = []
    for i in range(n):
        names = {1: 1, 2: 2}.keys()
        names.append(i + 10)
        for name in names:
            found.append(name)
    return keys, found


@program((ONES,))
def values_of_dicts(x: Tensor) -> Tuple[Dict[str, Tensor], List[Tensor], Dict[str, Dict[str, Tensor]]]:
    d = {"a": x + 1, "b": x + 2}
    for v in d.values():
        v.add_(1)
    [v.mul_(2) for v in d.values()]
    for k, v in zip(d.keys(), d.values()):
        v.add_(len(k))
    for v in list(d.values()):
        v.sub_(3)
    fresh = {len(d): torch.zeros(2)}.values()
    fresh[0] += 1
    fresh.append(x)
    nested = {"a": {"b": x + 1}}
    for inner in nested.values():
        inner["c"] = x
    return d, fresh, nested


class ListState(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rows = [torch.zeros(2), torch.zeros(2)]

    def forward(self, x: Tensor, chosen: bool, n: int) -> Tensor:
        for row in self.rows:
            row.add_(1)
        a, b = self.rows
        a.add_(1)
        self.rows[0][1] += 10
        if chosen:
            self.rows[0].fill_(3)
        else:
            self.rows[1].fill_(4)
        for i in range(n):
            self.rows[0].add_(i)
        torch.add(x, 1, out=self.rows[1])
        return self.rows[0] + self.rows[1]


class OtherState(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.named = {"k": torch.tensor([1, 2])}
        self.table = [torch.zeros(3, 2)]

    def forward(self, x: Tensor, n: int) -> Tuple[Dict[str, Tensor], Tensor]:
        self.named["k"].add_(1)
        table = self.table[0]
        for i in range(n):
            table[i] = x * i
        return self.named, table.sum(0)


@made((ONES, True, 2))
def frozen_list_that_is_written():
    return torch.jit.freeze(torch.jit.script(ListState().eval()))


@made((ONES, False, 0))
def frozen_list_with_the_other_branch():
    return torch.jit.freeze(torch.jit.script(ListState().eval()))


@made((ONES, 2))
def frozen_containers_that_are_written():
    return torch.jit.freeze(torch.jit.script(OtherState().eval()))


def traced_with(write: Any) -> Any:
    constant = torch.zeros(2)

    def traced(x: Tensor) -> Tensor:
        write(constant, x)
        return constant + x
    return torch.jit.trace(traced, ONES, check_trace=False)


@made((ONES,))
def traced_constant_written_through_split():
    return traced_with(lambda c, x: c.split(1)[0].add_(x[0]))


@made((ONES,))
def traced_constant_written_through_unbind():
    return traced_with(lambda c, x: torch.unbind(torch.chunk(c, 2)[1])[0].add_(7))
