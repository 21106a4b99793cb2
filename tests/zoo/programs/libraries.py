"""Parts of torch that are programs themselves: torch.functional, nn.init, nn.utils, profiler blocks."""
from typing import Dict, List, Optional, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrize
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pack_sequence, pad_packed_sequence

from tests.zoo.case import Call
from tests.zoo.programs.define import made, program

X = torch.randn(3, 4)


@program((X,))
def torch_functional(x: Tensor) -> List[Tensor]:
    a, b = torch.meshgrid([torch.arange(2), torch.arange(3)])
    values, counts = torch.unique(torch.tensor([3, 1, 3]), return_counts=True)
    parts = torch.split(x, 2)
    return [a, b, values, counts, parts[0], torch.einsum("ij,kj->ik", [x, x]), torch.tensordot(x, x, dims=([1], [1])),
            torch.norm(x), torch.norm(x, p=1, dim=1), torch.norm(x, p="fro", dim=[0, 1]), torch.cdist(x, x + 1),
            torch.cartesian_prod(torch.arange(2), torch.arange(2)), torch.block_diag(x, x[:1]),
            torch.broadcast_tensors(x, x[0])[1], torch.chain_matmul(x, x.t(), x), torch.atleast_2d(x[0]),
            torch.unique_consecutive(torch.tensor([1, 1, 2]))]


@program((X,))
def recorded(x: Tensor) -> Tensor:
    with torch.autograd.profiler.record_function("outer"):
        y = x * 2
        with torch.autograd.profiler.record_function("inner"):
            y = y + 1
    return y


@program((X,))
def grad_modes(x: Tensor) -> Tuple[Tensor, bool, bool, bool]:
    before = torch.is_grad_enabled()
    with torch.no_grad():
        inside = torch.is_grad_enabled()
        y = x * 2
        y = y + 1
    return y, inside, before, y.requires_grad


@program((X,))
def detached(x: Tensor) -> Tuple[Tensor, bool, bool]:
    y = x.detach().requires_grad_(True)
    z = y.detach()
    return z + x.data, z.requires_grad, x.is_leaf


class Symmetric(nn.Module):
    def forward(self, w: Tensor) -> Tensor:
        return w.triu() + w.triu(1).transpose(-1, -2)


@made((torch.randn(2, 3),))
def parametrized():
    linear = nn.Linear(3, 3)
    parametrize.register_parametrization(linear, "weight", Symmetric())
    return torch.jit.trace(linear, torch.randn(2, 3))


@made((torch.randn(2, 3),))
def weight_normed():
    return torch.jit.trace(nn.utils.weight_norm(nn.Linear(3, 4)), torch.randn(2, 3))


@made((torch.randn(2, 3),))
def spectral_normed():
    return torch.jit.trace(nn.utils.spectral_norm(nn.Linear(3, 4)).eval(), torch.randn(2, 3))


@program((torch.randn(4, 2, 3), torch.tensor([4, 2])), (torch.randn(4, 2, 3), torch.tensor([3, 3])))
class PackedThrough(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 5, num_layers=2, dropout=0.5)

    def step(self, packed: PackedSequence) -> Tuple[PackedSequence, Tensor]:
        out, (h, c) = self.lstm(packed)
        return out, h + c

    def forward(self, x: Tensor, lengths: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
        packed = pack_padded_sequence(x, lengths)
        out, h = self.step(packed)
        padded, sizes = pad_packed_sequence(out, padding_value=-1.0)
        return padded, sizes, h, packed.batch_sizes


@program((torch.randn(5, 3, 8), None), (torch.randn(5, 3, 8), torch.zeros(3, 5, dtype=torch.bool)))
class Attends(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2)
        self.layer = nn.TransformerDecoderLayer(8, 2, 16)

    def forward(self, x: Tensor, mask: Optional[Tensor]) -> Tuple[Tensor, Optional[Tensor], Tensor]:
        y, w = self.attention(x, x, x, key_padding_mask=mask)
        return y, w, self.layer(x, y, memory_key_padding_mask=mask)


@program((torch.randn(2, 3, 8, 8),))
class ManyLayers(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([
            nn.Conv2d(3, 4, 3, padding="same"), nn.GroupNorm(2, 4), nn.PReLU(), nn.ConvTranspose2d(4, 4, 2, stride=2),
            nn.InstanceNorm2d(4, affine=True), nn.AdaptiveAvgPool2d((4, 4)), nn.Hardswish(), nn.PixelShuffle(2),
            nn.Upsample(scale_factor=2.0, mode="bilinear", align_corners=False), nn.ReflectionPad2d(1), nn.LPPool2d(2, 2),
            nn.Softmax2d(), nn.Unfold((2, 2)), nn.Flatten(), nn.Unflatten(1, (4, 4, 4)) if False else nn.Identity()])

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)
        return x


@program((torch.randn(4, 3), torch.tensor([0, 2, 1, 1])))
class ManyLosses(nn.Module):
    def __init__(self):
        super().__init__()
        self.ce = nn.CrossEntropyLoss(label_smoothing=0.1)
        self.nll = nn.NLLLoss(reduction="sum")
        self.kl = nn.KLDivLoss(reduction="batchmean")
        self.bce = nn.BCEWithLogitsLoss()
        self.margin = nn.MultiMarginLoss()
        self.huber = nn.HuberLoss()
        self.cosine = nn.CosineEmbeddingLoss()
        self.triplet = nn.TripletMarginLoss()

    def forward(self, x: Tensor, t: Tensor) -> List[Tensor]:
        y = (x * 2).softmax(-1)
        return [self.ce(x, t), self.nll(x.log_softmax(-1), t), self.kl(x.log_softmax(-1), y), self.bce(x, y),
                self.margin(x, t), self.huber(x, y), self.cosine(x, y, torch.ones(4)), self.triplet(x, y, x * 2)]


@program((torch.randn(3, 4, 5),))
def normalised(x: Tensor) -> List[Tensor]:
    return [F.batch_norm(x, torch.zeros(4), torch.ones(4)), F.instance_norm(x), F.group_norm(x, 2), F.local_response_norm(x, 2),
            F.normalize(x, p=1.0, dim=0), F.layer_norm(x, [5], torch.ones(5), torch.zeros(5))]


@program((torch.tensor([[1, 2], [3, 0]]),))
class Embeds(nn.Module):
    def __init__(self):
        super().__init__()
        self.plain = nn.Embedding(5, 3, padding_idx=0)
        self.scaled = nn.Embedding(5, 3, max_norm=0.5)
        self.bag = nn.EmbeddingBag(5, 3, mode="max")

    def forward(self, i: Tensor) -> List[Tensor]:
        return [self.plain(i), self.scaled(i), self.bag(i), F.embedding(i, self.plain.weight), F.one_hot(i, 5)]


@program((7,), (0,))
def random_numbers(n: int) -> List[Tensor]:
    torch.manual_seed(n)
    x = torch.empty(2, 3)
    return [torch.rand(3), torch.randn(2, 2), torch.randint(0, 10, [4]), torch.randperm(5), x.uniform_(0.0, 1.0).clone(),
            x.normal_(1.0, 2.0).clone(), torch.bernoulli(torch.full([4], 0.5)), torch.rand_like(x), F.dropout(torch.ones(6), 0.5, True),
            torch.normal(0.0, 1.0, [2]), torch.multinomial(torch.ones(4), 2)]


@program((torch.zeros(3, 4), 1.0),)
def initialised(x: Tensor, a: float) -> List[Tensor]:
    return [nn.init.uniform_(x.clone(), -a, a), nn.init.normal_(x.clone(), 0.0, a), nn.init.constant_(x.clone(), 0.3),
            nn.init.ones_(x.clone()), nn.init.zeros_(x.clone())]


@program((torch.randn(2, 5),))
def views_of_kinds(x: Tensor) -> List[Tensor]:
    return [x.view(5, 2), x.view(-1), x.view_as(x), x.unflatten(1, [5, 1]), x.flatten(),
            x.unsqueeze(-1).squeeze(), x.narrow(1, 1, 2), x.transpose(0, 1), x.t(), x.swapaxes(0, 1), x.movedim(0, 1),
            x.expand(3, 2, 5), x.expand_as(x), x.diagonal(), x.as_strided([2, 2], [1, 2]), x.chunk(2, 1)[1], x.tensor_split(2, 1)[0],
            x.unbind(0)[1], x.split_with_sizes([2, 3], 1)[1], torch.hsplit(x, [1, 3])[1], x.unfold(1, 2, 2), torch.atleast_3d(x)]


@program((torch.randn(3, 3),))
def linear_algebra(x: Tensor) -> List[Tensor]:
    s = x @ x.t() + torch.eye(3)
    values, vectors = torch.linalg.eigh(s)
    sign, logdet = torch.slogdet(s)
    u, d, v = torch.svd(s)
    q, r = torch.linalg.qr(s)
    return [torch.det(s), torch.inverse(s), torch.cholesky(s), values, sign, logdet, d, q @ r, torch.linalg.solve(s, x),
            torch.matrix_power(x, 3), torch.trace(x), torch.linalg.norm(x), torch.linalg.matrix_norm(x), torch.pinverse(s),
            torch.triangular_solve(x, s.tril(), upper=False)[0], torch.addmm(x, x, s, beta=0.5, alpha=2.0), torch.mv(x, x[0]),
            torch.dot(x[0], x[1]), torch.outer(x[0], x[1]), torch.kron(x, x[:1]), torch.linalg.matrix_rank(s)]
