"""Programs that exhaust the compiler or the interpreter: depth, width, endless loops and growth."""
from typing import List

from tests.hostile.attack import Attack
from tests.hostile.pickles import HEADER, STOP, code, dict_of, instance, net, text, tuple_of, whole
from tests.hostile.zips import archive

WHERE = r"deeply|too many|in a row|code/__torch__|__torch__\.py"


def function(body: str, declared: str = "int", before: str = "", methods: str = "") -> bytes:
    """An archive whose forward has this body, one statement a line, without indentation."""
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return archive(f"""\
{before}class Net(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
{methods}  def forward(self: __torch__.Net) -> {declared}:
{lines}""")


def nested(opening: str, middle: str, closing: str, levels: int) -> bytes:
    return function(f"x = {opening * levels}{middle}{closing * levels}\nreturn 7")


def towers() -> List[Attack]:
    """Depth in each form that the grammar has, and forms inside each other."""
    n = 10_000
    postfix = "(" * 400 + "self" + (".a" * 400 + ")") * 400
    indented = "\n".join("  " * i + "if True:" for i in range(n)) + "\n" + "  " * n + "pass"
    cases = {
        "10000_parentheses": nested("(", "1", ")", n), "100000_lists": nested("[", "1", "]", 100_000),
        "100000_open_lists": nested("[", "1", "", 100_000),
        "10000_dicts": nested("{1: ", "1", "}", n), "10000_calls": nested("int(", "1", ")", n),
        "10000_subscripts": nested("x[", "1", "]", n), "10000_minuses": nested("-", "1", "", n),
        "10000_nots": nested("not ", "True", "", n), "10000_powers": nested("2 ** ", "1", "", n),
        "10000_ternaries": nested("1 if True else ", "2", "", n),
        "10000_additions": nested("1 + ", "1", "", n), "10000_ands": nested("True and ", "True", "", n),
        "10000_comparisons": nested("1 < ", "2", "", n),
        "10000_attributes": function("x = self" + ".a" * n + "\nreturn 7"),
        "10000_postfix_calls": function("x = self" + "()" * n + "\nreturn 7"),
        "10000_postfix_subscripts": function("x = [1]" + "[0]" * n + "\nreturn 7"),
        "160000_attributes_in_parentheses": function(f"x = {postfix}\nreturn 7"),
        "160000_additions_in_parentheses": function(
            "x = " + "(" * 400 + "1" + (" + 1" * 400 + ")") * 400 + "\nreturn 7"),
        "160000_subscripts_in_calls": function(
            "x = " + "int(" * 200 + "[1]" + ("[0]" * 390 + ")") * 200 + "\nreturn 7"),
        "10000_ifs": function(indented + "\nreturn 7"),
        "10000_elifs": function("if True:\n  pass\n" + "elif True:\n  pass\n" * n + "return 7"),
        "10000_returns": function("if self.training:\n  return 1\n" * n + "return 7"),
        "10000_withs": function("with " + ", ".join(["self"] * n) + ":\n  pass\nreturn 7"),
        "100000_strings": function("x = " + "'a' " * 100_000 + "+ 1\nreturn 7"),
        "text_of_1_mb": function("x = '" + "a" * 1_000_000 + "' + 1\nreturn 7"),
        "number_of_1_mb": function("return " + "9" * 1_000_000),
        "name_of_1_mb": function("return " + "a" * 1_000_000),
        "open_string": function("return 'abc"), "open_bracket": function("return (1"),
        "nul": function("return \0"), "no_utf8": function("return \udcff".replace("\udcff", "ÿ")),
        "control_characters": function("return missing_\x1b[31m\r\b"),
        "tabs": function("\treturn 1\n \t return 2"),
    }
    wide = {
        "5000_statements": function("x = 1\n" + "x = x + 1\n" * 5000 + "return x - 4994"),
        "20000_items": function("x = [" + "1, " * 20_000 + "]\nreturn len(x) - 19993"),
        "300_levels": function("return " + "(" * 300 + "7" + ")" * 300),
    }
    return [Attack(f"source_{name}", data, r".") for name, data in cases.items()] + [
        Attack(f"source_{name}", data, answer="7") for name, data in wide.items()]


def chains(levels: int, body: str, last: str, declared: str) -> str:
    """Functions that each call the next."""
    lines = [f"def f{i}(x: int){declared}:\n  return {body.format(next=f'f{i + 1}')}\n"
             for i in range(levels)]
    return "".join(lines) + f"def f{levels}(x: int){declared}:\n  return {last}\n"


def calls() -> List[Attack]:
    def calling(text_of_functions: str) -> bytes:
        return function("return __torch__.f0(7)", before=text_of_functions)
    once, twice = "__torch__.{next}(x)", "__torch__.{next}(x) + __torch__.{next}(x)"
    classes = "".join(f"class C{i}:\n  x : Optional[__torch__.C{i + 1}]\n" for i in range(5000))
    tuples = "".join(f"class T{i}(NamedTuple):\n  x : __torch__.T{i + 1}\n" for i in range(5000))
    doubled = "".join(f"class T{i}(NamedTuple):\n  x : __torch__.T{i + 1}\n  y : __torch__.T{i + 1}\n"
                      for i in range(90))
    return [
        Attack("chain_of_100", calling(chains(100, once, "x", " -> int")), answer="7"),
        Attack("chain_of_5000", calling(chains(5000, once, "x", " -> int")), None),
        Attack("chain_of_5000_without_types", calling(chains(5000, once, "x", "")), None),
        Attack("chain_that_doubles", calling(chains(60, twice, "x", " -> int")), r"steps",
               options=("--max-steps", "100000")),
        Attack("chain_that_doubles_as_written", calling(chains(60, twice, "x", " -> int")),
               r"steps", options=("--max-steps", "100000", "--no-optimize")),
        Attack("function_calls_itself", calling(
            "def f0(x: int):\n  return __torch__.f0(x)\n"), r"f0"),
        Attack("functions_call_each_other", calling(chains(1, once, "__torch__.f0(x)", "")), r"f0"),
        Attack("function_calls_itself_with_types", calling(
            "def f0(x: int) -> int:\n  return __torch__.f0(x)\n"), r"nested|calls|recursi"),
        Attack("functions_call_each_other_with_types", calling(
            chains(1, once, "__torch__.f0(x)", " -> int")), r"nested|calls|recursi"),
        Attack("method_calls_itself", function("return self.forward()"), r"nested|calls|recursi"),
        Attack("5000_classes", function("return 7", before=classes + "class C5000:\n  x : int\n",
                                        methods="  def f(self, x: __torch__.C0) -> int:\n"
                                                "    return 1\n"), answer="7"),
        Attack("class_extends_itself", function("return 7", before="class A(A):\n  x : int\n"),
               None),
        Attack("5000_named_tuples", function(
            "return 7", before=tuples + "class T5000(NamedTuple):\n  x : int\n",
            methods="  def f(self, x: __torch__.T0) -> int:\n    return 1\n"), r"deeply|T\d+"),
        Attack("named_tuples_that_double", function(
            "return 7", before=doubled + "class T90(NamedTuple):\n  x : int\n",
            methods="  def f(self, x: __torch__.T0) -> int:\n    return 1\n"), None),
        Attack("named_tuple_in_itself", function(
            "return 7", before="class T(NamedTuple):\n  x : __torch__.T\n",
            methods="  def f(self, x: __torch__.T) -> int:\n    return 1\n"), r"T"),
    ]


def endless() -> List[Attack]:
    steps = ("--max-steps", "200000")
    little = ("--memory-limit", "100mb", "--max-steps", "200000")

    def attack(name: str, body: str, options=steps, pattern: str = r"steps|limit|memory",
               before: str = "") -> Attack:
        return Attack(f"endless_{name}", function(body, before=before), pattern, options=options)
    forked = ("def spin(n: int) -> int:\n  while True:\n    n = n + 1\n  return n\n"
              "def tree(n: int) -> int:\n  for i in range(1000000):\n"
              "    f = fork(__torch__.spin, n)\n    n = n + torch.wait(f)\n  return n\n")
    return [
        Attack("endless_while_that_does_nothing", function("while True:\n  pass\nreturn 7"),
               options=steps),
        attack("while_with_work", "x = 0\nwhile x >= 0:\n  x = (x + 1) % 1000\nreturn x"),
        attack("for", "x = 0\nfor i in range(9223372036854775807):\n  x = x + i\nreturn x"),
        attack("nested_for", "x = 0\nfor i in range(4000000000):\n  for j in range(4000000000):\n"
                             "    x = x + 1\nreturn x"),
        attack("list", "x = [0]\nwhile len(x) > 0:\n  x.append(1)\nreturn len(x)"),
        attack("list_that_doubles", "x = [0]\nwhile len(x) > 0:\n  x.extend(x)\nreturn len(x)"),
        attack("list_that_is_repeated", "x = [0] * 10000000000\nreturn len(x)"),
        attack("text_that_doubles", "x = 'a'\nwhile len(x) > 0:\n  x = x + x\nreturn len(x)"),
        attack("text_that_is_repeated", "x = 'a'.ljust(10000000000)\nreturn len(x)"),
        attack("text_that_is_joined", "x = 'a'.ljust(100000)\ny = [x] * 100000\nz = x.join(y)\n"
                                      "return len(z)"),
        attack("text_that_is_replaced", "x = 'a'.ljust(100000, 'a')\nx = x.replace('a', x)\nreturn len(x)"),
        attack("dict", "x = {0: 0}\ni = 0\nwhile len(x) > 0:\n  i = i + 1\n  x[i] = i\n"
                       "return len(x)"),
        attack("tensor_that_doubles", "x = torch.ones([1])\nwhile x.numel() > 0:\n"
                                      "  x = torch.cat([x, x])\nreturn x.numel()", little),
        attack("tensors_in_a_list", "x = [torch.ones([100000])]\nwhile len(x) > 0:\n"
                                    "  x.append(torch.ones([100000]))\nreturn len(x)", little),
        attack("huge_tensor", "x = torch.ones([100000, 100000, 100])\nreturn x.numel()", little),
        attack("huge_range", "x = torch.arange(10000000000)\nreturn x.numel()", little),
        attack("list_of_lists_printed", "x : List[Any] = [0]\nfor i in range(100):\n  y : List[Any] = [x, x]\n"
                                        "  x = y\nreturn len(str(x))", pattern=r"."),
        attack("forks", "x = [0]\nfor i in range(1000000000):\n  f = fork(__torch__.spin, i)\n"
                        "  x.append(torch.wait(f))\nreturn len(x)", before=forked),
        attack("forks_in_forks", "f = fork(__torch__.tree, 1)\nreturn torch.wait(f)", before=forked),
        attack("forks_that_fork_themselves", "f = fork(__torch__.deeper, 1)\nreturn torch.wait(f)",
               pattern=r"nested script calls", before=(
                   "def deeper(n: int) -> int:\n  f = fork(__torch__.deeper, n)\n"
                   "  return torch.wait(f)\n")),
        attack("forks_that_nobody_waits_for", "x = 0\nwhile True:\n  f = fork(__torch__.tree, 1)\n"
                                              "  x = x + 1\nreturn x", before=forked),
    ]


STATE = """\
class Node:
  next : Optional[__torch__.Node]
  def __init__(self: __torch__.Node) -> NoneType:
    self.next = None
    return None
"""


def states() -> List[Attack]:
    """Programs that run while the archive is read."""
    def with_state(kind: str, body: str) -> bytes:
        lines = "".join(f"    {line}\n" for line in body.split("\n"))
        return archive(STATE + f"""\
class Net(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  x : {kind}
  def __getstate__(self: __torch__.Net) -> Tuple[int, bool]:
    return (1, self.training)
  def __setstate__(self: __torch__.Net, state: Tuple[int, bool]) -> NoneType:
    self.training = False
{lines}    return None
  def forward(self: __torch__.Net) -> int:
    return 7
""", data_pkl=HEADER + instance(tuple_of(whole(1), b"\x88")) + STOP)
    return [
        Attack("state_is_sound", with_state("int", "self.x = 1"), answer="7"),
        Attack("state_never_ends", with_state("int", "self.x = 1\nwhile True:\n  pass"), r"steps"),
        Attack("state_grows", with_state("str", "x = 'a'\nwhile True:\n  x = x + x\nself.x = x"),
               r"string of"),
        Attack("state_raises", with_state("int", "raise Exception(\"no\")\nself.x = 1"), r"no"),
        Attack("state_of_300000_nodes", with_state("Optional[__torch__.Node]", (
            "x = __torch__.Node()\nfor i in range(300000):\n  y = __torch__.Node()\n"
            "  y.next = x\n  x = y\nself.x = x")), answer="7"),
        Attack("state_in_a_ring", with_state("Optional[__torch__.Node]", (
            "x = __torch__.Node()\nx.next = x\nself.x = x")), answer="7", leaks=True),
        Attack("state_holds_itself", with_state("List[Any]", (
            "x : List[Any] = [1]\nx.append(x)\nself.x = x")), leaks=True),
        Attack("state_unset", with_state("int", "pass"), r"'x' of a"),
    ]


def attributes() -> List[Attack]:
    return [
        Attack("class_of_20000_attributes", archive(
            code("int", before="").replace("  x : int\n", "  x : int\n" + "".join(
                f"  a{i} : int\n" for i in range(20_000))),
            data_pkl=net(whole(1), *[part for i in range(20_000)
                                     for part in (text(f"a{i}"), whole(i))])), answer="7"),
        Attack("attribute_twice", archive(
            code("int").replace("  x : int\n", "  x : int\n  x : str\n"), data_pkl=net(whole(1)))),
        Attack("method_twice", function("return 7", methods=(
            "  def forward(self: __torch__.Net) -> int:\n    return 8\n"))),
        Attack("no_forward", archive("class Net(Module):\n  training : bool\n"), r"forward"),
        Attack("root_is_no_module", archive("class Net:\n  training : bool\n")),
        Attack("interface_of_itself", function("return 7", before=(
            "class I(Interface):\n  def f(self: __torch__.I, x: __torch__.I) -> __torch__.I:\n"
            "    pass\n"), methods="  def f(self, x: __torch__.I) -> int:\n    return 1\n"),
            answer="7"),
        Attack("enum_of_nothing", archive(code("int", before="class E(Enum):\n  pass\n"),
                                          data_pkl=net(whole(1)))),
        Attack("state_with_more", archive(data_pkl=HEADER + instance(dict_of(
            text("training"), b"\x88", text("other"), whole(1))) + STOP)),
    ]


def attacks() -> List[Attack]:
    return towers() + calls() + endless() + states() + attributes()
