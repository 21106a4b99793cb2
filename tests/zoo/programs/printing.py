"""The text of values: tensors of every kind and size, containers, classes."""
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor

from tests.zoo.case import Call
from tests.zoo.programs.define import program

INF, NAN = float("inf"), float("nan")


@program((torch.tensor([1.0, 2.0, 3.0]),), (torch.tensor([1.5, -2.25, 1e6]),), (torch.tensor([1e-5, 1.0]),),
         (torch.tensor([1e10, 1.0]),), (torch.tensor([0.1, 123456.789]),), (torch.zeros(0),),
         (torch.tensor(3.5),), (torch.tensor(1e-8),), (torch.tensor([INF, -INF, NAN, 1.0]),),
         (torch.tensor([NAN]),), (torch.tensor([-0.0, 0.0]),), (torch.tensor([[1.0, -10.0], [100.5, 2.0]]),),
         (torch.arange(24.0).view(2, 3, 4),), (torch.randn(3, 4),), (torch.zeros(2, 0),),
         (torch.randn(2, 2, 2, 2) * 1000,), (torch.tensor([1e38, 1e-38]),), (torch.tensor([99999.0, 0.5]),),
         (torch.tensor([100000.0, 0.5]),), (torch.tensor([1e9]),), (torch.tensor([12345678.0]),))
def float_tensors(x: Tensor) -> str:
    return str(x)


@program((torch.tensor([1, -20, 300]),), (torch.tensor(7),), (torch.tensor([[2**40, 1], [-5, 0]]),),
         (torch.tensor([True, False]),), (torch.tensor(True),), (torch.tensor([1, 255], dtype=torch.uint8),),
         (torch.tensor([-1, 127], dtype=torch.int8),), (torch.tensor([[1], [-1]], dtype=torch.int32),),
         (torch.zeros(0, dtype=torch.int64),), (torch.zeros(3, 0, 2, dtype=torch.bool),),
         (torch.tensor([1.5, -2.0], dtype=torch.float64),), (torch.tensor([1.5, 0.25], dtype=torch.float16),),
         (torch.tensor([1.5, 3.0], dtype=torch.bfloat16),), (torch.tensor([1 + 2j, -0.5j]),),
         (torch.tensor(2 - 1.5j, dtype=torch.complex128),), (torch.tensor([[1j, 2], [3, 4.5 + 1e6j]]),),
         (torch.tensor(5, dtype=torch.int16),), (torch.arange(2000),), (torch.arange(200.0).view(2, 100),),
         (torch.arange(45.0).view(1, 45) * 1.5,))
def tensors_of_kinds(x: Tensor) -> str:
    return str(x)


@program((torch.arange(6).view(2, 3),))
def tensors_in_containers(x: Tensor) -> List[str]:
    return [str([x, x + 1]), str((x[0], 1)), str({"k": x[1]}), "{}".format(x), "{} and {}".format(x[0, 0], [x[0]]),
            str(x.t()), str(x[:, 1]), str(x.float().t()), str(x[0, 1].float())]


@program((1.0, 2), (0.1, -5), (1e16, 0), (1e17, 1), (123456789.125, 3), (1e-10, 4), (INF, 5), (-INF, 6),
         (NAN, 7), (-0.0, 8), (1 / 3, 9), (1e300, 10), (2.5e-320, 11), (100.0, 2**62), (1e15, 12),
         (1e22, 13), (4.35, 14))
def numbers(f: float, i: int) -> List[str]:
    return [str(f), str(i), str([f, f]), str((i, f)), str({i: f}), "{} {}".format(f, i), f"{f}/{i}",
            "%s %s" % (f, i), "%d %i" % (i, i), str(complex(f, i)), str([complex(i, f)]), str({f: i})]


@program((3.14159, 42, "text"), (-1e10, -1, ""), (1e-7, 0, "%"), (0.0, 1000000, "{}"))
def percent(f: float, i: int, s: str) -> List[str]:
    return ["%f" % f, "%e" % f, "%E" % f, "%F" % f, "%d%%" % i, "%s=%s" % (s, i), "%i|%d" % (i, i),
            "%s" % f, "%s" % [i], "%s" % s, "%c" % "x", "%s %s %s" % (s, f, i), "%d" % f, "%f" % i]


@program(Call(("a",), fails="Too few arguments"))
def too_few(s: str) -> str:
    return "{} {}".format(s)


@program(Call((1,), fails=""))
def too_few_percent(i: int) -> str:
    return "%d %d" % i


@program(("a", 1.5, True, None), ("{", -0.25, False, 7))
def braces(s: str, f: float, b: bool, o: Optional[int]) -> List[str]:
    return ["{}".format(s), "{}{}".format(s, f), "[{}] ({})".format(b, o), "{} {}".format([b], {"k": f}),
            "no braces".format(s), "{{}}".format(s), "{0} {}".format(s), "{:.2f} {}".format(f), "}{ {}".format(s),
            f"{s}-{f}-{b}", "{}".format((s, (f, b))), "{} {}".format(o, [o])]


class Pair(NamedTuple):
    left: int
    right: List[str]


@program((3,))
def containers(n: int) -> List[str]:
    nothing: List[int] = []
    table: Dict[str, List[int]] = {"a": [1, n], "b": nothing}
    optionals: List[Optional[int]] = [None, n]
    things: List[Any] = [1, "s", [1.5], (1, "x"), None, True]
    pair = Pair(n, ["q"])
    empty: Dict[int, int] = {}
    return [str(nothing), str(table), str(optionals), str(pair), str((1,)), str(((1, 2), "s")),
            str([True, False]), str(["a", "b"]), str([["a"], ["b", "c"]]), str(empty), str(None),
            str(things), str({1: (2, 3.0)}), str([(1, "a")]), str({True: 1.0}), str([1j])]


@program((torch.device("cpu"),), (torch.device("cuda:1"),))
def devices(d: torch.device) -> List[str]:
    index = d.index
    return [str(d), d.type, "{}".format(d), str([d]), str(index is None), str(torch.device("cpu"))]


@program((torch.ones(2, 3),))
def facts(x: Tensor) -> List[str]:
    return [str(x.size()), str(x.shape), str(x.dtype), str(x.device), str(x.stride()), str(x.dim()),
            f"{x.shape}", str(x.numel()), str(x.is_cuda), str(x.layout)]


@program(("a", 0), ("b", 3))
def built_strings(s: str, n: int) -> List[str]:
    out = [s + str(n), s * 1 if False else s, "\n\t\\\"'" + s, "line\\n", '''triple "quoted"
line''', "adjacent" " strings", "\x41\u00e9", "tab\tbell\a", "\0" + s + "\0"]
    for i in range(n):
        out.append(str(i) + "/" + str(len(out)))
    return out
