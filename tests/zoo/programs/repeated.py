"""Loops whose bodies hold what does not change, and loops of few iterations that decide something."""
from typing import List, Tuple

import torch
from torch import Tensor, nn

from tests.zoo.case import Call
from tests.zoo.programs.define import program

X, W = torch.randn(3, 3), torch.randn(3, 3)


@program((X, W, 3), (X, W, 0), (X, W, 1), Call((X, torch.randn(2, 2), 2), fails="shapes cannot be multiplied"),
         (X, torch.randn(2, 2), 0))
def same_product(x: Tensor, w: Tensor, n: int) -> Tuple[Tensor, int]:
    total = 0
    for i in range(n):
        y = torch.matmul(w, w.t()).relu()
        x = torch.matmul(x, y) / (w.size(0) * x.size(1))
        total += w.size(1) * n + i
    return x, total


@program((X, 4, 2), (X, 0, 0), Call((X, 2, 0), fails="division by"))
def same_division(x: Tensor, n: int, d: int) -> Tensor:
    for i in range(n):
        x = x + (n // d) * i
    return x


@program((X, 3), (X, 0))
def fresh_each_time(x: Tensor, n: int) -> Tuple[List[Tensor], bool]:
    kept: List[Tensor] = []
    for i in range(n):
        kept.append(torch.zeros([3]) + x[0])
        kept[i].add_(i)
    return kept, n < 2 or kept[0] is kept[1]


@program((X, 4), (X, 1))
def written_in_the_loop(x: Tensor, n: int) -> Tuple[Tensor, Tensor]:
    y = x.clone()
    total = torch.zeros_like(x)
    for i in range(n):
        total += y.t() * 2
        y.add_(1)
    return total, y


@program((X, 3, 4), (X, 0, 4), (X, 2, 0), Call((X, 2, -1), fails="late"))
def checked_on_the_way(x: Tensor, n: int, m: int) -> Tensor:
    y = x
    for i in range(n):
        for j in range(m):
            y = y + x.abs().sum() * m
        if m < 0:
            raise ValueError("late")
        y = y / x.abs().max()
    return y


@program((3, 5), (0, 5), (4, 0))
def conditions_around(n: int, m: int) -> List[int]:
    i, found = 0, 0
    seen: List[int] = []
    while i < n and found < m * 2:
        limit = m * m + n
        found += limit % (i + 1)
        seen.append(found)
        i += 1
    return seen


@program((torch.randn(2, 4),))
class WeightsByNumber(nn.Module):
    weights: List[Tensor]

    def __init__(self):
        super().__init__()
        self.weights = [torch.randn(4, 4) for _ in range(3)]
        self.steps = 3

    def forward(self, x: Tensor) -> Tuple[Tensor, List[int]]:
        sizes: List[int] = []
        for i in range(self.steps):
            x = torch.tanh(torch.matmul(x, self.weights[i]))
            if i == 0:
                x = x + 1
            elif i < 2:
                sizes.append(x.size(i))
            sizes.append(i * i)
        for i in range(len(self.weights) - 1, -1, -1):
            x = x - self.weights[i].sum()
        return x, sizes


@program((torch.randn(1, 2, 16),))
class GrowingDilation(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(2, 2, 3))

    def forward(self, x: Tensor) -> Tensor:
        reach = 1
        for i in range(3):
            x = x + torch.conv1d(x, self.weight, None, 1, reach, 1 << i)
            reach = reach * 2
        return x


@program((X,), (torch.zeros(3, 3),))
def triangle(x: Tensor) -> Tuple[Tensor, int]:
    count = 0
    for i in range(3):
        for j in range(i + 1):
            if i == j:
                x = x * 2
                continue
            if x.sum() > 1000:
                break
            count += i * 10 + j
            x = x + [x, x.t(), -x][j]
    return x, count
