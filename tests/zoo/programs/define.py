"""`@program(...)` turns a function or a module class into a case."""
from typing import Any, Callable, List, Sequence

import torch

from tests.zoo.case import Call, Case, source_of

_defined: List[Case] = []


def script(thing: Any) -> Any:
    return torch.jit.script(thing().eval() if isinstance(thing, type) else thing)


def add_case(name: str, make: Callable[[], Any], source: str) -> None:
    """`make` gives what is saved, and the calls."""
    _defined.append(Case(name, "programs", make, (__file__, source)))


def register(calls: Sequence[Any], build: Callable[[Any], Any]) -> Callable[[Any], Any]:
    ready = [call if isinstance(call, Call) else Call(call) for call in calls]

    def add(thing: Any) -> Any:
        add_case(thing.__name__, lambda: (build(thing), ready), source_of(thing))
        return thing

    return add


def program(*calls: Any) -> Callable[[Any], Any]:
    """Each call is a tuple of positional inputs, or a Call for anything beyond that."""
    return register(calls, script)


def made(*calls: Any) -> Callable[[Any], Any]:
    """The function gives what is saved: a traced, frozen or scripted module, or an archive."""
    return register(calls, lambda function: function())


def defined() -> List[Case]:
    return list(_defined)
