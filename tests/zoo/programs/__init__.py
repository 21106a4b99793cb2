"""Programs that stress the language: each is compiled by PyTorch, run by both, and compared."""
import importlib
from typing import List

from tests.zoo.case import Case
from tests.zoo.programs.define import defined

MODULES = ("flow", "containers", "text", "objects", "modules", "tensors", "numbers", "values",
           "refinement", "indexing", "classes",
           "futures", "lists", "dicts", "module_parts", "class_places",
           "compiled_otherwise", "printing", "corners", "libraries", "grids",
           "generated", "breaks", "aliases", "repeated", "spellings", "spelled_layers", "kernels",
           "attention", "identity", "failures", "operator_errors", "number_rules", "saved_ways", "torch_lists",
           "layouts", "transforms", "written_through", "overlaps", "recurrent", "transducers", "outs", "factories",
           "edges", "nonfinite")


def cases() -> List[Case]:
    for name in MODULES:
        importlib.import_module(f"tests.zoo.programs.{name}")
    return defined()
