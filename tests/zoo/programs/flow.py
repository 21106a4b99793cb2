"""Control flow: loops, exits, exceptions, with, fork."""
from typing import Any, Dict, List, Optional, Tuple

import torch
from torch import Tensor, nn

from tests.zoo.case import Call
from tests.zoo.programs.define import program


@program((1,), (7,), (27,), (97,))
def collatz(n: int) -> Tuple[int, int]:
    steps = 0
    highest = n
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        highest = max(highest, n)
        steps += 1
    return steps, highest


@program((2,), (50,), (1,))
def primes_below(limit: int) -> List[int]:
    found: List[int] = []
    for candidate in range(2, limit):
        prime = True
        for divisor in found:
            if divisor * divisor > candidate:
                break
            if candidate % divisor == 0:
                prime = False
                break
        if not prime:
            continue
        found.append(candidate)
    return found


@program(([3, 5, 8], 8), ([3, 5, 8], 9), ([], 1), ([4, 4, 8, 1], 8))
def early_return_in_nested_loops(xs: List[int], target: int) -> Tuple[int, int, str]:
    for i in range(len(xs)):
        if xs[i] == target:
            return i, i, "single"
        for j in range(i + 1, len(xs)):
            if xs[i] + xs[j] == target:
                return i, j, "pair"
            elif xs[j] < 0:
                break
    return -1, -1, "none"


@program((0,), (5,), (12,))
def nested_break_continue(n: int) -> List[int]:
    out: List[int] = []
    i = 0
    while True:
        i += 1
        if i > n:
            break
        if i % 4 == 0:
            continue
        for j in range(i):
            if j == 3:
                continue
            if j > 5:
                break
            out.append(i * 10 + j)
        out.append(-i)
    return out


@program((torch.tensor([1.0, -2.0, 3.0]),), (torch.tensor([-1.0]),), (torch.zeros(0),))
def branch_on_tensor(x: Tensor) -> Tuple[Tensor, str]:
    if x.numel() == 0:
        return x, "empty"
    if bool(x.sum() > 0) and bool((x > 2).any()):
        y, name = x * 2, "large"
    elif x.sum() > 0:
        y, name = x + 1, "small"
    else:
        y, name = -x, "negative"
    return y, name


@program((torch.randn(4, 3),), (torch.zeros(1, 3),))
def loop_over_tensor_rows(x: Tensor) -> Tensor:
    state = torch.zeros(3)
    outputs: List[Tensor] = []
    for row in x:
        state = torch.tanh(state * 0.5 + row)
        if float(state.max()) > 0.9:
            state = state.clamp(max=0.9)
        outputs.append(state)
    return torch.stack(outputs)


@program((torch.tensor([4.0, 9.0, 2.0]), 20), (torch.tensor([1e6]), 2))
def newton_square_root(x: Tensor, limit: int) -> Tuple[Tensor, int]:
    guess = torch.ones_like(x)
    rounds = 0
    change = 1.0
    while change > 1e-6 and rounds < limit:
        better = 0.5 * (guess + x / guess)
        change = float((better - guess).abs().max())
        guess = better
        rounds += 1
    return guess, rounds


@program((3,), Call((-1,), fails="negative"), Call((11,), fails="too large: 11"))
def raises(n: int) -> int:
    if n < 0:
        raise ValueError("negative")
    total = 0
    for i in range(n):
        if i >= 10:
            raise RuntimeError("too large: {}".format(n))
        total += i
    return total


@program(([1, 2],), Call(([],), fails="nothing to average"))
def asserts(xs: List[int]) -> float:
    assert len(xs) > 0, "nothing to average"
    return float(sum(xs)) / len(xs)


@program(Call(([1, 2], 5), fails="list index out of range"), (([1, 2]), -2),
         Call(([], 0), fails="list index out of range"))
def index_errors(xs: List[int], i: int) -> int:
    return xs[i]


@program(({"a": 1}, "a"), Call(({"a": 1}, "b"), fails="b"))
def key_errors(table: Dict[str, int], key: str) -> int:
    return table[key]


@program((torch.randn(3, 4),), Call((torch.randn(2, 3, 4),), fails=""))
def unpack_lists(x: Tensor) -> Tensor:
    rows, columns = x.shape
    a, b, c = x.unbind(0)
    return a * rows + b * columns + c


def work(x: Tensor, times: int) -> Tensor:
    for _ in range(times):
        x = x * 1.5 - 1.0
    return x


@program((torch.randn(5), 3), (torch.randn(2), 0))
def fork_and_wait(x: Tensor, n: int) -> Tuple[Tensor, List[Tensor]]:
    futures: List[torch.jit.Future[Tensor]] = []
    for i in range(n):
        futures.append(torch.jit.fork(work, x, i))
    whole = torch.jit.fork(work, x, 2)
    return torch.jit.wait(whole), [torch.jit.wait(future) for future in futures]


def fails_if_negative(n: int) -> int:
    if n < 0:
        raise ValueError("forked with a negative")
    return n * 2


@program((4,), Call((-4,), fails="forked with a negative"))
def fork_that_raises(n: int) -> int:
    future = torch.jit.fork(fails_if_negative, n)
    return torch.jit.wait(future) + 1


@torch.jit.script
class Journal:
    def __init__(self, lines: List[str], name: str):
        self.lines = lines
        self.name = name

    def __enter__(self):
        self.lines.append("enter " + self.name)
        return self

    def __exit__(self, type: Any, value: Any, trace: Any):
        self.lines.append("exit " + self.name)

    def note(self, text: str):
        self.lines.append(self.name + ": " + text)


@program((1,), (5,))
def with_statements(n: int) -> List[str]:
    lines: List[str] = []
    with Journal(lines, "outer") as outer:
        for i in range(n):
            with Journal(lines, "inner") as inner:
                inner.note(str(i))
                if i == 3:
                    outer.note("early")
                    return lines
        outer.note("done")
    lines.append("after")
    return lines


@program((torch.randn(3),))
def no_grad_block(x: Tensor) -> Tuple[Tensor, bool]:
    with torch.no_grad():
        y = x * 2
    return y, y.requires_grad


@program((3, None), (None, 2), (None, None), (5, 6))
def optional_refinement(a: Optional[int], b: Optional[int]) -> Tuple[int, Optional[str]]:
    if a is None and b is None:
        return 0, None
    if a is not None and b is not None:
        return a * b, "both"
    if a is None:
        assert b is not None
        return b, "b"
    return a, "a"


@program((0,), (1,), (10,), (35,))
def fibonacci_with_helpers(n: int) -> List[int]:
    pair = (0, 1)
    out: List[int] = []
    for _ in range(n):
        a, b = pair
        out.append(a)
        pair = advance(a, b)
    return out


def advance(a: int, b: int) -> Tuple[int, int]:
    return b, a + b


@program((torch.tensor([0.1, 0.7, 0.2]), 4), (torch.tensor([2.0, -1.0]), 0))
def beam_search(scores: Tensor, width: int) -> Tuple[List[List[int]], List[float]]:
    beams: List[Tuple[float, List[int]]] = [(0.0, [0])]
    steps = torch.log_softmax(scores, 0)
    for step in range(3):
        grown: List[Tuple[float, int]] = []
        paths: List[List[int]] = []
        for score, path in beams:
            for token in range(steps.size(0)):
                bonus = 0.01 * float(token * step)
                grown.append((score + float(steps[token]) + bonus, len(paths)))
                paths.append(path + [token])
        grown.sort()
        beams = [(score, paths[row]) for score, row in grown[max(len(grown) - width, 0):]]
    return [path for _, path in beams], [score for score, _ in beams]


@program((torch.randn(6, 4), 3), (torch.randn(1, 4), 1))
class DynamicRnn(nn.Module):
    """A cell in a loop whose length, direction and early stop depend on values."""

    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(4, 5)
        self.stop = nn.Linear(5, 1)

    def forward(self, x: Tensor, repeats: int) -> Tuple[Tensor, int]:
        hidden = torch.zeros(1, 5)
        seen = 0
        for turn in range(repeats):
            backwards = turn % 2 == 1
            for step in range(x.size(0)):
                t = x.size(0) - 1 - step if backwards else step
                hidden = self.cell(x[t:t + 1], hidden)
                seen += 1
                if bool(torch.sigmoid(self.stop(hidden)) > 0.8):
                    return hidden, -seen
        return hidden, seen


@program((10, 0), (0, 10), (0, 0))
def ternaries_and_booleans(a: int, b: int) -> Tuple[bool, bool, int, str, bool]:
    both = a > 0 and 10 // a > 0
    either = a > 0 or (b > 0 and 10 // b == 1)
    largest = a if a > b else (b if b > 0 else -1)
    name = "a" if largest == a and a != 0 else "b" if largest == b else "none"
    return both, either, largest, name, not (0 <= a < 5) and a != b


@program((2,), (9,))
def loop_carried_types(n: int) -> Tuple[List[float], Optional[int], str, bool]:
    history: List[float] = []
    last_even: Optional[int] = None
    text = ""
    done = False
    x = 1.0
    for i in range(n):
        x = x * 1.5 if i % 2 == 0 else x - 0.25
        history.append(x)
        if i % 2 == 0:
            last_even = i
        text += str(i) if not done else "."
        if i > 4:
            done = True
    return history, last_even, text, done
