"""Recurrent layers that train: what they drop between layers is drawn as the oracle draws it."""
from typing import Any, List, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from tests.zoo.case import Call
from tests.zoo.programs.define import add_case, made

OPTIONS = ({"num_layers": 2, "dropout": 0.5}, {"num_layers": 3, "dropout": 0.3, "bidirectional": True, "batch_first": True},
           {"num_layers": 2, "dropout": 1.0}, {"num_layers": 1, "dropout": 0.5}, {"num_layers": 2, "dropout": 0.2, "bias": False})


class Training(nn.Module):
    """Equal calls, which draw anew, and what is drawn after them."""

    def __init__(self, kind: Any, **options: Any) -> None:
        super().__init__()
        self.layer = kind(3, 4, **options)

    def forward(self, x: Tensor) -> List[Tensor]:
        first, second = self.layer(x), self.layer(x)
        return [first[0], second[0], torch.rand(3, dtype=x.dtype), F.dropout(x, 1., True), F.alpha_dropout(x, 1., True),
                torch.rand(2, dtype=x.dtype)]


class Packed(nn.Module):
    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.layer = kind(3, 4, num_layers=2, dropout=0.5, bidirectional=True)

    def forward(self, x: Tensor, lengths: Tensor) -> Tuple[Tensor, Tensor]:
        out, _ = self.layer(pack_padded_sequence(x, lengths, enforce_sorted=False))
        return pad_packed_sequence(out)[0], torch.rand(2)


def trained(kind: Any, options: Any) -> Any:
    torch.manual_seed(1)
    module, inputs = Training(kind, **options).train(), [torch.randn(5, 2, 3), torch.randn(7, 5, 3), torch.randn(4, 3)]
    return torch.jit.script(module), [(x,) for x in inputs]


def traced(kind: Any, x: Tensor) -> Any:
    torch.manual_seed(2)
    return torch.jit.trace(kind(3, 4, num_layers=2, dropout=0.3).train(), x, check_trace=False)


def packed(kind: Any) -> Any:
    torch.manual_seed(3)
    x, lengths = torch.randn(5, 3, 3), torch.tensor([5, 2, 4])
    return torch.jit.trace(Packed(kind).train(), (x, lengths), check_trace=False), [(x, lengths)]


def calls_of(made_case: Any) -> Any:
    module, inputs = made_case
    return module, [Call(each) for each in inputs]


for each in (nn.LSTM, nn.GRU, nn.RNN):
    name = each.__name__.lower()
    for number, chosen in enumerate(OPTIONS):
        add_case(f"training_{name}_{number}", lambda kind=each, options=chosen: calls_of(trained(kind, options)), __file__)
    add_case(f"training_{name}_packed", lambda kind=each: calls_of(packed(kind)), __file__)


@made((torch.randn(5, 3, generator=torch.Generator().manual_seed(1)),))
def traced_lstm_without_batches():
    return traced(nn.LSTM, torch.randn(5, 3))


@made((torch.randn(5, 3, generator=torch.Generator().manual_seed(1)),))
def traced_gru_without_batches():
    return traced(nn.GRU, torch.randn(5, 3))


@made((torch.randn(6, 2, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1)),))
def training_in_double_precision():
    torch.manual_seed(4)
    return torch.jit.script(Training(nn.LSTM, num_layers=2, dropout=0.4).double().train())
