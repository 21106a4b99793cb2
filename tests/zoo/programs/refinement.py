"""What is known of a value where: Optional, Union and Any, and the checks that narrow them."""
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import torch
from torch import Tensor, nn

from tests.zoo.case import Call
from tests.zoo.programs.define import program


@program((None, 3), (4, None), (None, None), (1, 2))
def both_optional(a: Optional[int], b: Optional[int]) -> int:
    if a is not None and b is not None:
        return a * b
    elif a is not None:
        return a + 100
    if b is None:
        return -1
    return b - 100


@program((None,), (3,))
def optional_or(a: Optional[int]) -> int:
    if a is None or a > 2:
        a = 10
    return a + 1


@program(Call((None,), fails="AssertionError"), (3,))
def assert_refines(a: Optional[int]) -> int:
    assert a is not None
    return a + 1


@program(Call((None,), fails="needs a value"), (3,))
def assert_refines_with_text(a: Optional[int]) -> int:
    assert a is not None, "needs a value"
    return a + 1


@program(Call((None,), fails="Unwrapping null optional"), (torch.ones(2),))
def unwraps(x: Optional[Tensor]) -> Tensor:
    return torch.jit._unwrap_optional(x) + 1


@program((None,), (7,))
def raise_refines(a: Optional[int]) -> int:
    if a is None:
        b = 3
    else:
        b = a
    if b > 100:
        raise ValueError("no")
    return b


@program((1,), ("s",), (2.5,), (None,), ([1, 2],), ({"a": 1},), (True,), ((1, "x"),),
         (torch.ones(1),))
def any_kinds(v: Any) -> str:
    if v is None:
        return "none"
    if isinstance(v, bool):
        return "bool"
    if isinstance(v, int):
        return "int" + str(v + 1)
    if isinstance(v, (float, str)):
        if isinstance(v, float):
            return "float"
        return "str"
    if isinstance(v, torch.Tensor):
        return "tensor" + str(v.dim())
    if isinstance(v, List[int]):
        return "list" + str(v[0] + len(v))
    if isinstance(v, Dict[str, int]):
        return "dict" + str(v["a"])
    if isinstance(v, Tuple[int, str]):
        return "tuple" + v[1]
    return "other"


@program(([1],), ([1.0],), (["a"],), ([[1]],), ({"a": 1},), ({1: 2},), ((1, 2),), ((),))
def container_kinds(v: Any) -> List[bool]:
    return [isinstance(v, list), isinstance(v, tuple), isinstance(v, List[int]),
            isinstance(v, List[float]), isinstance(v, List[str]), isinstance(v, List[List[int]]),
            isinstance(v, Dict[str, int]), isinstance(v, Dict[int, int]),
            isinstance(v, Tuple[int, int]), isinstance(v, (List[int], Dict[int, int]))]


@program((1,), ("a",), (None,))
def union_and_none(v: Union[int, str, None]) -> str:
    if v is None:
        v = "nothing"
    elif isinstance(v, int):
        v = str(v * 2)
    return v


@program((3,), (2.5,))
def union_of_numbers(v: Union[int, float]) -> float:
    if isinstance(v, int):
        return float(v + 1)
    return v * 2


@program(([1, 2],), (["a", "b"],))
def union_of_lists(v: Union[List[int], List[str]]) -> str:
    if torch.jit.isinstance(v, List[int]):
        total = 0
        for i in v:
            total += i
        return str(total)
    else:
        return ",".join(v)


@program((3,), (-3,))
def union_variable(n: int) -> str:
    x: Union[int, List[int], str] = n
    if n < 0:
        x = [n, n]
    if isinstance(x, int):
        x = "number"
    if isinstance(x, str):
        return x
    else:
        return "list of " + str(len(x))


@program((1,), ("a",))
def union_in_containers(a: Union[int, str]) -> Tuple[int, List[str]]:
    items: List[Union[int, str]] = [a, 3, "b"]
    items.append(a)
    table: Dict[str, Union[int, str]] = {"a": a, "b": "x"}
    table["c"] = 5
    ints = 0
    names: List[str] = []
    for item in items:
        if isinstance(item, int):
            ints += item
        else:
            names.append(item)
    for value in table.values():
        if isinstance(value, str):
            names.append(value)
        else:
            ints += value
    return ints, names


@program(({"a": torch.ones(1), "b": None},), ({},))
def optional_dict_values(table: Dict[str, Optional[Tensor]]) -> Tuple[Tensor, List[str]]:
    total = torch.zeros(1)
    missing: List[str] = []
    for name, value in table.items():
        if value is None:
            missing.append(name)
        else:
            total = total + value
    a = table.get("a")
    return total, missing


@program(([1, None, 3],), ([None],))
def optional_items(xs: List[Optional[int]]) -> Tuple[int, int]:
    total = 0
    nothing = 0
    for x in xs:
        if x is not None:
            total += x
        else:
            nothing += 1
    first = xs[0]
    if first is not None:
        total += first * 100
    return total, nothing


@program((None, torch.ones(2)), (torch.zeros(2), None), (None, None))
def optional_tensor_chain(a: Optional[Tensor], b: Optional[Tensor]) -> Optional[Tensor]:
    if a is None:
        return b
    if b is None:
        return a
    return a + b


@program((torch.ones(2), 3), (torch.ones(2), None))
class OptionalAttribute(nn.Module):
    cache: Optional[Tensor]
    size: Optional[int]

    def __init__(self):
        super().__init__()
        self.cache = None
        self.size = None

    def forward(self, x: Tensor, n: Optional[int]) -> Tuple[Tensor, int]:
        if self.cache is None:
            self.cache = x * 2
        cache = self.cache
        assert cache is not None
        self.size = n
        size = self.size
        if size is None:
            size = -1
        return cache + 1, size


@program((True,), (False,))
def any_result(flag: bool) -> Any:
    if flag:
        return 1
    return "text"


@program((1, [1, 2]), ("a", None))
def any_arguments(a: Any, b: Any) -> Tuple[Any, List[Any]]:
    return a, [a, b, 3, "x", 2.5]


class Pair(NamedTuple):
    left: int
    right: Optional[str]


@program((1, None), (2, "r"))
def named_tuple_with_optional(a: int, b: Optional[str]) -> str:
    pair = Pair(a, b)
    right = pair.right
    return str(pair.left) + (right if right is not None else "none")


@program((torch.ones(2),), (torch.ones(2, dtype=torch.int64),))
def ternary_refines(x: Tensor) -> Tuple[int, float]:
    y: Optional[int] = None if x.is_floating_point() else 7
    z = 0 if y is None else y + 1
    w = 1.5 if y is None and z == 0 else 2.5
    return z, w


@program((None,), ([1, 2, 3],))
def default_list(xs: Optional[List[int]] = None) -> List[int]:
    if xs is None:
        xs = [0]
    xs.append(4)
    return xs


@program((3,), (None,))
def negated_checks(a: Optional[int]) -> int:
    if not (a is None):
        return a + 1
    if not (a is not None):
        return -1
    return 0


@program((1,), ("x",), (2.0,))
def nested_unions(v: Union[int, Union[str, float]]) -> int:
    if not isinstance(v, (str, float)):
        return v
    if not isinstance(v, str):
        return int(v) + 100
    return len(v)


@program((torch.ones(2, 2),))
def isinstance_static(x: Tensor) -> List[bool]:
    n = 3
    y = [n]
    z = (n, "a")
    return [isinstance(x, Tensor), isinstance(n, int), isinstance(n, (int, float)),
            isinstance(y, list), isinstance(z, tuple), isinstance(y, List[int]),
            isinstance("s", str), isinstance(n, float), isinstance(2.0, (int, str)),
            isinstance(z, Tuple[int, str]), torch.jit.isinstance(y, List[int])]


@program((1,), (None,))
def optional_equality(a: Optional[int]) -> Tuple[bool, bool, str]:
    return a is None, a is not None, "{}".format(a)


@program(({"k": [1]},), ({"k": {"z": 1}},))
def union_nested(v: Dict[str, Union[List[int], Dict[str, int]]]) -> int:
    total = 0
    for value in v.values():
        if isinstance(value, List[int]):
            total += value[0]
        else:
            total += 100 + value["z"]
    return total


@program((4,), (None,))
def optional_float(n: Optional[float]) -> float:
    if n is not None:
        return n / 2
    return float("-inf")
