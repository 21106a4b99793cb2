"""Products of operators, kinds of numbers and forms of literals, many expressions in one program."""
import itertools
from typing import Any, List

import torch

from tests.zoo.programs.define import made

INTS = torch.tensor([[3, -2, 7], [-5, 1, 4]])
REALS = torch.tensor([[1.5, -2.25, 0.5], [3.0, -0.75, 10.0]])
BINARY = ["+", "-", "*", "/", "//", "%", "**", "<", "<=", ">", ">=", "==", "!="]
BITS = ["&", "|", "^", "<<", ">>"]


def compiled(arguments: str, expressions: List[str]) -> Any:
    """A function that gives all expressions as a list of Any. What the oracle refuses is left out."""
    head = f"def f({arguments}) -> List[Any]:\n  out : List[Any] = []\n"

    def text(chosen: List[str]) -> str:
        return head + "".join(f"  out.append({each})\n" for each in chosen) + "  return out\n"

    def accepted(expression: str) -> bool:
        try:
            torch.jit.CompilationUnit(text([expression]))
            return True
        except RuntimeError:
            return False
    return torch.jit.CompilationUnit(text([each for each in expressions if accepted(each)])).f


def pairs(operators: List[str], lefts: List[str], rights: List[str]) -> List[str]:
    return [f"({a}) {op} ({b})" for op, a, b in itertools.product(operators, lefts, rights)]


@made((7, 2, 2.5, -0.5, True, 3.0), (-7, 3, -1.25, 4.0, False, 2.0))
def numbers_with_numbers():
    return compiled("i: int, j: int, x: float, y: float, b: bool, z: float",
                    pairs(BINARY, ["i", "j", "x", "b", "3", "2.5"], ["j", "z", "y", "b", "4", "-1.5"]))


@made((12, 5), (-9, 2), (0, 3))
def bits_of_numbers():
    return compiled("i: int, j: int", pairs(BITS, ["i", "j", "6"], ["j", "2", "i < j"]) + ["~INT" if False else "-i"])


@made((INTS,), (REALS,), (REALS.double(),), (INTS.to(torch.int32),), (torch.tensor(3),), (torch.tensor(2.5),),
      (INTS.to(torch.int8),))
def tensors_with_numbers():
    return compiled("t: Tensor", pairs(["+", "-", "*", "%", "<", "<=", ">", ">=", "==", "!=", "/", "//"],
                                       ["t"], ["2", "-2", "1.4321", "-1.2"]) +
                    pairs(["+", "-", "*", "<", "<=", ">", ">=", "==", "!=", "/"], ["2", "-2", "1.4321", "-1.2"], ["t"]))


@made((torch.tensor([1 + 2j, -0.5j]), 1j), (torch.tensor([2.0 - 1j], dtype=torch.complex128), 2.5 + 0j))
def complex_with_numbers():
    return compiled("t: Tensor, c: complex", pairs(["+", "-", "*", "/", "==", "!="], ["t"], ["t", "c", "2", "1.5", "2j"]) +
                    pairs(["+", "-", "*", "/"], ["c"], ["t", "c", "2j"]) +
                    pairs(["+", "-", "*"], ["2", "1.5", "2j"], ["t", "c"]) + ["-t", "-c", "abs(c)", "t ** 2", "c ** c"])


@made((INTS, REALS), (INTS > 0, INTS), (REALS.double(), REALS), (INTS.to(torch.uint8), INTS.to(torch.int16)), (REALS, INTS > 0),
      (torch.tensor(2), REALS), (REALS[0], INTS[:, :1]))
def tensors_with_tensors():
    return compiled("a: Tensor, b: Tensor", pairs(["+", "*", "<", "<=", ">", ">=", "==", "!="], ["a", "b"], ["a", "b"]))


@made((INTS, torch.tensor([1, 2, 3])), (INTS > 0, torch.tensor([True, False, True])), (INTS.to(torch.uint8), torch.tensor(1)))
def bits_of_tensors():
    return compiled("a: Tensor, b: Tensor", pairs(["&", "|", "^"], ["a", "b"], ["a", "b"]) + ["~a", "~b"])


LISTS = ["2.5", "4", "True", "False", "[2]", "[-.5]", "[False, True, False]", "[2, 2]", "annotate(List[int], [])", "[2.5, 2.5]",
         "[[2], [2]]", "[[-.5], [2.2]]", "[[False], [True]]", "[n, 2]", "x", "[[[n]]]", "[annotate(List[int], [])]", "b", "1j"]
KINDS = ["", ", dtype=torch.float", ", dtype=torch.double", ", dtype=torch.half", ", dtype=torch.uint8", ", dtype=torch.int8",
         ", dtype=torch.short", ", dtype=torch.int", ", dtype=torch.long", ", dtype=torch.bool", ", dtype=torch.complex64",
         ", device=torch.device('cpu')", ", requires_grad=False"]


@made((3, 0.25, True), (-1, 100.5, False))
def tensors_of_literals():
    return compiled("n: int, x: float, b: bool",
                    [f"torch.tensor({value}{kind})".replace("annotate", "torch.jit.annotate") for value, kind in
                     itertools.product(LISTS, KINDS) if not ("complex" not in kind and kind and "j" in value)] +
                    [f"torch.as_tensor({value}{kind})".replace("annotate", "torch.jit.annotate") for value, kind in
                     itertools.product(LISTS[:12], ("", ", dtype=torch.double"))])


@made((True, [1, 1], None, torch.ones(1)), (False, [2], 3, torch.zeros(2)))
def identities_of_values():
    return compiled("b: bool, l: List[int], o: Optional[int], t: Tensor",
                    pairs(["is", "is not"], ["True", "False", "None", "[1, 1]", "b", "l", "o", "t"],
                          ["True", "False", "None", "[1, 1]", "b", "l", "o", "t"]))


@made((1, 2.5, "s", [1], {"k": 1.5}, (1, "t"), None, torch.ones(1), [torch.ones(1)]),
      ("a", [1], {1: 2}, (1.5,), True, None, 3j, [1.5], [[1]]))
def isinstances():
    kinds = ["int", "float", "bool", "str", "complex", "torch.Tensor", "list", "tuple", "List[int]", "Dict[str, float]",
             "Tuple[int, str]", "(int, str)", "(list, tuple)", "(float, List[float], bool)", "List[Tensor]", "NoneType"]
    values = ["v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8"]
    return compiled(", ".join(f"{v}: Any" for v in values), [f"isinstance({v}, {k})" for v, k in itertools.product(values, kinds)])


@made((3, 2.5, True, "12"), (-4, -0.5, False, "-7"))
def conversions_of_numbers():
    values = ["n", "x", "b", "s", "3", "2.7", "True", "'5'", "torch.tensor(3)", "torch.tensor(2.5)"]
    return compiled("n: int, x: float, b: bool, s: str",
                    [f"{kind}({value})" for kind, value in itertools.product(["int", "float", "bool", "str", "complex"], values)])


@made((5, 2.0), (-3, 0.5), (0, -1.5))
def unary_and_calls():
    return compiled("n: int, x: float", [
        f"{name}({value})" for name, value in itertools.product(
            ["-", "+", "abs", "round", "math.floor", "math.ceil", "math.sqrt", "math.exp", "float", "int", "hash", "bin", "hex", "oct", "str"],
            ["n", "x", "abs(n) + 1", "abs(x)"])] + [f"{name}({a}, {b})" for name, a, b in itertools.product(
                ["min", "max", "pow", "divmod", "math.pow", "math.fmod", "math.copysign", "math.atan2"], ["n", "x"], ["3", "1.5", "n + 7"])])


@made((INTS,), (REALS,))
def casts_of_tensors():
    kinds = ["float", "double", "half", "bfloat16", "int", "long", "short", "char", "byte", "bool", "cpu", "cfloat", "cdouble"]
    return compiled("t: Tensor", [f"t.{kind}()" for kind in kinds] + [
        f"t.to(torch.{kind})" for kind in ["float32", "float64", "float16", "bfloat16", "int8", "uint8", "int16", "int32", "int64", "bool", "complex64"]] + [
        "t.to(t.dtype)", "t.to(torch.empty_like(t))", "t.to('cpu')", "t.to('cpu', dtype=torch.float64)", "t.to(dtype=torch.int32)",
        "t.to('cpu', copy=True)", "t.to(t.device, torch.float16, False, True)", "t.to(t) is t", "t.to(t, copy=True) is t",
        "t.to(t.dtype) is t", "t.to('cpu') is t", "t.contiguous() is t", "t.cpu() is t", "t.float() is t", "t.type_as(t) is t", "t.view_as(t) is t",
        "t.detach() is t", "t.clone() is t", "t.expand(2, 3) is t", "t.reshape(2, 3) is t"])
