"""Programs that a generator wrote about who sees which write: views, rows, lists, dicts and objects
that share tensors, changed in place in branches, loops, calls and forks."""
import random
import re
from typing import Any, List

import torch

from tests.zoo.case import Call
from tests.zoo.programs import define
from tests.zoo.sources import HEAD, archive

COUNT = 120
REST = """class Box:
  row : Tensor
  rows : List[Tensor]
  def __init__(self: __torch__.Box, row: Tensor, rows: List[Tensor]) -> NoneType:
    self.row = row
    self.rows = rows
    return None
  def push(self: __torch__.Box, x: Tensor) -> Tensor:
    self.rows.append(x)
    self.row = x
    return x.add_(0.5)
def change(x: Tensor, rows: List[Tensor]) -> Tensor:
  x.mul_(0.5)
  if len(rows) > 0:
    rows[0].sub_(1)
    return rows[0]
  return x[1:3].neg_().view(-1)[0:1].expand(4)
def fresh(x: Tensor) -> Tensor:
  y = x + 1
  y.mul_(0.25)
  return y
"""
METHOD = """  def forward(self: __torch__.M, p: Tensor, n: int) -> Tuple[Tensor, Tensor, Tensor, Tensor, List[Tensor], Dict[str, Tensor], Tensor, int]:
    q = p.clone()
    r = p[1]
    s = q[0]
    rows = [r, s]
    table = {"a": r}
    box = __torch__.Box(s, rows)
    steps = 0
"""
RESULT = "(p, q, r, s, rows, table, box.row, steps)"
INPUTS = [(torch.arange(12.0).view(3, 4), 1), (-torch.ones(3, 4), 2), (torch.linspace(-2, 3, 12).view(3, 4), 0)]
FORMS = {
    "M": ["p", "q", "p", "q", "(p + 0.5)", "p.clone()", "q.t().t()", "p.view(4, 3).view(3, 4)", "q.flip(0)", "torch.stack([R, R, R])"],
    "R": ["r", "s", "p[K]", "q[K]", "rows[-1]", "table['a']", "box.row", "M.sum(0)", "(R * 0.5)", "M[K]", "M.view(-1)[2:6]", "M.t()[:, K]",
          "M.select(0, K)", "R.clone()", "R.flip(0)", "R[:]", "R.view(2, 2).t().reshape(4)", "__torch__.fresh(R)", "R.expand(4)", "M.diagonal().sum() * R",
          "box.rows[0]", "M.unbind(0)[K]", "R.detach()", "R.contiguous()", "torch.relu(R)"],
    "K": ["0", "1", "2", "-1", "n % 3", "steps % 2"],
    "F": ["0.5", "-1.0", "float(n)", "float(R.sum() > 0)", "2.0"],
    "C": ["bool(R.sum() > 0)", "n > 1", "len(rows) > 2", "bool(M.max() > 3)", "steps % 2 == 0", "r is s", "box.row is r", "'b' in table",
          "bool((R == R).all())"],
    "S": ["R.add_(F)", "R.mul_(0.5)", "R.neg_()", "M.sub_(F)", "M.clamp_(-50, 50)", "R.copy_(R)", "R[1:3].fill_(F)", "M[K].add_(R)", "M[:, K].mul_(0.5)",
          "r = R", "s = R", "p = M", "q = M", "r += F", "s -= R", "p += R", "q *= 0.5", "M[K] = R", "M[K, 1] = F", "M[:, 1:3] += F", "R[0] = F", "R[-2:] *= 0.5",
          "p[p > 2] = F", "q[K][1] = F", "rows.append(R)", "rows[0] = R", "rows[-1] += F", "rows = [R, R]", "rows = rows[-4:]", "table['b'] = R",
          "table['a'] = R", "table['a'] += F", "box.row = R", "box.row += F", "box.rows = rows", "v = box.push(R)", "r = __torch__.change(R, rows)",
          "s = torch.wait(fork(__torch__.change, R, rows))", "rows.reverse()", "r, s = s, r", "t = R", "box = __torch__.Box(R, [R])", "v = R.relu_()",
          "M.zero_() if C else M.add_(1)", "p = torch.cat([q[:1], p[1:]])", "q.t_()\nq.t_()", "M.view(-1)[K].add_(1)", "R.unsqueeze(0).add_(F)",
          "r = R + R", "s = torch.where(R > 0, R, R)", "r = R\nr.add_(1)"],
}


class Writer:
    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.budget = 30
        self.count = 0

    def fill(self, kind: str, depth: int = 0) -> str:
        choices = FORMS[kind][:2] if depth > 3 else FORMS[kind]
        return re.sub(r"\b[MRKFC]\b", lambda found: self.fill(found.group(), depth + 1), self.random.choice(choices))

    def block(self, depth: int) -> List[str]:
        lines: List[str] = []
        for _ in range(self.random.randint(1, 4)):
            lines += self.statement(depth)
        return ["  " + line for line in lines]

    def statement(self, depth: int) -> List[str]:
        self.budget -= 1
        roll = self.random.random()
        if self.budget <= 0 or depth > 2 or roll < 0.7:
            lines = self.fill("S").split("\n")
            return [f"v = {line}" if re.match(r"^[^=]*_\(", line) and " = " not in line and "=" not in line.split("(")[0] else line for line in lines]
        if roll < 0.85:
            return [f"if {self.fill('C')}:", *self.block(depth + 1), "else:", *self.block(depth + 1)]
        self.count += 1
        i = f"i{self.count}"
        head = self.random.choice([f"for {i} in range(3):", f"for {i} in rows[:3]:", f"while steps < {self.random.randint(2, 7)}:"])
        first = ["  steps += 1"] if head.startswith("while") else [f"  w{i} = {i}.add_(1)"] if "rows" in head else [f"  s = s + {i}"]
        return [head, *first, *self.block(depth + 1)]

    def program(self) -> str:
        lines: List[str] = []
        while self.budget > 0:
            lines += self.statement(0)
        return HEAD + METHOD + "".join(f"    {line}\n" for line in lines) + f"    return {RESULT}\n" + REST


def answers(module: Any, inputs: Any) -> Call:
    try:
        module(inputs[0].clone(), inputs[1])
    except (RuntimeError, torch.jit.Error):
        return Call(inputs, fails="")
    return Call(inputs)


def make(seed: int) -> Any:
    """The first program from this seed on that the oracle compiles."""
    for attempt in range(100):
        path = archive(Writer(seed * 1000 + attempt).program())
        try:
            module = torch.jit.load(str(path))
        except RuntimeError:
            continue
        with torch.no_grad(), torch.jit.optimized_execution(False):
            calls = [answers(module, inputs) for inputs in INPUTS]
        if all(call.fails is None for call in calls):
            return path if seed % 2 == 0 else module, calls
    raise AssertionError("no program of this seed compiles and runs")


for number in range(COUNT):
    define.add_case(f"aliases_{number}", lambda seed=number: make(seed), __file__)
