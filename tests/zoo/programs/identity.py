"""Which object a value is: `is`, tensors as keys, equal values that are not one object."""
from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor

from tests.zoo.programs.define import program


@program((torch.ones(2),))
def equal_tensors(x: Tensor) -> List[bool]:
    a = torch.tensor(1)
    b = torch.tensor(1)
    pair = [a, b]
    zeros, nothings = torch.zeros(2), torch.zeros(2)
    once, again = x + 1, x + 1
    return [a is b, pair[0] is pair[1], pair[0] is a, zeros is nothings, once is again,
            once is not again, a is a, x.view(2) is x.view(2), x is x]


@program((3,))
def equal_containers(n: int) -> List[bool]:
    a, b = [1, 2], [1, 2]
    c, d = {"a": 1}, {"a": 1}
    grown, twin = [n], [n]
    alias = grown
    alias.append(4)
    held = [a, b]
    return [a is b, c is d, held[0] is a, held[0] is held[1], grown is alias, grown is twin,
            list(a) is a, a[:] is a, a.copy() is a, {"k": c}["k"] is c]


@program((torch.ones(2),))
def tensors_as_keys(x: Tensor) -> Tuple[List[bool], List[int]]:
    one, other = torch.tensor(1), torch.tensor(1)
    d = {one: 1}
    facts = [one in d, other in d, torch.tensor(1) in d]
    d[other] = 2
    e: Dict[Tensor, int] = {x + 1: 1, x + 1: 2}
    return facts, [len(d), d[one], d[other], len(e), d.get(one, 7), d.get(x, 8)]


@program((torch.ones(2), None), (torch.ones(2), torch.ones(2)))
def identity_of_optionals(x: Tensor, y: Optional[Tensor]) -> List[bool]:
    z = torch.zeros(2) if y is None else y
    w = torch.zeros(2)
    return [y is None, z is w, z is y if y is not None else False, z is not x, w is not None]


@program((torch.ones(2),))
def identity_through_functions(x: Tensor) -> List[bool]:
    y = same(x)
    box = [x]
    return [y is x, box[0] is x, same(box[0]) is y, x.contiguous() is x, x.to(torch.float32) is x,
            x.detach() is x, x.clone() is x, x.float() is x, x.add_(1) is x, x.t() is x]


def same(x: Tensor) -> Tensor:
    return x


@program((4,))
def identity_in_loops(n: int) -> Tuple[int, int]:
    seen: List[Tensor] = []
    for _ in range(n):
        fresh = torch.zeros(1)
        known = False
        for old in seen:
            if old is fresh:
                known = True
        if not known:
            seen.append(fresh)
    kept = 0
    for a in seen:
        for b in seen:
            kept += int(a is b)
    return len(seen), kept
