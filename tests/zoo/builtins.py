"""Every operator on plain values (numbers, strings, lists, dicts), one overload a case."""
import copy
import itertools
import random
import re
import zlib
from typing import Any, Dict, List, Optional, Sequence, Tuple

import torch

from tests.zoo.case import Call, Case

INF, NAN = float("inf"), float("nan")
INTS = [0, 1, -1, 2, -3, 7, 64, 22, -99991]
FLOATS = [0.0, -0.0, 1.0, -1.5, 2.5, 0.3, 1e20, -1e-7, INF, NAN]
STRINGS = ["", "a", "aXbX c", " Tab\tand\nline ", "12", "-3.5e2", "~a", "word word", "ABC", "_x1"]
SAMPLES: Dict[str, List[Any]] = {
    "int": INTS, "float": FLOATS, "bool": [True, False], "str": STRINGS,
    "complex": [0j, 1 + 2j, -1.5j, complex(2.5, -0.5), complex(-3, 0)],
    "Scalar": [0, 3, -2, 1.5, -0.25, 7],
    "Device": [torch.device("cpu"), torch.device("cuda:1"), torch.device("cuda")]}
LISTS: Dict[str, List[Any]] = {
    "int": [[], [3], [3, 1, 2, 1], [0, 0], [-5, 7]], "float": [[], [2.5], [1.5, -0.5, 1.5], [0.0]],
    "bool": [[], [True], [False, True, False], [False]],
    "str": [[], ["b"], ["b", "a", "", "b"], ["a", "aXbX c"]],
    "complex": [[], [1j], [1j, 2 + 0j]]}
KEYS: Dict[str, List[Any]] = {"int": [0, 1, -1, 7], "float": [0.0, 1.0, 2.5, -1.5],
                              "bool": [True, False], "str": ["", "a", "ABC", "12"],
                              "complex": [0j, 1 + 2j, -1.5j]}
# What ends the oracle's process, depends on the machine or the moment, or has no plain form.
SKIPPED = re.compile(
    r"^(?!aten::|prim::(abs|max|min|StringIndex|rangelist|type|index))|vulkan|_cufft|autocast|"
    r"_nnpack|cudnn|hash|is_scripting|manual_seed|seed|enum|TimePoint|::device|warn|_grad_enabled|"
    r"tracing_state|owner|::save|dequantize|_no_grad|::(wait|_debug|len.any|sum.complex|can_cast|promote|"
    r"has_torch|__round_to_zero|pow.int_to_int)|::(eq|ne)\.$")
DIVIDES_BY_ZERO = re.compile(r"^aten::(remainder|__derive|__range|gcd|floordiv)")
NOT_A_KEY = re.compile(r"^aten::(_set_item|setdefault).float")  # a NaN never equals itself
ENDLESS = re.compile(r"^aten::(count|replace|expandtabs|r?split|mul|center|[lr]just|zfill)")
SMALL = [0, 1, 2, -3, 5, 12]
NUMBERS = {int, float, bool, complex}
LIMIT = 24


def samples_of(text: str) -> Optional[List[Any]]:
    """Values of a type as TorchScript prints it, or None if it is not covered."""
    if text.startswith("Optional["):
        inner = samples_of(text[9:-1])
        return None if inner is None else [None] + inner
    if text.startswith("List["):
        return LISTS.get(text[5:-1])
    if text.startswith("Dict["):
        key, value = text[5:-1].split(", ", 1)
        values = samples_of(value)
        if key not in KEYS or not values:
            return None
        return [{}] + [dict(zip(KEYS[key][:n], itertools.cycle(values))) for n in (1, 3, 4)]
    if text.startswith("Tuple["):
        parts = [samples_of(part) for part in text[6:-1].split(", ")]
        return None if None in parts else [tuple(row) for row in zip(*parts)]
    return SAMPLES.get(text)


def list_of_pairs(text: str) -> Optional[List[Any]]:
    found = re.fullmatch(r"List\[(Tuple\[.*\])\]", text)
    pairs = samples_of(found.group(1)) if found else None
    return None if pairs is None else [[], pairs[:1], pairs[:2] + pairs[:1]]


def bound(kind: str, variable: str) -> str:
    return re.sub(r"\b(t|tVal|t1|t2)\b", variable, kind)


def spelled(kind: Any) -> str:
    return {"number": "Scalar"}.get(str(kind), str(kind))


def parts_of(text: str) -> List[str]:
    """The types between brackets, split at the outer commas."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "[") - (letter == "]")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def in_graph(text: str) -> str:
    """A type as the text of graphs spells it."""
    head, _, rest = text.partition("[")
    inner = [in_graph(part) for part in parts_of(rest[:-1])] if rest else []
    if head == "List":
        return inner[0] + "[]"
    if head == "Optional":
        return inner[0] + "?"
    if head == "Dict":
        return f"Dict({', '.join(inner)})"
    return f"({', '.join(inner)})" if head == "Tuple" else text


def graph_of(schema: Any, kinds: Sequence[str], results: Sequence[str]) -> str:
    """The operator, then its results and whatever it changed."""
    changed = [i for i, kind in enumerate(kinds) if kind.startswith(("List", "Dict"))]
    kinds, results = [in_graph(k) for k in kinds], [in_graph(r) for r in results]
    heads = ", ".join(f"%a{i} : {kind}" for i, kind in enumerate(kinds))
    outs = ", ".join(f"%r{i} : {kind}" for i, kind in enumerate(results))
    ins = ", ".join(f"%a{i}" for i in range(len(kinds)))
    gives = [f"%r{i}" for i in range(len(results))] + [f"%a{i}" for i in changed]
    types = [*results, *(kinds[i] for i in changed)]
    return (f"graph({heads}):\n  {outs}{' = ' if outs else ''}{schema.name}({ins})\n"
            f"  %all : ({', '.join(types)}) = prim::TupleConstruct({', '.join(gives)})\n"
            "  return (%all)\n")


def rows(schema: Any, columns: Sequence[Sequence[Any]]) -> List[Tuple[Any, ...]]:
    if NOT_A_KEY.match(schema.name + "." + schema.overload_name):
        columns = [[x for x in column if x == x] for column in columns]
    if not NUMBERS.issuperset(type(column[-1]) for column in columns):
        columns = [SMALL if column is INTS else column for column in columns]
    if ENDLESS.match(schema.name):  # the oracle does not return when these are empty, zero or negative
        columns = [column if column in (STRINGS, *LISTS.values()) and i == 0 else
                   [x for x in column if x and x != -3] for i, column in enumerate(columns)]
    if DIVIDES_BY_ZERO.match(schema.name):
        columns = [[x for x in column if type(x) is not int or x not in (0, -1)]
                   for column in columns[:-1]] + [[x for x in columns[-1] if x != 0]]
    every = list(itertools.islice(itertools.product(*columns), 20000))
    random.Random(zlib.crc32(str(schema).encode())).shuffle(every)
    return every[:LIMIT]


def answers(function: Any, inputs: Tuple[Any, ...]) -> Call:
    try:
        function(*inputs)
    except (RuntimeError, IndexError, ValueError, torch.jit.Error):
        return Call(inputs, fails="")
    return Call(inputs)


def case_of(schema: Any, variable: str) -> Optional[Case]:
    kinds = [bound(spelled(a.type), variable) for a in schema.arguments]
    results = [bound(spelled(r.type), variable) for r in schema.returns]
    columns = [samples_of(kind) or list_of_pairs(kind) for kind in kinds]
    if None in columns or not (results or kinds):
        return None
    label = schema.name.replace("::", "_") + "_" + (schema.overload_name or "default")

    def make():
        function = torch._C._create_function_from_graph(
            "f", torch._C.parse_ir(graph_of(schema, kinds, results)))
        return function, [answers(function, copy.deepcopy(row)) for row in rows(schema, columns)]

    return Case(f"builtin_{label}" + (f"_{variable}" if variable != "int" else ""), "builtins", make,
                (__file__,))


def cases() -> List[Case]:
    found = []
    for schema in torch._C._jit_get_all_schemas():
        kinds = [str(a.type) for a in schema.arguments] + [str(r.type) for r in schema.returns]
        full = schema.name + "." + schema.overload_name
        if SKIPPED.search(full) or any("Tensor" in kind or "Any" in kind for kind in kinds):
            continue
        if "..." in str(schema):
            continue
        case = case_of(schema, "int")
        if case:
            found.append(case)
    return sorted(found, key=lambda case: case.name)
