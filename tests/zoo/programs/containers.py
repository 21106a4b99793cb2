"""Lists, dicts, tuples, NamedTuples, unions."""
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import torch
from torch import Tensor

from tests.zoo.case import Call
from tests.zoo.programs.define import program


@program(([3, 1, 2],), ([5],))
def list_methods(xs: List[int]) -> Tuple[List[int], List[int], int, int, bool]:
    ys = xs.copy()
    ys.append(9)
    ys.insert(1, 7)
    ys.extend([1, 1])
    ys.insert(-100, 4)
    last = ys.pop()
    first = ys.pop(0)
    ys.reverse()
    ys.remove(7)
    ys += [8]
    zs = sorted(ys) + [-1] * 2
    zs[0] = 100
    zs[-1] += 5
    del zs[1]
    return ys, zs, first * 1000 + last, zs.index(100) + zs.count(-1), 8 in zs


@program(([1, 2, 3, 4, 5, 6, 7],), ([],), ([1, 2],))
def list_slices(xs: List[int]) -> List[List[int]]:
    return [xs[1:3], xs[:-1], xs[-3:], xs[::2], xs[5:1:1], xs[1:100:3], xs[:], xs[-100:2]]


@program(([0.5, -1.5, 2.0], [True, False]), ([], [True, True]))
def list_reductions(xs: List[float], flags: List[bool]) -> Tuple[float, int, bool, bool, str]:
    smallest = min(xs) if len(xs) > 0 else 0.0
    largest = max(xs) if len(xs) > 0 else 0.0
    return sum(xs), len(xs), any(flags), all(flags), str([smallest, largest])


@program(([[3, 1], [2], []],), ([],))
def nested_lists(rows: List[List[int]]) -> Tuple[List[int], List[List[int]], int]:
    flat: List[int] = []
    for row in rows:
        for item in row:
            flat.append(item)
        row.sort(reverse=True)
    shared = [rows[0]] if len(rows) > 0 else [[0]]
    shared[0].append(42)
    total = 0
    for i, row in enumerate(rows):
        total += i * len(row)
    return flat, rows, total


@program((["pear", "fig", "apple"], [3, 1, 2]), ([], []))
def zip_enumerate_sort(names: List[str], counts: List[int]) -> List[Tuple[int, str]]:
    pairs: List[Tuple[int, str]] = []
    for i, (name, count) in enumerate(zip(names, counts)):
        pairs.append((count * 10 + i, name))
    pairs.sort()
    out: List[Tuple[int, str]] = []
    for key, name in pairs:
        out.append((key, name.upper()))
    return out


@program((4,), (0,))
def comprehensions(n: int) -> Tuple[List[int], List[List[int]], Dict[int, str], List[str]]:
    squares = [i * i for i in range(n)]
    grid = [[i + j for j in range(2)] for i in range(n)]
    names = {i: "zero" if i == 0 else "n" + str(i) for i in range(n)}
    return squares, grid, names, [value for value in names.values()]


@program((["a", "b", "a", "c", "b", "a"],), ([],))
def dict_counting(words: List[str]) -> Tuple[Dict[str, int], List[str], List[int], int]:
    counts: Dict[str, int] = {}
    for word in words:
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
    keys = list(counts.keys())
    keys.sort()
    return counts, keys, list(counts.values()), counts.get("zebra", -1)


@program(({"x": 1.0, "y": 2.0, "z": 3.0},))
def dict_methods(table: Dict[str, float]) -> Tuple[Dict[str, float], List[str], float, bool, int]:
    copied = dict(table)
    copied["w"] = 4.0
    copied.update({"x": 10.0})
    popped = copied.pop("y") + copied.setdefault("v", 0.5) + copied.setdefault("z", 0.5)
    maybe = table.get("nowhere")
    del copied["w"]
    text: List[str] = []
    for key, value in copied.items():
        text.append(key + "=" + str(value))
    size = len(copied)
    other = table.copy()
    other.clear()
    return copied, text, popped, maybe is None, size * 10 + len(other)


@program((["one", "two"], [torch.ones(2), torch.arange(3)]))
def dict_of_tensors(names: List[str], tensors: List[Tensor]) -> Dict[str, List[Tensor]]:
    out: Dict[str, List[Tensor]] = {}
    for name, tensor in zip(names, tensors):
        if name not in out:
            empty: List[Tensor] = []
            out[name] = empty
        out[name].append(tensor)
        out[name].append(tensor + 1)
    return out


@program((3,))
def dict_keys_of_all_kinds(n: int
                           ) -> Tuple[Dict[int, List[int]], Dict[float, str], Dict[bool, int]]:
    by_int: Dict[int, List[int]] = {}
    for i in range(n):
        by_int[i * 1000003] = [i]
    by_int[0].append(99)
    by_float = {0.5: "half", 2.0: "two"}
    by_float[0.5] = "changed"
    by_bool = {True: 1}
    by_bool[False] = n
    return by_int, by_float, by_bool


class Box(NamedTuple):
    low: Tensor
    high: Tensor
    name: str
    tags: List[str]


@program((torch.randn(4, 2), "cloud"))
def named_tuples(points: Tensor, name: str) -> Tuple[Box, Tensor, int]:
    box = Box(points.min(0).values, points.max(0).values, name, ["fresh"])
    box.tags.append("seen")
    low, high, title, tags = box
    moved = Box(low=low - 1, high=box[1] + 1, name=title + "!", tags=tags)
    return moved, moved.high - moved.low, len(box.tags)


@program(((1, "a"), (2.5, [1, 2])), ((0, ""), (0.0, [])))
def tuple_shuffling(a: Tuple[int, str], b: Tuple[float, List[int]]
                    ) -> Tuple[str, Tuple[int, float], List[int]]:
    (number, text), (real, items) = a, b
    number, other = other_order(number, len(items))
    nested = ((number, real), (text, items))
    joined = nested[1][0] + str(a[-1])
    for value in (1, 2, 3):
        items.append(value)
    return joined, nested[0], nested[1][1]


def other_order(a: int, b: int) -> Tuple[int, int]:
    return b, a


@program((3,), ("word",), (None,), ([1, 2],))
def union_of_four(x: Union[int, str, List[int], None]) -> str:
    if x is None:
        return "nothing"
    if isinstance(x, int):
        return "int " + str(x + 1)
    elif isinstance(x, str):
        return "str " + x.upper()
    else:
        return "list of " + str(len(x))


@program((5,))
def any_and_isinstance(n: int) -> List[str]:
    things: List[Any] = []
    things.append(n)
    things.append("text")
    things.append(1.5)
    things.append([1, 2])
    things.append((1, "b"))
    things.append(None)
    things.append(torch.ones(1))
    out: List[str] = []
    for thing in things:
        if isinstance(thing, int):
            out.append("int" + str(thing))
        elif isinstance(thing, str):
            out.append("str" + thing)
        elif isinstance(thing, float):
            out.append("float")
        elif torch.jit.isinstance(thing, List[int]):
            out.append("list" + str(thing[0]))
        elif torch.jit.isinstance(thing, Tuple[int, str]):
            out.append("tuple" + thing[1])
        elif isinstance(thing, Tensor):
            out.append("tensor")
        else:
            out.append("other")
    return out


@program(([1, None, 3],), ([None],))
def list_of_optionals(xs: List[Optional[int]]) -> Tuple[int, List[Optional[int]]]:
    total = 0
    kept: List[Optional[int]] = []
    for x in xs:
        if x is not None:
            total += x
            kept.append(x * 2)
        else:
            kept.append(None)
    return total, kept


@program(({"a": torch.ones(2)}, None), ({"b": torch.ones(2)}, {"b": [1, 2]}))
def optional_containers(a: Dict[str, Tensor], b: Optional[Dict[str, List[int]]]
                        ) -> Dict[str, Tensor]:
    if b is not None:
        for key, sizes in b.items():
            if key in a:
                a[key] = a[key] * sum(sizes)
    return a


@program(([5, 3, 8, 1],), ([1],))
def list_equality_and_aliases(xs: List[int]) -> Tuple[bool, bool, bool, List[int]]:
    alias = xs
    copied = list(xs)
    alias.append(0)
    return xs == alias, xs == copied, xs is alias, copied


@program(([5, 2],), Call(([],), fails="pop from empty list"))
def pop_until_empty(xs: List[int]) -> int:
    xs.pop()
    total = 0
    while len(xs) > 0:
        total += xs.pop()
    return total


class Edge(NamedTuple):
    to: int
    cost: float


@program(([(0, 1, 4.0), (0, 2, 1.0), (2, 1, 2.0), (1, 3, 5.0)], 5))
def shortest_paths(edges: List[Tuple[int, int, float]], nodes: int
                   ) -> Tuple[List[float], List[int]]:
    table: Dict[int, List[Edge]] = {}
    for start, to, cost in edges:
        if start not in table:
            fresh: List[Edge] = []
            table[start] = fresh
        table[start].append(Edge(to, cost))
    distance = [float("inf") for _ in range(nodes)]
    parent = [-1] * nodes
    distance[0] = 0.0
    queue: List[Tuple[float, int]] = [(0.0, 0)]
    while len(queue) > 0:
        queue.sort(reverse=True)
        reached, node = queue.pop()
        if reached > distance[node]:
            continue
        if node not in table:
            continue
        for edge in table[node]:
            candidate = reached + edge.cost
            if candidate < distance[edge.to]:
                distance[edge.to] = candidate
                parent[edge.to] = node
                queue.append((candidate, edge.to))
    return distance, parent
