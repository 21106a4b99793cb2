"""Lists and dicts, method by method, with every kind of element."""
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor

from tests.zoo.case import Call
from tests.zoo.programs.define import program


@program(([1, 2, 3],), ([],))
def methods_give_nothing(xs: List[int]) -> Tuple[List[bool], List[int]]:
    ys = xs.copy()
    a = ys.append(1)
    b = ys.extend([5, 4])
    c = ys.insert(0, 9)
    d = ys.reverse()
    e = ys.sort()
    f = ys.remove(9)
    zs = ys.copy()
    g = zs.clear()
    return [a is None, b is None, c is None, d is None, e is None, f is None, g is None], ys + zs


@program(([1, 2, 3, 4], 0), ([1, 2, 3, 4], -1), ([1, 2, 3, 4], 2), Call(([1], 1), fails="out of range"),
         Call(([1], -2), fails="out of range"))
def deletes(xs: List[int], i: int) -> List[int]:
    del xs[i]
    return xs


@program(([1, 2, 3, 4], 1, 9), ([1, 2], -1, 0), Call(([], 0, 1), fails="out of range"))
def sets(xs: List[int], i: int, v: int) -> List[int]:
    xs[i] = v
    xs[i] += 10
    xs[i] *= 2
    xs[i] -= 1
    return xs


@program(([1, 2, 3], 0), ([1, 2, 3], -1), ([1, 2, 3], -100), ([1, 2, 3], 100), ([], 3))
def inserts(xs: List[int], i: int) -> List[int]:
    xs.insert(i, 77)
    xs.insert(-1, 55)
    xs.insert(len(xs), 33)
    return xs


@program(([1, 2, 3], 0), ([1, 2, 3], -3), Call(([1, 2, 3], 3), fails="list index out of range"),
         Call(([1, 2, 3], -4), fails="list index out of range"),
         Call(([], 0), fails="pop from empty list"))
def pops_at(xs: List[int], i: int) -> Tuple[int, List[int]]:
    return xs.pop(i), xs


@program(([1, 2, 1], 1), Call(([1, 2, 1], 3), fails="x not in list"))
def removes(xs: List[int], v: int) -> List[int]:
    xs.remove(v)
    return xs


@program(([1.5, 2.0], 2.0), Call(([1.5], 3.0), fails="is not in list"))
def finds(xs: List[float], v: float) -> Tuple[int, int]:
    return xs.index(v), xs.count(v)


@program(([1, 2],), ([],))
def aliases(xs: List[int]) -> Tuple[List[int], List[int], List[int], bool]:
    a = xs
    b = xs + [15]
    c = list(xs)
    a += [10]
    b += [20]
    c.extend(a)
    xs.append(30)
    a = a + [40]
    a.append(50)
    return xs, b, c, a is xs


@program((["x", "y"],))
def string_elements(xs: List[str]) -> Tuple[List[str], bool, int, str, List[str]]:
    xs.append("z" + xs[0])
    xs.insert(1, "")
    return xs * 2, "zx" in xs, xs.index("y") + xs.count("x"), "".join(xs), sorted(xs)


@program(([True, False],))
def bool_elements(xs: List[bool]) -> Tuple[List[bool], int, bool, bool, bool]:
    xs.append(xs[0] and xs[1])
    ys = xs.copy()
    ys.sort()
    ys.reverse()
    return ys, ys.count(True), all(xs), any(xs), xs == [True, False, False]


@program(([1 + 2j, 3j],))
def complex_elements(xs: List[complex]) -> Tuple[List[complex], complex]:
    xs.append(xs[0] * xs[1])
    xs.insert(0, complex(1, 0))
    xs.reverse()
    total = complex(0, 0)
    for x in xs:
        total += x
    return xs, total


@program(([torch.ones(2), torch.zeros(1)],))
def tensor_elements(xs: List[Tensor]) -> Tuple[List[Tensor], int, Tensor, bool, bool]:
    first = xs[0]
    xs.append(first * 2)
    xs[1] = xs[1] + 5
    first += 1
    xs[0] *= 3
    same = xs[0] is first
    xs.reverse()
    last = xs.pop()
    one = [torch.tensor([3.0]), torch.tensor([4.0])]
    return xs, len(xs), last, same, one == [torch.tensor([3.0]), torch.tensor([4.0])]


@program((2, 3), (0, 2), (1, 0))
def grids(n: int, m: int) -> Tuple[List[List[int]], List[List[List[int]]], int]:
    grid = [[0] * m for _ in range(n)]
    for i in range(n):
        for j in range(m):
            grid[i][j] = i * m + j
    shared = [[7]] * 3
    shared[0].append(8)
    cube = [[[i, j] for j in range(m)] for i in range(n)]
    depth = 0
    for plane in cube:
        for line in plane:
            line[0] += 100
            depth += line[1]
    return grid + shared, cube, depth


@program(([3, 1, 2], [0.5, -0.5], ["b", "a"]))
def sorts(xs: List[int], ys: List[float], zs: List[str]) -> Tuple[List[int], List[float], List[str],
                                                                List[Tuple[int, str]], List[int]]:
    before = sorted(xs)
    xs.sort()
    xs.sort(reverse=True)
    ys.sort(False)
    zs.sort(reverse=False)
    pairs = [(2, "b"), (1, "z"), (2, "a")]
    pairs.sort()
    return xs, ys, zs, pairs, before


@program(([5, 3],), ([1],))
def list_truth(xs: List[int]) -> Tuple[int, int, int, int]:
    a = min(xs)
    b = max(xs)
    return a, b, sum(xs), max(a, b, 4)


@program(Call(([],), fails="arg is an empty sequence"))
def minimum_of_nothing(xs: List[int]) -> int:
    return min(xs)


@program(([4, 6],), ([1, 2, 3],), Call(([1],), fails="Expected"))
def unpacks_two_or_fails(xs: List[int]) -> int:
    if len(xs) == 3:
        a, b, c = xs
        return a + b + c
    a, b = xs
    return a * b


@program(([1, 2, 3, 4, 5],))
def stars(xs: List[int]) -> Tuple[int, Tuple[int, int]]:
    t = (xs[0], "x", xs[1])
    a, b, c = t
    (d, e), f = (1, 2), 3
    return a + c + d + e + f, (c, a)


class Item(NamedTuple):
    name: str
    size: int


@program((["a", "b"],), ([],))
def lists_of_tuples(names: List[str]) -> Tuple[List[Item], Dict[str, Item], int, List[Tuple[str, int]]]:
    items: List[Item] = []
    index: Dict[str, Item] = {}
    for i, name in enumerate(names):
        item = Item(name, i)
        items.append(item)
        index[name] = Item(name=name, size=item.size + 1)
    total = 0
    for name, size in items:
        total += size
    for item in items:
        total += item.size * 10
    return items, index, total, [(item.name, item.size) for item in items]


@program(([1, 2, 3],))
def lists_of_optionals(xs: List[int]) -> Tuple[List[Optional[int]], int]:
    out: List[Optional[int]] = []
    for x in xs:
        out.append(x if x > 1 else None)
    out.insert(0, None)
    out[1] = 5
    found = 0
    for o in out:
        if o is not None:
            found += o
    return out, found


@program((3,))
def lists_of_anything(n: int) -> Tuple[List[Any], int, str]:
    things: List[Any] = [n, "s", [n], (n, 1.5), {"k": n}, None, torch.ones(1)]
    numbers = 0
    text = ""
    for thing in things:
        if isinstance(thing, int):
            numbers += thing
        if isinstance(thing, str):
            text += thing
        if isinstance(thing, List[int]):
            numbers += thing[0] * 10
        if isinstance(thing, Tuple[int, float]):
            numbers += thing[0] * 100
    return things, numbers, text


@program((4,), (0,))
def appended_while_visited(n: int) -> List[int]:
    xs = [i for i in range(n)]
    for x in xs:
        if x % 2 == 0:
            xs.append(x + 100)
    i = 0
    while i < len(xs) and i < 50:
        if xs[i] < 150 and xs[i] >= 100:
            xs.append(xs[i] + 25)
        i += 1
    return xs


@program(([1, 2, 3, 4, 5, 6],))
def walks(xs: List[int]) -> Tuple[List[int], List[Tuple[int, int]], List[Tuple[int, str, float]]]:
    backwards: List[int] = []
    for x in xs[::-1]:
        backwards.append(x)
    pairs: List[Tuple[int, int]] = []
    for a, b in zip(xs[:-1], xs[1:]):
        pairs.append((a, b))
    triples: List[Tuple[int, str, float]] = []
    for i, (s, f) in enumerate(zip("abc", [0.5, 1.5])):
        triples.append((i, s, f))
    for i, x in enumerate(xs, 10):
        backwards.append(i * x)
    for i, j in zip(range(3), range(10, 0, -3)):
        backwards.append(i * j)
    return backwards, pairs, triples


@program(([1, 2, 3],), ([],))
def comprehension_kinds(xs: List[int]) -> Tuple[List[int], List[str], List[Tensor], List[float],
                                               Dict[str, int], List[Tuple[int, int]]]:
    return ([x * x for x in xs], [str(x) for x in xs], [torch.tensor(x) for x in xs],
            [float(x) / 2 for x in xs], {str(x): x for x in xs}, [(i, x) for i, x in enumerate(xs)])


@program((torch.arange(6).view(3, 2),), (torch.zeros(1, 0),))
def comprehensions_over_others(x: Tensor) -> Tuple[List[Tensor], List[int], List[str], List[int]]:
    table = {"b": 2, "a": 1}
    return ([row * 2 for row in x], [k * 2 for k in table.values()],
            [key + "!" for key in table.keys()], [len(s) for s in "word"])


@program(([1, 2], [1, 2], [2, 1]), ([], [], [0]))
def comparisons(a: List[int], b: List[int], c: List[int]) -> List[bool]:
    return [a == b, a != b, a == c, a != c, a is b, a is a, a == a.copy(), 1 in a, 1 not in c]


@program(([3, 4],))
def mutated_arguments(xs: List[int]) -> Tuple[List[int], int]:
    changed = grow(xs, 2)
    changed = grow(xs, by=5)
    return xs, changed


def grow(xs: List[int], by: int = 1) -> int:
    for i in range(len(xs)):
        xs[i] += by
    xs.append(by)
    return len(xs)


@program((7,), (0,))
def list_of_lists_of_strings(n: int) -> Tuple[List[List[str]], str]:
    first: List[str] = []
    out = [first]
    for i in range(n):
        if i % 3 == 0:
            fresh: List[str] = []
            out.append(fresh)
        out[-1].append(str(i))
    return out, ";".join([",".join(part) for part in out])


@program((torch.ones(2, 2),))
def list_to_tensor(x: Tensor) -> List[Tensor]:
    n = [1, 2, 3]
    return [torch.tensor(n), torch.tensor([n, n]), torch.tensor([[1.0], [2.5]]),
            torch.tensor([True, False]), torch.tensor([x.size(0), 7]), torch.tensor([[[1, 2]]]),
            torch.stack([x, x]), torch.cat([x, x, x], 1), torch.tensor([1.5, 2.5], dtype=torch.int64),
            torch.as_tensor([1, 2]), torch.tensor(n, dtype=torch.float64)]
