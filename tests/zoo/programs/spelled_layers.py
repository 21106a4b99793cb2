"""Fixed arithmetic around layers, and operators that give a tensor back as it was."""
from typing import List, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.zoo.case import Call
from tests.zoo.programs.define import made, program
from tests.zoo.programs.spellings import X, WIDE, WHOLE, IMAGE, with_strides


class AffineLayers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1, bias=False)
        self.deep = nn.Conv2d(4, 4, 3, groups=4)
        self.up = nn.ConvTranspose2d(4, 6, 2, groups=2)
        self.line = nn.Conv1d(3, 5, 2)
        self.linear = nn.Linear(9, 7)
        self.register_buffer("scale", torch.randn(1, 4, 1, 1))
        self.register_buffer("shift", torch.randn(4, 1, 1))
        self.register_buffer("six", torch.rand(1, 6, 1, 1) + 0.5)
        self.register_buffer("row", torch.rand(7) + 0.5)
        self.register_buffer("square", torch.randn(1, 9))
        self.register_buffer("five", torch.randn(5, 1))

    def forward(self, x: Tensor) -> List[Tensor]:
        a = F.relu(self.conv(x) * self.scale + self.shift)
        b = (self.deep(a) - 0.5) / 2 * self.scale
        c = F.relu6(2 - self.up(b) / self.six)
        d = F.gelu(self.linear(x) / self.row - self.row * 2) * 3
        e = self.linear(x)
        e.mul_(0.125).add_(self.row)
        f = self.deep(a)
        f += self.shift
        g = self.linear(x) * torch.tensor(0.25, dtype=torch.float64) + torch.tensor(2)
        h = self.line(x.flatten(-2)) * self.five + torch.sub(self.five, 1, alpha=2)
        return [a, b, c, d, e, f, g, h, self.conv(x) * torch.randn(1) * 0 + self.square]


IMAGES = [(IMAGE,), (IMAGE[0],), (IMAGE.to(memory_format=torch.channels_last),)]


@program(*IMAGES)
class FoldedAffine(AffineLayers):
    pass


@made((IMAGE,), (IMAGE.to(memory_format=torch.channels_last),), (IMAGE.repeat(2, 1, 1, 1),))
def traced_affine():
    return torch.jit.trace(AffineLayers().eval(), IMAGE)


@made((IMAGE.double(),))
def double_affine():
    return torch.jit.trace(AffineLayers().double().eval(), IMAGE.double())


def settled(module: nn.Module) -> nn.Module:
    """Statistics that a norm may have seen."""
    torch.manual_seed(5)
    for name, buffer in module.named_buffers():
        if name.endswith("mean"):
            buffer.normal_()
        if name.endswith("var"):
            buffer.uniform_(0.5, 2)
    for parameter in module.parameters():
        parameter.data.normal_()
    return module.eval()


class NormsAround(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.before = nn.BatchNorm2d(3)
        self.patch = nn.Conv2d(3, 4, 2, stride=2)
        self.padded = nn.Conv2d(3, 4, 3, padding=1)
        self.flat = nn.BatchNorm2d(4, affine=False)
        self.deep = nn.Conv2d(4, 8, 2, groups=2)
        self.linear = nn.Linear(8, 5)
        self.behind = nn.BatchNorm1d(5)
        self.last = nn.Linear(5, 3)

    def forward(self, x: Tensor) -> List[Tensor]:
        a = self.patch(self.before(x))
        b = self.padded(self.before(x))
        c = self.deep(self.flat(F.relu(a)))
        d = F.relu(self.behind(self.linear(c.mean([2, 3]))))
        return [a, b, c, d, self.last(self.behind(d.flatten(1))), self.padded(x * 2)]


@made((IMAGE,), (torch.randn(1, 3, 8, 8),), Call((IMAGE[0],), fails="4D"),
      Call((torch.randn(2, 4, 8, 8),), fails=""))
def scripted_norms_around():
    return torch.jit.script(settled(NormsAround()))


@made((IMAGE,), (torch.randn(1, 3, 8, 8),), Call((torch.randn(3, 9, 7),), fails="running_mean"))
def traced_norms_around():
    return torch.jit.trace(settled(NormsAround()), IMAGE)


class Perceptron(nn.Module):
    """Samples, or sequences whose norm is over positions."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(6, 4)
        self.norm = nn.BatchNorm1d(4)
        self.second = nn.Linear(4, 4, bias=False)

    def forward(self, x: Tensor) -> List[Tensor]:
        y = F.relu(self.norm(self.first(x)))
        return [y, self.norm(self.second(self.norm(y))) + y]


PEOPLE = [(torch.randn(5, 6),), (torch.randn(2, 4, 6),), (torch.randn(1, 6),),
          Call((torch.randn(2, 3, 6),), fails="")]


@made(*PEOPLE)
def scripted_perceptron():
    return torch.jit.script(settled(Perceptron()))


@made(*PEOPLE)
def traced_perceptron():
    return torch.jit.trace(settled(Perceptron()), torch.randn(5, 6))


@program((X,), (WIDE,), (WHOLE,), (X.transpose(0, 1),), (torch.zeros(2, 2) * -1,))
def identities(x: Tensor) -> Tuple[List[Tensor], List[List[int]]]:
    y = [x.transpose(0, 1).transpose(1, 0) + 1, x.mT.mT * 2, x * 1, x / 1, x - 0, x + 0, x ** 1,
         x.contiguous() + 1, x.float().float(), x.to(x.dtype), (x * 1).contiguous(),
         x.reshape(-1).view(2, -1).view(-1) * 1.0]
    y[6] += 1
    return with_strides(y)


class Identities(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(6, 8)

    def forward(self, x: Tensor) -> Tuple[List[Tensor], List[List[int]]]:
        y = self.linear(x)
        same = y.to(torch.float32)
        once = y * 1
        once.add_(1)
        heads = y.view(-1, 8).view(-1, 2, 4).permute(1, 0, 2).permute(0, 2, 1)
        turned = y.t().t() @ y.t().contiguous()
        z = [y, once, same - 0, heads, heads.contiguous(), turned, torch.sign(1 / (0 * y - 0)),
             y.contiguous().pow(1) * 1.0, y.transpose(0, 1).contiguous().view(-1)]
        same.mul_(2)
        return z, [list(t.stride()) for t in z]


@program((torch.randn(3, 6),), (torch.randn(1, 6),))
class LayerIdentities(Identities):
    pass


class IdentitiesAlone(Identities):
    def forward(self, x: Tensor) -> List[Tensor]:
        return super().forward(x)[0]


@made((torch.randn(3, 6),), (torch.randn(1, 6),))
def traced_identities():
    return torch.jit.trace(IdentitiesAlone(), torch.randn(3, 6), check_trace=False)


A, B = torch.randn(2, 3, 7, 5), torch.randn(2, 2, 7, 5)
LAST = torch.channels_last


class JoinedNorms(nn.Module):
    """As networks do that hand on all results so far."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(5)
        self.plain = nn.BatchNorm2d(10, affine=False)
        self.conv = nn.Conv2d(5, 4, 1)
        for norm in (self.norm, self.plain):
            nn.init.normal_(norm.running_mean)
            nn.init.uniform_(norm.running_var, 0.5, 2)
        nn.init.normal_(self.norm.weight)
        nn.init.normal_(self.norm.bias)

    def forward(self, a: Tensor, b: Tensor) -> Tuple[List[Tensor], List[List[int]]]:
        parts = [a, b]
        first = F.relu(self.norm(torch.cat(parts, 1)))
        parts.append(a - 1)
        parts.append(b * 2)
        second = torch.cat(parts, 1)
        rank = second.dim()
        second = F.relu(self.plain(second), inplace=True)
        out = [first, second, self.conv(first) * rank]
        return out, [list(t.stride()) for t in out]


@program((A, B), (A.to(memory_format=LAST), B.to(memory_format=LAST)), (A, B.to(memory_format=LAST)),
         (A[:, :, ::2], B[:, :, ::2]), (A[:0], B[:0]), (A.to(memory_format=LAST)[:1], B.to(memory_format=LAST)[:1]),
         (A * float("inf"), B), (torch.randn(1, 3, 70, 80), torch.randn(1, 2, 70, 80)),
         Call((A, A), fails="running_mean"), Call((A[:, :, 0], B[:, :, 0]), fails="4D"), Call((A, B[0]), fails="dim"),
         Call((A, B[:, :, 1:]), fails="Sizes of tensors must match"), Call((A.double(), B), fails=""))
class NormsOfJoined(JoinedNorms):
    pass
