"""`@agreed(...)` turns a function or a module class into a case whose calls may fail: an answer or
an error counts, whichever the oracle gives."""
import copy
import io
import re
from typing import Any, Callable, Dict, List, Sequence, Tuple

import torch

from tests.zoo.case import Call, ask_oracle, source_of
from tests.zoo.programs.define import add_case, script


def words_of(error: str) -> str:
    """What the oracle says in the last line, past the class and the last address."""
    line = error.strip().splitlines()[-1]
    line = re.sub(r"^(RuntimeError|torch\.jit\.Error):\s*", "", line)
    return re.sub(r"^.* \(of Python compilation unit at: 0x[0-9a-f]+\) *", "", line)


def with_answer(model: Any, call: Call) -> Call:
    given = Call(copy.deepcopy(call.inputs), call.method)
    try:
        ask_oracle(model, given)
    except (RuntimeError, IndexError, ValueError, torch.jit.Error) as error:
        return Call(call.inputs, call.method, fails=words_of(str(error)))
    return call


def judged(model: Any, calls: Sequence[Call]) -> Tuple[Any, List[Call]]:
    """Each call is answered by a copy, so that the model is saved as it was."""
    archive = io.BytesIO()
    torch.jit.save(model, archive)

    def fresh() -> Any:
        archive.seek(0)
        return torch.jit.load(archive)

    return model, [with_answer(fresh(), call) for call in calls]


def judged_bodies(bodies: Sequence[str], inputs: Dict[str, Any]) -> Tuple[Any, List[Call]]:
    """A module with a method for each body, which gets all the inputs."""
    class Family(torch.jit.ScriptModule):
        pass

    module = Family()
    calls = []
    for i, body in enumerate(bodies):
        module.define(f"def e{i}(self, {', '.join(inputs)}):\n    {body}\n")
        calls.append(Call(tuple(value.clone() for value in inputs.values()), f"e{i}"))
    return judged(module, calls)


def methods(inputs: Dict[str, torch.Tensor], expressions: Sequence[str]) -> Tuple[Any, List[Call]]:
    """A module with a method for each expression over the inputs."""
    texts = [text.replace("F.", "torch.nn.functional.") for text in expressions]
    return judged_bodies([f"return {text}" for text in texts], inputs)


def agreed(*inputs: Any) -> Callable[[Any], Any]:
    calls = [each if isinstance(each, Call) else Call(each) for each in inputs]

    def add(thing: Any) -> Any:
        add_case(thing.__name__, lambda: judged(script(thing), calls), source_of(thing))
        return thing

    return add
