"""All cases of the zoo."""
import functools
from typing import Dict, List

from tests.zoo import examples, layers, models, programs
from tests.zoo.case import Case

GROUPS = ("examples", "programs", "layers", "models")


@functools.lru_cache(maxsize=None)
def _by_name() -> Dict[str, Case]:
    found: Dict[str, Case] = {}
    for case in [*examples.cases(), *programs.cases(), *layers.cases(), *models.cases()]:
        assert case.name not in found, f"two cases are called {case.name}"
        found[case.name] = case
    return found


def cases() -> List[Case]:
    return list(_by_name().values())


def by_name(name: str) -> Case:
    return _by_name()[name]
