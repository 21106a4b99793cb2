"""`@program(...)` turns a function or a module class into a case."""
from typing import Any, Callable, List

import torch

from tests.zoo.case import Call, Case, source_of

_defined: List[Case] = []


def program(*calls: Any) -> Callable[[Any], Any]:
    """Each call is a tuple of positional inputs, or a Call for anything beyond that."""
    ready = [call if isinstance(call, Call) else Call(call) for call in calls]

    def register(thing: Any) -> Any:
        def make():
            scripted = torch.jit.script(
                thing().eval() if isinstance(thing, type) else thing)
            return scripted, ready
        _defined.append(Case(thing.__name__, "programs", make, (__file__, source_of(thing))))
        return thing

    return register


def defined() -> List[Case]:
    return list(_defined)
