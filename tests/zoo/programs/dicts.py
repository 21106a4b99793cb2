"""Dicts, method by method, with every kind of key and value."""
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor

from tests.zoo.case import Call
from tests.zoo.programs.define import program

LETTERS = {"b": 2, "a": 1, "c": 3}


@program((LETTERS,), ({},))
def views(d: Dict[str, int]) -> Tuple[List[str], List[int], List[Tuple[str, int]], List[str]]:
    keys = d.keys()
    values = d.values()
    items = d.items()
    d["new"] = 100
    return keys, values, items, [k for k in d]


@program((LETTERS, "a"), Call((LETTERS, "z"), fails="z"))
def pops(d: Dict[str, int], key: str) -> Tuple[int, int, Dict[str, int]]:
    with_default = d.pop("nowhere", -5)
    return d.pop(key), with_default, d


@program((LETTERS,), Call(({},), fails="popitem"))
def pop_items(d: Dict[str, int]) -> Tuple[Tuple[str, int], int]:
    item = d.popitem()
    return item, len(d)


@program((LETTERS, "a"), (LETTERS, "z"))
def gets(d: Dict[str, int], key: str) -> Tuple[Optional[int], int, bool, int]:
    return d.get(key), d.get(key, 42), key in d, d.setdefault(key, 7) + d.setdefault(key, 9)


@program((LETTERS, "a"), Call((LETTERS, "z"), fails="z"))
def deletes_key(d: Dict[str, int], key: str) -> Dict[str, int]:
    del d[key]
    return d


@program((LETTERS,))
def updates(d: Dict[str, int]) -> Tuple[Dict[str, int], Dict[str, int], int]:
    e = d.copy()
    e.update({"z": 26, "a": -1})
    e["b"] += 10
    e["c"] = e["c"] * 2
    f = dict(e)
    f.clear()
    f["only"] = len(e)
    d.update(f)
    return d, e, len(f)


@program((3,), (0,))
def built(n: int) -> Tuple[Dict[int, int], Dict[str, int], Dict[str, List[int]], Dict[int, str]]:
    squares = {i: i * i for i in range(n)}
    pairs = dict([("x", 1), ("y", 2)])
    named = dict({"a": [1]})
    empty: Dict[int, str] = {}
    for k, v in squares.items():
        empty[v] = str(k)
    return squares, pairs, named, empty


@program((1.5, 2 + 1j, True))
def keys_of_kinds(f: float, c: complex, b: bool) -> Tuple[Dict[float, int], Dict[complex, str],
                                                         Dict[bool, float], str, List[float]]:
    floats = {f: 1, 2.0: 2, f * 2: 3}
    floats[3.0] += 10
    complexes = {c: "first"}
    complexes[c] += "!"
    complexes[complex(0, 0)] = "zero"
    bools = {b: 0.5, not b: 1.5}
    del bools[False]
    return floats, complexes, bools, complexes[c], list(floats.keys())


@program((torch.ones(2), torch.zeros(2)))
def tensor_values(a: Tensor, b: Tensor) -> Tuple[Dict[str, Tensor], Tensor, bool]:
    d = {"a": a, "b": b}
    d["a"] += 1
    d["c"] = d["a"] * 2
    alias = d["b"]
    alias.add_(5)
    total = torch.zeros(2)
    for value in d.values():
        total += value
    return d, total, d["a"] is a


@program((["x", "y", "x"],))
def nested_dicts(names: List[str]) -> Tuple[Dict[str, Dict[str, int]], int]:
    outer: Dict[str, Dict[str, int]] = {}
    for i, name in enumerate(names):
        if name not in outer:
            inner: Dict[str, int] = {}
            outer[name] = inner
        outer[name][str(i)] = i
        outer[name]["last"] = i
    total = 0
    for inner in outer.values():
        for key, value in inner.items():
            total += value + len(key)
    return outer, total


@program((2,))
def values_of_kinds(n: int) -> Tuple[Dict[str, Tuple[int, float]], Dict[str, Optional[int]],
                                    Dict[str, Any], Dict[str, List[Dict[str, int]]]]:
    tuples = {"a": (n, 1.5), "b": (0, -1.0)}
    tuples["a"] = (tuples["b"][0] + 9, tuples["a"][1])
    optionals: Dict[str, Optional[int]] = {"a": None, "b": 3}
    optionals["c"] = None
    things: Dict[str, Any] = {"i": n, "s": "text", "l": [n, n]}
    things["t"] = (n, "x")
    lists: Dict[str, List[Dict[str, int]]] = {"k": [{"j": n}]}
    lists["k"][0]["j"] += 1
    lists["k"].append({"m": 5})
    return tuples, optionals, things, lists


class Entry(NamedTuple):
    weight: float
    tags: List[str]


@program((["a", "b"],))
def named_tuple_values(names: List[str]) -> Tuple[Dict[str, Entry], float, Dict[int, Entry]]:
    table: Dict[str, Entry] = {}
    for name in names:
        table[name] = Entry(0.5, [name])
    table["a"].tags.append("seen")
    total = 0.0
    for entry in table.values():
        total += entry.weight * len(entry.tags)
    numbered = {i: table[name] for i, name in enumerate(names)}
    return table, total, numbered


@program(({1: "one", 2: "two"},), ({},))
def aliased_dicts(d: Dict[int, str]) -> Tuple[Dict[int, str], Dict[int, str], bool, bool]:
    e = d
    f = d.copy()
    e[3] = "three"
    f[4] = "four"
    holder = [d]
    holder[0][5] = "five"
    return d, f, e is d, f is d


@program((LETTERS,))
def changed_while_visited(d: Dict[str, int]) -> Tuple[Dict[str, int], List[str]]:
    seen: List[str] = []
    for key in d.keys():
        seen.append(key)
        if len(d) < 10:
            d[key + key] = d[key] * 10
    return d, seen


@program((LETTERS,))
def order_is_kept(d: Dict[str, int]) -> Tuple[str, List[str], str]:
    text = ""
    for key in d:
        text += key
    d["b"] = 5
    del d["a"]
    d["a"] = 6
    keys = list(d)
    sorted_text = ""
    for key in sorted(keys):
        sorted_text += key + str(d[key])
    return text, keys, sorted_text


@program(Call(({0.5: 1}, float("nan")), fails="KeyError"), ({0.5: 1}, 0.5))
def float_keys(d: Dict[float, int], k: float) -> int:
    return d[k]


@program((LETTERS, ["a", "q"]))
def in_conditions(d: Dict[str, int], keys: List[str]) -> Tuple[int, List[int]]:
    hits = 0
    found: List[int] = []
    for key in keys:
        value = d.get(key)
        if value is not None:
            found.append(value)
            hits += 1 if key in d and value > 0 else 0
        elif key not in d:
            hits -= 10
    return hits, found


@program((torch.tensor([3, 1, 3, 2, 1, 3]),))
def histogram(x: Tensor) -> Tuple[Dict[int, int], int, int]:
    counts: Dict[int, int] = {}
    for v in x:
        k = int(v)
        counts[k] = counts.get(k, 0) + 1
    best = -1
    for k, n in counts.items():
        if best < 0 or n > counts[best]:
            best = k
    return counts, best, max(list(counts.values()))


@program(({"a": {"b": [1, 2]}},))
def deep_assignment(d: Dict[str, Dict[str, List[int]]]) -> Dict[str, Dict[str, List[int]]]:
    d["a"]["b"][0] = 100
    d["a"]["b"] += [3]
    d["a"]["c"] = d["a"]["b"][1:]
    fresh: List[int] = []
    d["z"] = {"y": fresh}
    d["z"]["y"].append(d["a"]["c"][0])
    return d


@program((3,), (30,))
def memoised(n: int) -> Tuple[int, int]:
    memo: Dict[int, int] = {0: 0, 1: 1}
    order = [n]
    while len(order) > 0:
        k = order.pop()
        if k in memo:
            continue
        if (k - 1) in memo and (k - 2) in memo:
            memo[k] = memo[k - 1] + memo[k - 2]
        else:
            order.append(k)
            order.append(k - 1)
            order.append(k - 2)
    return memo[n], len(memo)


@program((LETTERS, {"k": 1.5}, {1: [torch.ones(1)]}))
def dict_text(a: Dict[str, int], b: Dict[str, float], c: Dict[int, List[Tensor]]) -> str:
    return str(a) + "{}|{}".format(b, len(c)) + str({"x": [1, 2]}) + str({True: "t"})


@program((LETTERS,))
def equality_of_parts(d: Dict[str, int]) -> List[bool]:
    e = d.copy()
    return [list(d.keys()) == list(e.keys()), list(d.values()) == [2, 1, 3], len(d) == len(e),
            "a" in list(d.keys()), 3 in list(d.values()), bool(len(d))]
