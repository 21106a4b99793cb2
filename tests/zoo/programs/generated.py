"""Programs that a generator wrote: nested control flow with every exit, over numbers, lists, strings
and tensors. The seed is the case's number and the run's, so a failure can be made again; runs of other
seeds write other programs."""
import random
import re
from typing import Any, List

import torch

from tests.zoo import case
from tests.zoo.case import Call
from tests.zoo.programs import define
from tests.zoo.sources import HEAD, archive

COUNT = 150
HELPER = """def helper(a: int, xs: List[int]) -> int:
  for x in xs:
    if x > a:
      return x - a
    a -= 1
  xs.append(a)
  return a
"""
METHOD = """  def forward(self: __torch__.M, a: int, b: int, x: float, xs: List[int], t: Tensor, o: Optional[int]) -> Tuple[int, int, float, List[int], Tensor, str, List[str], Optional[int]]:
    s = ""
    words : List[str] = []
    steps = 0
"""
RESULT = "(a, b, x, xs, t, s, words, o)"
INPUTS = [(3, -2, 1.5, [4, 1, 7], torch.tensor([1.0, -2.0, 3.0]), None), (0, 5, -0.5, [], torch.tensor([0.5]), 4),
          (-7, 11, 2.25, [1, -1, 2, -2, 3], torch.arange(4.0), -3)]


class Writer:
    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.budget = 45
        self.fresh = 0

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def fill(self, *forms: str) -> str:
        """One of the forms, with an integer for each `I`, a number for `X` and a condition for `C`."""
        parts = {"I": lambda: self.integer(2), "X": self.real, "C": lambda: self.condition(2)}
        return re.sub(r"\b[IXC]\b", lambda found: parts[found.group()](), self.pick(*forms))

    def name(self) -> str:
        self.fresh += 1
        return f"v{self.fresh}"

    def integer(self, depth: int = 0) -> str:
        if depth > 3 or self.random.random() < 0.4:
            return self.pick("a", "b", "1", "2", "-3", "7", "len(xs)", "len(s)", "steps", "int(x)", "len(words)")
        left, right = self.integer(depth + 1), self.integer(depth + 1)
        return self.fill(f"({left} + {right})", f"({left} - {right})", f"({left} * {right}) % 13", f"({left} // 3)",
                         f"({left} % 5)", f"max({left}, {right})", f"abs({left})", f"({left} if C else {right})",
                         f"({left} & 7)", f"__torch__.helper({left}, [1, {right}])", "(o if o is not None else a)")

    def real(self) -> str:
        return self.fill("x", "(x * 0.5 + I)", "float(I)", "(x - 1.25)", "float(t.clamp(-9.0, 9.0).sum())", "(I / 4)", "min(x, 3.0)", "abs(x)")

    def condition(self, depth: int = 0) -> str:
        if depth > 1 or self.random.random() < 0.5:
            return self.fill(f"I {self.pick('<', '<=', '>', '>=', '==', '!=')} I", "len(xs) > 2", "x > 0.5", "I in xs", "'a' in s",
                             "bool(t.sum() > 1)", "o is None", "o is not None", "(o is not None and o > 0)",
                             "len(words) % 2 == 0", "xs == [1, 2]", "s.startswith('b')")
        left, right = self.condition(depth + 1), self.condition(depth + 1)
        return self.pick(f"({left} and {right})", f"({left} or {right})", f"not ({left})", f"({left}) != ({right})")

    def simple(self) -> str:
        return self.fill(
            "a = I + I", "b = I", "a += I", "b -= I", "x = X", "x = min(max(x * X, -20.0), 20.0)", "xs.append(I)", "xs = xs + [I, I]", "t = (t * I + x).clamp(-99, 99)", "t += 1",
            "t = torch.cat([t[:2], t[:1]])", "t[0] = X", "s += str(a)", "s += 'ab'", "s += s[:3]", "s += '{}'.format(x)", "words.append(s)",
            "words.append(str(b))", "words.append(str(len(words)))", "a, b = b, I", "o = None", "o = I", "xs = [v * 2 for v in xs]",
            "xs.reverse()", "xs = xs[-6:]", "s = s[-10:]", "b = __torch__.helper(I, xs)", "xs.sort()")

    def block(self, depth: int, in_loop: bool) -> List[str]:
        lines: List[str] = []
        for _ in range(self.random.randint(1, 4)):
            lines += self.statement(depth, in_loop)
        return ["  " + line for line in lines]

    def exits(self, in_loop: bool) -> List[str]:
        kinds = [f"return {RESULT}"] + (["break", "continue", "break", "continue"] if in_loop else [])
        return [f"if {self.condition()}:", "  " + self.random.choice(kinds)]

    def statement(self, depth: int, in_loop: bool) -> List[str]:
        self.budget -= 1
        roll = self.random.random()
        if self.budget <= 0 or depth > 3 or roll < 0.45:
            return [self.simple()]
        if roll < 0.58:
            return self.exits(in_loop)
        if roll < 0.75:
            lines = [f"if {self.condition()}:", *self.block(depth + 1, in_loop)]
            if self.random.random() < 0.4:
                lines += [f"elif {self.condition()}:", *self.block(depth + 1, in_loop)]
            return lines + (["else:", *self.block(depth + 1, in_loop)] if self.random.random() < 0.7 else [])
        if roll < 0.87:
            v = self.name()
            head = self.pick(f"for {v} in range({self.random.randint(1, 5)}):", f"for {v} in range(a % 4, 6, 2):", f"for {v} in xs[:4]:",
                             f"for {v}, w{v} in enumerate(xs[-3:]):", f"for {v}, w{v} in zip(xs[:3], range(3)):", f"for {v} in range(3, -1, -1):")
            uses = [f"  a += {v}"] if self.random.random() < 0.5 else [f"  xs.append({v})"]
            return [head, *uses, *self.block(depth + 1, True)]
        if roll < 0.95:
            return [f"while steps < {self.random.randint(3, 12)}{self.pick('', f' and ({self.condition()})')}:", "  steps += 1",
                    *self.block(depth + 1, True)]
        return [f"if {self.condition()} and steps > 9:", f"  ops.prim.RaiseException('stopped at {{}}'.format({self.integer(1)}))"]

    def program(self) -> str:
        lines: List[str] = []
        while self.budget > 0:
            lines += self.statement(0, False)
        return HEAD + METHOD + "".join(f"    {line}\n" for line in lines) + f"    return {RESULT}\n" + HELPER


class OracleBroke(Exception):
    """The oracle lost a value of its own: its answer says nothing."""


def answers(function: Any, inputs: Any) -> Call:
    copied = tuple(list(each) if isinstance(each, list) else each.clone() if isinstance(each, torch.Tensor) else each for each in inputs)
    try:
        if "None" in str(function(*copied)[5:7]):  # no program says so
            raise OracleBroke()
    except (RuntimeError, torch.jit.Error) as error:
        if "INTERNAL ASSERT" in str(error) or "Expected Tensor but got None" in str(error):
            raise OracleBroke() from error  # no tensor of these programs is ever None
        return Call(inputs, fails="")
    return Call(inputs)


def make(seed: int) -> Any:
    """The first program from this seed on that the oracle compiles: as it is, or as it is saved again."""
    first = (case.SEED * COUNT + seed) * 1000
    for attempt in range(100):
        path = archive(Writer(first + attempt).program())
        try:
            module = torch.jit.load(str(path))
            with torch.jit.optimized_execution(False):
                calls = [answers(module, inputs) for inputs in INPUTS]
        except (RuntimeError, OracleBroke):
            continue
        return path if seed % 2 == 0 else module, calls
    raise AssertionError("no program of this seed compiles")


for number in range(COUNT):
    define.add_case(f"generated_{number}", lambda seed=number: make(seed), __file__)
