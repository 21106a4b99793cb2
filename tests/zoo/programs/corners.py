"""What real programs do at the edges: calls without inputs, conversions of arguments, constants of
modules and functions, legacy constructors, warnings, messages of errors."""
import math
import warnings
from math import inf
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch._jit_internal import BroadcastingList2

from tests.zoo.case import Call
from tests.zoo.programs.define import program


@program(())
def no_inputs() -> float:
    return inf


@program(())
def no_inputs_and_no_result() -> None:
    pass


@program(())
def legacy_constructors() -> List[Tensor]:
    return [torch.BoolTensor([2]), torch.LongTensor([3]), torch.ByteTensor([4]), torch.CharTensor([5]),
            torch.DoubleTensor([6]), torch.FloatTensor([7]), torch.IntTensor([8]), torch.ShortTensor([1]),
            torch.HalfTensor([1]), torch.DoubleTensor(), torch.FloatTensor([[1.0, 2.0]]), torch.LongTensor(2, 0)]


@program(([1j, 2, 3 + 4j, -5], 2), ([1j, 2, 3 + 4j, -5], 1))
def complex_list(a: List[complex], i: int) -> complex:
    return a[i]


@program(({2 + 3j: 2 - 3j, -4.3 - 2j: 3j}, -4.3 - 2j))
def complex_dict(a: Dict[complex, complex], key: complex) -> complex:
    return a[key]


@program((1, torch.tensor([0.4, 1.4j, 2.35]), 2))
def complex_literals(a: int, b: Tensor, i: int) -> Tuple[complex, Tensor]:
    b[i] = 2.4 + 0.5j
    return (3 * 2j) + a + 5j - 7.4j - 4, b


@program((2, 3), (4, 0))
def broadcast_arguments(a: int, b: int) -> Tuple[int, float, List[int]]:
    return pair_sum(a), real_sum([0.5, float(b)]), both([a, b])


def pair_sum(x: BroadcastingList2[int]) -> int:
    return x[0] + x[1]


def real_sum(x: BroadcastingList2[float]) -> float:
    return x[0] + x[1]


def both(x: BroadcastingList2[int] = 1) -> List[int]:
    return [x[0], x[1]]


@program(([3, 4],))
def broadcast_parameter(x: BroadcastingList2[int]) -> int:
    return x[0] * 10 + x[1]


@program((torch.ones(1), 0), (torch.ones(5), 1))
def any_from_branches(x: Tensor, n: int) -> Any:
    if x.shape[0] == 1:
        return x * x
    else:
        return "str" + str(n)


@program((torch.ones(2),), (torch.zeros(2),))
def warns(x: Tensor) -> Tensor:
    for i in range(3):
        warnings.warn("be careful")
    if bool(x.sum() > 0):
        warnings.warn("positive {}".format(int(x.sum())), stacklevel=2)
    return x


@program(Call((1,), fails="Exception"), (0,))
def raises_without_text(n: int) -> int:
    if n == 1:
        raise Exception()
    return n


@program(Call((0,), fails="division"), Call((1,), fails="value 1"), Call((2,), fails="key 2"), Call((3,), fails="a 3"),
         Call((4,), fails="four"), (5,))
def raises_of_kinds(n: int) -> int:
    if n == 0:
        raise ZeroDivisionError("division")
    elif n == 1:
        raise ValueError("value {}".format(n))
    elif n == 2:
        raise KeyError(f"key {n}")
    elif n == 3:
        raise AssertionError("a " + str(n))
    assert n != 4, "four"
    return n


class OwnError(ValueError):
    def __init__(self, message):
        super().__init__(message)


@program(Call((-1,), fails="own text"), (1,))
def raises_own(n: int) -> int:
    if n < 0:
        raise OwnError("own text")
    return n


@program((3, 4, 5))
def keyword_calls(a: int, b: int, c: int = 10) -> List[int]:
    return [mixed(a, b), mixed(a, b=b), mixed(b=a, a=b), mixed(a, b, c), mixed(a, c=c, b=1)]


def mixed(a: int, b: int, c: int = 100) -> int:
    return a + 10 * b + 100 * c


@program((torch.randn(2, 3),))
class KeywordOnly(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = OnlyKeywords()

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x, scale=2.0, shift=1)


class OnlyKeywords(nn.Module):
    def forward(self, x: Tensor, *, scale: float, shift: int) -> Tensor:
        return x * scale + shift


@program((torch.randn(2, 3), 2))
def implicit_conversions(x: Tensor, n: int) -> List[Tensor]:
    k = torch.tensor(2)
    f = torch.tensor(0.5)
    y = x.view(-1, n)
    z = torch.zeros(int(k), n)
    total = 0
    for i in range(int(k)):
        total += i
    return [y, z, x * f, x + k, x[k - 1], x.repeat(1, n), torch.full([n], float(f)), torch.arange(int(k) * 3),
            torch.zeros([n] * 2), torch.ones(x.size()), x.expand(4, 2, 3), torch.sum(x, 0), torch.sum(x, [0, 1]),
            x.sum((0, 1)), x.permute([1, 0]), x.permute(1, 0), x.reshape(3, 2), x.reshape((3, 2))]


@program((torch.tensor([1, 2, 3]), torch.tensor([[1.5, 2.5]]), torch.tensor([True]), torch.tensor([1 + 2j])))
def to_lists(a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> Tuple[List[int], List[List[float]], List[bool],
                                                                  List[complex], int]:
    one: List[int] = a.tolist()
    two: List[List[float]] = b.tolist()
    three: List[bool] = c.tolist()
    four: List[complex] = d.tolist()
    five: int = a[0].tolist()
    return one, two, three, four, five


@program(Call((torch.tensor([1.0]),), fails="tolist"), Call((torch.tensor([[1]]),), fails="tolist"))
def to_list_of_others(a: Tensor) -> List[int]:
    one: List[int] = a.tolist()
    return one


@program((torch.tensor([3.5, -1.0]), 2), (torch.tensor([0.0]), 0))
def builtin_functions(x: Tensor, n: int) -> Tuple[List[Tensor], List[float], List[int], List[str], List[bool]]:
    return ([abs(x), torch.max(x, x * 2), pow(x, 2), x ** n],
            [abs(-2.5), float(pow(2, n)), round(2.5), float(sum([1.5, 2.0])), max(1.0, 2), min(n, 0.5), pow(2.0, 0.5)],
            [abs(-n), max(n, 1), min([n, 5]), sum([n, 2]), len("abc"), ord("a"), int("12"), hash(n) - n, len(x),
             max([3, n]), int(round(1.6))],
            [chr(65 + n), hex(n), oct(n), bin(n + 2), str(n), str([n])],
            [bool(n), any([False, n > 1]), all([True, n > 1]), isinstance(n, int), callable_check(n)])


def callable_check(n: int) -> bool:
    return n in [0, 1, 2]


@program((0.3, 2), (1.0, 0), (-0.7, 5))
def math_of_all(x: float, n: int) -> Tuple[List[float], List[bool], List[int]]:
    return ([math.sin(x), math.asin(x), math.acos(x), math.sinh(x), math.asinh(x), math.tanh(x), math.ceil(x) + 0.0,
             math.sqrt(abs(x)), math.pi,
             math.e, math.inf, -math.inf, math.erfc(x), math.expm1(x),
             math.degrees(x), math.atan2(x, n), math.pow(x, n), math.fmod(5.5, 2),
             math.log(n + 1), math.sqrt(n), math.copysign(n, x), math.exp(n), math.floor(n) + 0.0],
            [math.isnan(x), math.isinf(x), math.isfinite(x), math.isnan(math.nan)],
            [math.factorial(n), math.gcd(n, 6), math.floor(x), math.ceil(x)])


@program((torch.randn(2, 3, 4),), (torch.randn(1, 3, 1),))
def functional_calls(x: Tensor) -> List[Tensor]:
    return [F.relu(x), F.softmax(x, dim=-1), F.pad(x, (1, 1)), F.dropout(x, 0.5, training=False), F.gelu(x), F.elu(x),
            F.leaky_relu(x, 0.1), F.log_softmax(x, 1), F.normalize(x, dim=1), F.interpolate(x, scale_factor=2.0),
            F.avg_pool1d(x, 1), F.layer_norm(x, x.shape[1:]), F.one_hot(torch.tensor([0, 2]), 3), F.softplus(x),
            F.cosine_similarity(x, x + 1, 1), F.hardtanh(x), F.silu(x), F.mse_loss(x, x * 2), F.smooth_l1_loss(x, x * 3),
            F.threshold(x, 0.1, 20.0), F.unfold(x.unsqueeze(1), (2, 1)), F.glu(torch.cat([x, x], 1), 1), F.prelu(x, torch.tensor([0.2])),
            F.adaptive_avg_pool1d(x, 1), F.max_pool1d(x, 1), F.hardswish(x), F.mish(x), F.celu(x), F.selu(x), F.tanhshrink(x)]


class Flags(NamedTuple):
    a: bool
    b: Optional[int]


@program((Flags(True, 3),), (Flags(False, None),), ((True, 2),))
def named_tuple_argument(flags: Flags) -> int:
    b = flags.b
    if flags.a and b is not None:
        return b
    return -1


@program(({"a": [torch.ones(2)]}, [("k", 1)], (torch.zeros(1), {"z": 2.0})))
def deep_arguments(a: Dict[str, List[Tensor]], b: List[Tuple[str, int]], c: Tuple[Tensor, Dict[str, float]]
                   ) -> Dict[str, Tuple[Tensor, List[int]]]:
    out: Dict[str, Tuple[Tensor, List[int]]] = {}
    for key, value in a.items():
        out[key] = (value[0] + c[1]["z"], [n for _, n in b])
    return out


@program((1,), (2.5,), (True,), ("s",), (None,))
def any_echo(x: Any) -> Any:
    return x


@program((2, 3.5), (2, 3))
def int_to_float_arguments(a: float, b: float) -> Tuple[float, float]:
    return a / 2, b * 2


@program((torch.tensor([2.0]), 3), (torch.tensor(2), 2))
def tensor_and_number(x: Tensor, n: int) -> List[Tensor]:
    return [x + n, n + x, x - n, n - x, x * n, n * x, x / n, n / x, x ** n, n ** x, x // n, x % n, n % x, x == n, n == x,
            n < x, n >= x, x != n, 2.5 - x, 1.5 / (x + 1), -x, abs(x), x > 1.5]


@program(Call(("x", 1.0), fails="but instead found type 'str'"), Call((1.5, 1.0), fails="for argument 'n'"),
         Call((1, torch.ones(2)), fails=""), Call(([1], 0.5), fails="Expected a value of type 'int'"),
         Call((), fails="missing value for argument 'n'"), Call((1, 2.0, 3), fails="expected at most 3 argument"),
         (True, 2), (1, True))
def wrong_arguments(n: int, f: float) -> float:
    return n + f


@program(((1, 2), [3, 4], [(1, 2.5)], {"k": (1,)}), ([1, 2], (3, 4), (), {}))
def sequences_for_sequences(a: List[float], b: Tuple[int, float], c: List[Tuple[float, float]],
                            d: Dict[str, List[float]]) -> Tuple[List[float], Tuple[int, float],
                                                               List[Tuple[float, float]], Dict[str, List[float]]]:
    return a, b, c, d


@program((1, [None, 2], {1: 2}, "cpu"), (None, [], {}, torch.device("cuda:1")))
def converted_inside(a: Optional[float], b: List[Optional[float]], c: Dict[int, complex], d: torch.device
                     ) -> Tuple[Optional[float], List[Optional[float]], Dict[int, complex], str]:
    return a, b, c, str(d)
