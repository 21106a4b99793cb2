"""In-place operators whose tensors share memory: refused where the answer would hang on an order."""
from typing import List, Tuple

import torch
from torch import Tensor

from tests.zoo.case import Call
from tests.zoo.programs.define import program

X = torch.arange(12.0).view(3, 4)
ONE = "more than one element of the written-to tensor refers to a single memory location"
SOME = "some elements of the input tensor and the written-to tensor refer to a single memory location"


@program(*(Call((X, how), fails=ONE) for how in range(6)), (X, 6))
def written_expanded(x: Tensor, how: int) -> Tensor:
    row = x[:1].clone()
    y = row.expand(3, 4)
    if how == 0:
        y.add_(1)
    elif how == 1:
        y.mul_(y)
    elif how == 2:
        y.clamp_(0, 1)
    elif how == 3:
        y.relu_()
    elif how == 4:
        torch.add(x, 1, out=y)
    elif how == 5:
        y.copy_(x)
    else:
        row.expand(1, 4).add_(1)
    return row


@program(*(Call((X, how), fails=SOME) for how in range(9)), (X, 9))
def written_in_part(x: Tensor, how: int) -> Tuple[Tensor, List[Tensor]]:
    x = x.clone()
    if how == 0:
        x[1:].add_(x[:-1])
    elif how == 1:
        x[1:] = x[:-1]
    elif how == 2:
        x.sub_(x[0])
    elif how == 3:
        x[:2] += x[1:]
    elif how == 4:
        x[:3, :3].clone().t().copy_(x[:3, :3])
        y = x[:, :3].contiguous()
        y.t().copy_(y)
    elif how == 5:
        torch.neg(x[1:], out=x[:-1])
    elif how == 6:
        x.view(-1)[1:].mul_(x.view(-1)[:-1])
    elif how == 7:
        y = x[:, :3].contiguous()
        torch.add(y, y.t(), out=y)
    elif how == 8:
        x.copy_(x[0])
    else:
        x.add_(x)
        x.mul_(x.view(3, 4))
        x[1:].copy_(x[1:])
        x[:1].add_(x[1:2])
        x[0].sub_(x[:, 0].sum())
    return x, [x[0], x.t()]
