"""Tensors in programs: mutation, views, indexing, lists of them, conversions."""
from typing import Dict, List, Optional, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.zoo.case import Call
from tests.zoo.programs.define import program


@program((torch.arange(12.0).view(3, 4),))
def mutation_through_views(x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    row = x[1]
    column = x[:, 2]
    row.add_(100)
    column.mul_(-1)
    x[0, 1:3] = 7.0
    x[2][3] = 55.0
    flat = x.view(-1)
    flat[0] += 0.5
    square = x.t()[1:3, 0:2]
    square.fill_(3.0)
    return x, row, column


@program((torch.arange(24).view(2, 3, 4),))
def slicing(x: Tensor) -> List[Tensor]:
    return [x[0], x[-1, 1:], x[..., 0], x[:, ::2], x[:, None, 1], x[1, 2, 3], x[:, -2:, :3],
            x[None], x[0:0], x[..., None].squeeze(-1), x[:, 1:2, 1::2]]


@program((torch.arange(12.0).view(3, 4), torch.tensor([2, 0]), torch.tensor([True, False, True])))
def advanced_indexing(x: Tensor, rows: Tensor, mask: Tensor) -> List[Tensor]:
    y = x.clone()
    y[rows] = torch.zeros(2, 4)
    z = x.clone()
    z[mask, 1] = -1.0
    z[x > 9] = 9.5
    return [x[rows], x[:, rows], x[rows, rows], x[mask], y, z, x[rows, 1:3], x[[0, 2]],
            x[mask][:, torch.tensor([[0], [1]])]]


@program((torch.arange(6.0),))
def in_place_and_rebinding(x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    alias = x
    x += 1
    y = x
    y = y + 1
    alias *= 2
    x -= alias[0].clone()
    alias[1:3] /= 2
    return x, y, alias


@program((torch.zeros(4, 4),))
def conditional_aliasing(x: Tensor) -> Tuple[Tensor, int]:
    """Which tensor is written depends on values, so no pass may reorder the writes."""
    a = x[0]
    b = x[1].clone()
    written = 0
    for i in range(4):
        target = a if i % 2 == 0 else b
        target.add_(i + 1)
        if bool(x[0, 0] > 2):
            x[i].sub_(a)
            written += 1
    return x + b, written


@program((torch.randn(2, 6),), (torch.randn(4, 3),))
def shapes(x: Tensor) -> Tuple[List[Tensor], List[int], bool]:
    n, m = x.shape
    pieces = [x.view(-1), x.reshape(m, n), x.t().contiguous(), x.unsqueeze(0).expand(3, n, m),
              x.flatten(), x.permute(1, 0), torch.cat([x, x], 1), torch.stack([x, x], -1),
              x.unfold(1, 2, 1), x.repeat(1, 2), x.roll(1, 0), x.flip(1)]
    return pieces, list(x.size()) + [x.dim(), x.numel(), x.size(-1)], x.t().is_contiguous()


@program((torch.randn(7, 3),))
def splitting(x: Tensor) -> Tuple[List[Tensor], List[Tensor], List[Tensor], Tensor, Tensor]:
    a, b = x.split([3, 4])
    return list(x.chunk(3)), list(x.split(2)), list(x.unbind(1)), a, b


@program((torch.tensor([3, 1, 2]),), (torch.tensor([7]),))
def tensor_and_lists(x: Tensor) -> Tuple[List[int], List[List[int]], Tensor, int, List[float]]:
    values: List[int] = x.tolist()
    square: List[List[int]] = x.unsqueeze(0).repeat(2, 1).tolist()
    total = 0
    for value in values:
        total += value
    reals: List[float] = (x / 2).tolist()
    return values, square, torch.tensor([values, values]), total, reals


@program((torch.tensor(2.5), torch.tensor(3), torch.tensor([1.5, 2.5])),
         Call((torch.tensor([1.0, 2.0]), torch.tensor(3), torch.zeros(1)), fails=""))
def conversions(f: Tensor, i: Tensor, x: Tensor) -> Tuple[int, float, bool, Tensor, List[Tensor]]:
    casts = [x.to(torch.int64), x.double(), x.half(), x.to(torch.bfloat16), x != 0,
             x.to(torch.int32), x.type_as(i), x.to(torch.uint8)]
    return int(f) + int(i), float(i) * 2, bool(i), torch.tensor(float(f) + 1), casts


@program((torch.randn(3, 4), torch.randint(0, 4, (3,))))
def several_results(x: Tensor, target: Tensor) -> Tuple[Tensor, Tensor, Dict[str, Tensor], Tensor]:
    values, indices = torch.max(x, dim=1)
    top = x.topk(2, dim=1)
    ordered, order = x.sort(dim=1, descending=True)
    table = {"top": top.values, "where": top.indices, "median": x.median(dim=1).values,
             "ordered": ordered, "order": order}
    return values, indices, table, F.cross_entropy(x, target)


@program((torch.randn(4, 5), torch.tensor([4, 2, 5, 1])))
def ragged_means(x: Tensor, lengths: Tensor) -> Tensor:
    mask = torch.arange(x.size(1)).unsqueeze(0) < lengths.unsqueeze(1)
    means = (x * mask).sum(1) / lengths
    checked = torch.zeros_like(means)
    for i in range(x.size(0)):
        checked[i] = x[i, :int(lengths[i])].mean()
    assert torch.allclose(means, checked, atol=1e-5)
    return torch.where(means > 0, means, checked * 10)


@program((torch.tensor([[0.0, 0.0, 2.0, 2.0], [0.1, 0.1, 2.0, 2.1], [5.0, 5.0, 6.0, 6.0]]),
          torch.tensor([0.9, 0.8, 0.7]), 0.5))
def suppress_boxes(boxes: Tensor, scores: Tensor, limit: float) -> Tuple[List[int], Tensor]:
    order = scores.argsort(descending=True)
    kept: List[int] = []
    while order.numel() > 0:
        best = int(order[0])
        kept.append(best)
        rest = order[1:]
        low = torch.max(boxes[best, :2], boxes[rest, :2])
        high = torch.min(boxes[best, 2:], boxes[rest, 2:])
        overlap = (high - low).clamp(min=0).prod(1)
        areas = (boxes[:, 2:] - boxes[:, :2]).prod(1)
        order = rest[overlap / (areas[best] + areas[rest] - overlap) < limit]
    return kept, boxes[kept]


@program((torch.randn(2, 3),), (torch.randn(1, 1),))
def factories(x: Tensor) -> List[Tensor]:
    n = x.size(0)
    return [torch.zeros(n, 2), torch.ones([n]), torch.full((n, 2), 1.5), torch.full([n], 7),
            torch.arange(n), torch.arange(0.0, 1.0, 0.25), torch.linspace(0, 1, 5), torch.eye(n),
            torch.zeros_like(x), x.new_zeros(2, 2), x.new_full([2], 3.0), torch.tensor([1, 2]),
            torch.tensor(2.5), torch.tensor([True]), torch.empty(n, 0),
            torch.tril(torch.ones(3, 3))]


@program((torch.arange(5), torch.tensor([0.5, 1.5])))
def promotion(i: Tensor, f: Tensor) -> List[Tensor]:
    b = i > 2
    return [i + 1, i + 1.5, i / 2, i // 2, i.float() + i, f * 2, f[0] * i, b + i, b & ~b,
            i % 3, -i % 3, i ** 2, 2 ** i, 1 - i, 1.0 / (i + 1), f.double() * f,
            b.to(torch.uint8) + i, torch.tensor(2) * f, torch.tensor(2.0, dtype=torch.float64) * f]


@program((torch.randn(3), None), (torch.randn(3), torch.randn(3)))
def optional_tensors(x: Tensor, bias: Optional[Tensor]) -> Tuple[Tensor, Optional[Tensor]]:
    out = x
    if bias is not None:
        out = out + bias
        bias = bias * 2
    return F.layer_norm(out, [3]), bias


@program(Call((torch.randn(2, 3), torch.randn(2, 3)), fails=""),
         (torch.randn(2, 3), torch.randn(3, 2)))
def matmul_may_fail(a: Tensor, b: Tensor) -> Tensor:
    return a @ b


@program((torch.randn(3, 3),))
def tensor_comparisons(x: Tensor) -> Tuple[Tensor, bool, bool, bool, Tensor]:
    y = x.clone()
    same = x is x
    return x == y, torch.equal(x, y), same, x is y, (x > 0).any(0) | (x < -1).all(1)


@program((torch.randn(2, 8), [2, 3, 3]))
def split_by_sizes(x: Tensor, sizes: List[int]) -> Tuple[List[Tensor], Tensor]:
    start = 0
    parts: List[Tensor] = []
    for size in sizes:
        part = x[:, start:start + size]
        parts.append(part.softmax(-1))
        start += size
    assert start == x.size(1), f"sizes add up to {start}"
    return parts, torch.cat(parts, 1)
