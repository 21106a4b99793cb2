"""Strings and their formatting."""
from typing import Dict, List, Tuple

import torch

from tests.zoo.case import Call
from tests.zoo.programs.define import program


@program(("  Hello, World!\t",), ("",), ("ümlaut ß",))
def string_methods(s: str) -> List[str]:
    t = s.strip()
    return [t, t.upper(), t.lower(), t.swapcase(), t.title(), t.capitalize(), s.lstrip(),
            s.rstrip(), t.center(20, "*"), t.ljust(18, "."), t.rjust(18, "-"), t.zfill(18),
            t.replace("l", "LL"), t.replace("o", "0", 1)]


@program(("a,b,,c", ","), ("no separator", ";"), ("", ","))
def string_splitting(s: str, separator: str
                     ) -> Tuple[List[str], List[str], List[str], Tuple[str, str, str]]:
    parts = s.split(separator)
    return parts, s.split(), s.split(separator, 1), s.partition(separator)


@program(("banana", "an"), ("banana", "x"), ("", "a"))
def string_searching(s: str, part: str) -> List[int]:
    return [s.find(part), s.rfind(part), s.count(part), int(s.startswith(part)),
            int(s.endswith(part)), int(part in s), s.find(part, 2), len(s)]


@program(("abc",), ("123",), ("ab1",), ("   ",), ("ABC",), ("Title Case",), ("",))
def string_predicates(s: str) -> List[bool]:
    return [s.isalpha(), s.isdigit(), s.isalnum(), s.isspace(), s.isupper(), s.islower(),
            s.istitle(), s.isnumeric(), s.isdecimal(), s.isidentifier(), s.isprintable()]


@program(("hello world",), ("x",))
def string_indexing(s: str) -> Tuple[str, str, str, str, List[str]]:
    letters = [s[i] for i in range(len(s))]
    letters.reverse()
    return s[0], s[-1], s[1:4], s[::2], letters


@program((3, 2.5, True, "s"), (-7, 1e20, False, ""), (0, float("nan"), True, "{}"))
def string_formatting(i: int, f: float, b: bool, s: str) -> List[str]:
    items = [i, i + 1]
    table = {"k": f}
    return ["{} {} {} {}".format(i, f, b, s), f"{i}:{s}", "%d and %s" % (i, s), str(f), str(b),
            str(items), str(table), str((i, s)), "{}".format([s]), "{}".format(None)]


@program((["x", "y", "z"],), ([],), (["one"],))
def string_joining(parts: List[str]) -> Tuple[str, str, int]:
    joined = ", ".join(parts)
    grown = ""
    for part in parts:
        grown += part + "|"
    return joined, grown, len(joined)


@program(("the quick brown fox",), ("Aa",), ("",))
def caesar(text: str) -> Tuple[str, Dict[str, int]]:
    out = ""
    seen: Dict[str, int] = {}
    for i in range(len(text)):
        letter = text[i]
        seen[letter] = seen.get(letter, 0) + ord(letter)
        if letter.islower():
            out += chr((ord(letter) - ord("a") + 3) % 26 + ord("a"))
        else:
            out += letter
    return out, seen


@program(("12 + 3 * -4",), ("7",), Call(("2 ^ 3",), fails="unknown operator ^"))
def calculator(text: str) -> int:
    """Left to right, without precedence."""
    tokens = text.split()
    total = int(tokens[0])
    i = 1
    while i + 1 < len(tokens):
        value = int(tokens[i + 1])
        if tokens[i] == "+":
            total += value
        elif tokens[i] == "*":
            total *= value
        else:
            raise ValueError("unknown operator " + tokens[i])
        i += 2
    return total


@program(("kitten", "sitting"), ("", "abc"), ("same", "same"))
def edit_distance(a: str, b: str) -> int:
    row = [j for j in range(len(b) + 1)]
    for i in range(1, len(a) + 1):
        previous = row[0]
        row[0] = i
        for j in range(1, len(b) + 1):
            keep = row[j]
            change = previous + (0 if a[i - 1] == b[j - 1] else 1)
            row[j] = min(min(row[j] + 1, row[j - 1] + 1), change)
            previous = keep
    return row[-1]


@program(("3.5", "42"), ("-1e3", "-7"), Call(("1", "x"), fails="stoll"))
def parsing_numbers(real: str, whole: str) -> Tuple[float, int, bool]:
    return float(real) * 2, int(whole) + 1, "a" < real


@program((torch.tensor([1.5, 2.0]), 3))
def printing(x: torch.Tensor, n: int) -> int:
    print("a program may print", n, [1.5, 2.0], ("t", True), None)
    print(x.size(0))
    return n
