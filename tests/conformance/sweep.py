"""PyTorch's samples of every operator in every dtype, dense and with gaps between elements."""
import dataclasses
from typing import Any, Callable, Iterator, List, Sequence, Tuple

import torch

from tests.zoo import operators
from tests.zoo.case import Case

# What the zoo compares at every test run comes first.
DTYPES = (*operators.DTYPES, torch.float64, torch.bfloat16, torch.float16, torch.int32, torch.int16,
          torch.int8, torch.uint8, torch.complex128)
LAYOUTS = ("dense", "strided")
# Half precision is computed in single precision here and there, step by step in the oracle.
TOLERANCES = {torch.bfloat16: 3e-2, torch.float16: 5e-3}


def spread(value: Any) -> Any:
    """The same values with a gap after each element of the last dim."""
    if isinstance(value, torch.Tensor):
        if value.dim() == 0 or value.layout is not torch.strided:
            return value
        wide = torch.zeros(*value.shape[:-1], value.shape[-1] * 2, dtype=value.dtype)
        wide[..., ::2] = value.detach()
        return wide[..., ::2]
    if type(value) in (list, tuple):
        return type(value)(spread(item) for item in value)
    return value


@dataclasses.dataclass
class Strided:
    """An entry of PyTorch's list whose samples are strided."""
    entry: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.entry, name)

    def sample_inputs(self, device: str, dtype: torch.dtype) -> Iterator[Any]:
        for sample in self.entry.sample_inputs(device, dtype):
            sample.input, sample.args = spread(sample.input), spread(tuple(sample.args))
            yield sample


def maker(entry: Any, dtype: torch.dtype) -> Callable[[], Any]:
    def make() -> Tuple[Any, List[Any]]:
        module, calls = operators.maker(entry, dtype)()
        tolerance = TOLERANCES.get(dtype, 1e-4)
        return module, [dataclasses.replace(call, tolerance=tolerance) for call in calls]
    return make


def name_of(entry: Any) -> str:
    return "_".join(filter(None, [entry.name.replace(".", "_"), entry.variant_test_name])) \
        .replace("/", "_")


def cases(dtypes: Sequence[torch.dtype] = DTYPES,
          layouts: Sequence[str] = LAYOUTS) -> List[Case]:
    """Named `<operator>.<dtype>.<layout>`; the group is the operator."""
    found = []
    for entry in operators.samples_of_torch():
        for dtype in dtypes:
            if dtype not in entry.supported_dtypes("cpu"):
                continue
            for layout in layouts:
                source = entry if layout == "dense" else Strided(entry)
                found.append(Case(f"{name_of(entry)}.{str(dtype)[6:]}.{layout}", name_of(entry),
                                  maker(source, dtype), (__file__, operators.__file__)))
    return found
