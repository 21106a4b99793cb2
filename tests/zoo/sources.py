"""Archives whose code is written by hand."""
import inspect
import pathlib
import textwrap
from typing import Any, List

from tests.zoo.archives import write
from tests.zoo.case import Call, Case

HEAD = """class M(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
"""
ROOT = b"\x80\x02c__torch__\nM\nq\x00)\x81}(X\x08\x00\x00\x00training\x88ub."
_found: List[Case] = []


def archive(code: str, version: int = 3, root: bytes = ROOT, **members: bytes) -> pathlib.Path:
    return write({"code/__torch__.py": code.encode("latin-1"), "data.pkl": root,
                  "constants.pkl": b"\x80\x02).",
                  "version" if version < 6 else ".data/version": f"{version}\n".encode(), **members})


def source(name: str, code: str, *calls: Any, version: int = 3) -> None:
    """`code` holds the methods of the class M, after it whatever stands at column 0 with `|`."""
    ready = [call if isinstance(call, Call) else Call(call) for call in calls]
    _found.append(Case(f"source_{name}", "archives", lambda: (archive(split(code), version), ready),
                       (__file__, inspect.stack()[1].filename)))


def split(code: str, head: str = HEAD) -> str:
    """The text of a file: methods of the class M, and what follows the class."""
    lines = textwrap.dedent(code).strip("\n").split("\n")
    methods = "".join(f"  {line}\n" for line in lines if not line.startswith("|"))
    rest = "".join(line[1:] + "\n" for line in lines if line.startswith("|"))
    return head + methods + rest


def cases() -> List[Case]:
    return list(_found)
