"""PyTorch's own lists of functional calls and of modules with their options."""
import sys
import types
import unittest
import warnings
from typing import Any, Callable, List, Tuple

import torch

from tests.zoo.case import Call
from tests.zoo.programs.define import add_case

PARTS = 8  # cases that share the modules, so that they are made side by side


def lists() -> Any:
    """Importing them changes the default dtype and needs a package that only PyTorch's tests use."""
    stub = types.ModuleType("expecttest")
    stub.TestCase, stub.ACCEPT = unittest.TestCase, False
    stub.assert_expected_inline = lambda *values: None
    sys.modules.setdefault("expecttest", stub)
    before = torch.get_default_dtype()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torch.testing._internal import jit_metaprogramming_utils as found
    torch.set_default_dtype(before)
    return found


def with_doubles(make: Callable[[], Any]) -> Any:
    """The lists mean double wherever they leave the dtype open."""
    torch.manual_seed(3)
    torch.set_default_dtype(torch.double)
    try:
        return make()
    finally:
        torch.set_default_dtype(torch.float)


def bare(values: Any) -> Tuple[Any, ...]:
    return tuple(value.detach() if isinstance(value, torch.Tensor) else value for value in values)


def functional_calls() -> Tuple[Any, List[Call]]:
    found = lists()

    class Functions(torch.jit.ScriptModule):
        pass

    module, calls = Functions(), []

    def add(entry: Any) -> None:
        name, size, args = entry[0], entry[1], entry[2]
        first, _ = found.create_input((size,))
        rest, _ = found.create_input(args)
        formals, tensors, actuals = found.get_script_args((*first, *rest))
        call = found.get_call(name, "nn_functional", actuals, {})
        module.define(f"def f{len(calls)}(self, {', '.join(formals)}):\n    return {call}\n")
        calls.append(Call(bare(tensors), f"f{len(calls)}"))

    for entry in found.nn_functional_tests:
        with_doubles(lambda: add(entry))
    return module, calls


def modules_of_part(part: int) -> Tuple[Any, List[Call]]:
    found = lists()
    chosen, calls = [], []
    for entry in found.get_all_nn_module_tests()[part::PARTS]:
        made = with_doubles(lambda: found.try_get_nn_module_compiled_mod_and_inputs(**entry))
        if made is not None:
            chosen.append(made)

    class Modules(torch.jit.ScriptModule):
        def __init__(self):
            super().__init__()
            for i, (module, _) in enumerate(chosen):
                setattr(self, f"m{i}", module)

    root = Modules()
    for i, (_, inputs) in enumerate(chosen):
        names = ", ".join(f"a{k}" for k in range(len(inputs)))
        root.define(f"def f{i}(self, {names}):\n    return self.m{i}.forward({names})\n")
        calls.append(Call(bare(inputs), f"f{i}"))
    return root, calls


add_case("torch_functional_list", functional_calls, __file__)
for number in range(PARTS):
    add_case(f"torch_module_list_{number}", lambda part=number: modules_of_part(part), __file__)
