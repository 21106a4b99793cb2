"""Operators that work row by row, of tensors that no cache holds."""
from typing import List, Optional, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.zoo.case import Call
from tests.zoo.programs.define import made, program

LARGE = torch.randn(3, 401, 256)
SHAPES = [(LARGE,), (LARGE.double(),), (LARGE.bfloat16(),), (LARGE[0],), (LARGE.transpose(0, 1),),
          (LARGE[:, ::2],), (LARGE.view(-1, 256),), (torch.randn(1, 300_000),), (torch.randn(300_000, 1),),
          (torch.randn(300_000),), (torch.randn(2, 0, 256),), (LARGE.expand(2, 3, 401, 256),)]


class Rows(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(256)
        self.register_buffer("gain", torch.rand(256) + 0.5)
        nn.init.normal_(self.norm.weight)

    def forward(self, x: Tensor, gate: Tensor) -> List[Tensor]:
        gated = self.norm(x * 2 + 1) * torch.sigmoid(gate)
        chances = torch.softmax(x / 3 - gate, -1) * self.gain
        return [gated, chances, F.log_softmax(self.norm(gate), -1), torch.softmax(self.norm(x), -1) * F.gelu(x)]


@made(Call((LARGE, LARGE.flip(0))), Call((LARGE, LARGE[:1])), Call((LARGE, LARGE[0, 0])),
      Call((LARGE, torch.tensor(0.5))), Call((LARGE, LARGE.transpose(0, 1).contiguous().transpose(0, 1))),
      Call((LARGE[:, :2], LARGE[:, :2])),
      Call((torch.randn(900, 300), torch.randn(900, 300)), fails="normalized_shape=[256]"))
def rows_of_norms():
    return torch.jit.script(Rows().eval())


@program(*SHAPES)
def rows_of_chances(x: Tensor) -> Tuple[Tensor, Tensor, bool]:
    a = torch.softmax(x.abs() + 1, -1) - 1
    b = torch.relu(torch.log_softmax(x * 0.5, dim=-1, dtype=torch.float64) + 6)
    return a, b, a.is_contiguous()


@program((LARGE, None), (LARGE, LARGE[0, 0]))
def rows_with_maybe_a_weight(x: Tensor, weight: Optional[Tensor]) -> Tensor:
    return F.layer_norm(torch.tanh(x), [256], weight, None, 1e-3) + 1
