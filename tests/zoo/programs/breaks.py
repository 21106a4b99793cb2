"""What is known of variables after breaks, continues and returns, which narrow types differently."""
from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor

from tests.zoo.case import Call
from tests.zoo.programs.define import program


@program((3, 4), (None, 2), (7, 0))
def assigned_after_break(o: Optional[int], n: int) -> Tuple[Optional[int], int]:
    rounds = 0
    for i in range(n):
        if o is None:
            break
        rounds += 1
        for j in range(2):
            o = None
        if rounds > 1:
            o = 5
    return o, rounds


@program((3, 4), (None, 2))
def assigned_after_continue(o: Optional[int], n: int) -> Tuple[Optional[int], int]:
    rounds = 0
    for i in range(n):
        if o is None:
            rounds += 10
            continue
        rounds += 1
        if n > 2:
            o = None
    return o, rounds


@program((3, 4), (None, 2))
def narrowed_by_return(o: Optional[int], n: int) -> int:
    total = 0
    for i in range(n):
        if o is None:
            return -1
        total += o
    return total


@program(([1, -1, 2],), ([],), ([-5, -6],))
def nested_exits(xs: List[int]) -> Tuple[List[int], str]:
    out: List[int] = []
    for x in xs:
        if x < 0:
            if x < -5:
                return out, "deep"
            elif x == -5:
                continue
            else:
                out.append(0)
                break
        for y in range(x):
            if y == 1:
                break
            if y > 3:
                return out, "never"
            out.append(y)
        else_value = x * 10
        out.append(else_value)
    return out, "end"


@program((0, None), (1, None), (2, 5), (3, 5))
def returns_of_kinds(n: int, o: Optional[int]) -> Tuple[int, Optional[int], str]:
    if n == 0:
        return 1, o, "text"
    if n == 1:
        return n, None, str(n)
    for i in range(3):
        if i == n:
            return i, i, "i"
        if o is not None and i + 3 == o:
            return i, o, "o" + str(o)
    return -1, n, "none" if o is None else "some"


@program((torch.ones(2), 0), (torch.ones(2), 1), (torch.ones(2), 5))
def optional_results(x: Tensor, n: int) -> Optional[Tensor]:
    if n == 0:
        return None
    while n < 4:
        n += 1
        if n == 2:
            return x * n
    if n > 4:
        return x
    return None


@program((3,), (8,), (0,))
def while_true(n: int) -> Tuple[int, List[int]]:
    seen: List[int] = []
    while True:
        n -= 1
        if n < 0:
            return n, seen
        if n % 3 == 0:
            continue
        seen.append(n)
        while True:
            n -= 2
            if n < 3:
                break
        if len(seen) > 2:
            break
    return 100, seen


@program(({"a": 1, "b": -1},), ({},), ({"z": 9},))
def exits_over_dicts(d: Dict[str, int]) -> str:
    for key, value in d.items():
        if value < 0:
            continue
        for letter in key:
            if letter == "z":
                return "z" + str(value)
        if value > 100:
            break
    return "none"


@program((2,), (0,), Call((5,), fails="five"))
def raises_join(n: int) -> int:
    if n == 5:
        raise ValueError("five")
    elif n == 0:
        y = 1
    else:
        y = 2
    if y == 1:
        z: Optional[int] = None
    else:
        z = y
    if z is None:
        raise_or = 10
    else:
        raise_or = z
    return raise_or


@program((1.5, True), (2.5, False))
def numbers_join(x: float, flag: bool) -> float:
    if flag:
        y = x
    else:
        y = x * 2
    for i in range(3):
        if y > 10:
            break
        y = y * 2.0 if flag else y + i
    else_less = y
    return else_less
