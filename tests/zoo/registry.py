"""All cases of the zoo."""
from typing import Dict, List, Sequence

from tests.zoo import (archives, builtins, examples, layers, models, more, newer, newer_dtypes,
                       old_archives, programs, renewed, source_forms, tables)
from tests.zoo.case import Case

GROUPS = ("examples", "programs", "builtins", "archives", "layers", "models", "more", "operators")
_found: Dict[str, Case] = {}


def cases(groups: Sequence[str] = GROUPS) -> List[Case]:
    """Listing the operators alone takes seconds, so it is left out when nobody asks for them."""
    parts = (examples, programs, builtins, archives, old_archives, newer, newer_dtypes, renewed,
             source_forms, layers, tables, models, more)
    listed = [case for part in parts for case in part.cases()]
    if "operators" in groups:
        from tests.zoo import operators
        listed += operators.cases()
    chosen = [case for case in listed if case.group in groups]
    for case in chosen:
        assert _found.setdefault(case.name, case) is case, f"two cases are {case.name}"
    return chosen


def by_name(name: str) -> Case:
    """A case that `cases` has given."""
    return _found[name]
