"""The models that are measured: real shapes, seeded weights, float32.

Each workload is a function without arguments that returns a Workload.
"""
import dataclasses
import math
from typing import Callable, Dict, Optional, Tuple

import torch
import torchvision
from torch import nn
from torch.nn import functional as F


@dataclasses.dataclass
class Workload:
    module: nn.Module  # scripted unless it is a ScriptModule already
    inputs: tuple
    # What ONNX Runtime gets; None when the exporter cannot express the program.
    exportable: Optional[nn.Module] = None


def _image(batch: int, size: int = 224) -> tuple:
    return (torch.rand(batch, 3, size, size),)


def _vision(name: str, batch: int = 1, size: int = 224) -> Workload:
    module = getattr(torchvision.models, name)().eval()
    return Workload(module, _image(batch, size), module)


def mlp() -> Workload:
    module = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(),
                           nn.Linear(128, 10)).eval()
    return Workload(module, (torch.randn(1, 64),), module)


class MatmulLoop(nn.Module):
    def forward(self, a: torch.Tensor, b: torch.Tensor, n: int) -> torch.Tensor:
        for _ in range(n):
            a = a @ b
        return a


def matmul_loop() -> Workload:
    return Workload(MatmulLoop(), (torch.rand(256, 256), torch.rand(256, 256) / 1000, 100))


def fcn_resnet50() -> Workload:
    class Segmentation(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = torchvision.models.segmentation.fcn_resnet50(weights_backbone=None)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.net(x)["out"]

    module = Segmentation().eval()
    return Workload(module, _image(1), module)


def ssdlite320() -> Workload:
    module = torchvision.models.detection.ssdlite320_mobilenet_v3_large(
        weights=None, weights_backbone=None, score_thresh=0.02).eval()
    return Workload(module, ([torch.rand(3, 320, 320)],))


class CharLstm(nn.Module):
    """Samples text letter by letter."""

    def __init__(self, letters: int = 64, width: int = 128) -> None:
        super().__init__()
        self.letters = nn.Embedding(letters, 32)
        self.cell = nn.LSTMCell(32, width)
        self.out = nn.Linear(width, letters)
        self.width = width

    def forward(self, first: torch.Tensor, length: int) -> torch.Tensor:
        letter = first
        h = torch.zeros(1, self.width)
        c = torch.zeros(1, self.width)
        text = [letter]
        for _ in range(length):
            h, c = self.cell(self.letters(letter), (h, c))
            odds = torch.softmax(self.out(h) / 0.8, 1)
            letter = torch.multinomial(odds, 1)[:, 0]
            text.append(letter)
        return torch.stack(text)


def char_lstm() -> Workload:
    return Workload(CharLstm().eval(), (torch.tensor([3]), 100))


class BertLayer(nn.Module):
    """One encoder layer, spelled as exported encoders spell it."""

    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)
        self.norm1 = nn.LayerNorm(width)
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)
        self.norm2 = nn.LayerNorm(width)
        self.dropout = nn.Dropout(0.1)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.view(x.size(0), x.size(1), self.heads, -1).permute(0, 2, 1, 3)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        q = self.split(self.query(x))
        k = self.split(self.key(x))
        v = self.split(self.value(x))
        scores = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(q.size(-1))
        odds = self.dropout(F.softmax(scores + mask, dim=-1))
        mixed = torch.matmul(odds, v).permute(0, 2, 1, 3).contiguous()
        mixed = mixed.view(x.size(0), x.size(1), x.size(2))
        x = self.norm1(self.dropout(self.out(mixed)) + x)
        return self.norm2(self.dropout(self.down(F.gelu(self.up(x)))) + x)


class Bert(nn.Module):
    def __init__(self, layers: int = 12, width: int = 768) -> None:
        super().__init__()
        self.words = nn.Embedding(30522, width)
        self.places = nn.Embedding(512, width)
        self.norm = nn.LayerNorm(width)
        self.layers = nn.ModuleList(BertLayer(width, 12, 4 * width) for _ in range(layers))

    def forward(self, ids: torch.Tensor, attention: torch.Tensor) -> torch.Tensor:
        mask = (1.0 - attention[:, None, None, :]) * -10000.0
        places = torch.arange(ids.size(1)).unsqueeze(0)
        x = self.norm(self.words(ids) + self.places(places))
        for layer in self.layers:
            x = layer(x, mask)
        return x


def bert_base() -> Workload:
    module = Bert().eval()
    return Workload(module, (torch.randint(0, 30522, (1, 128)), torch.ones(1, 128)), module)


def _lstm(batch: int) -> Workload:
    class Recurrent(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = nn.LSTM(512, 512, 2, batch_first=True)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.lstm(x)[0]

    module = Recurrent().eval()
    return Workload(module, (torch.randn(batch, 100, 512),), module)


class Dlrm(nn.Module):
    """26 embedding bags beside a dense tower, joined by their dot products."""

    def __init__(self, bags: int = 26, rows: int = 100_000, width: int = 64) -> None:
        super().__init__()
        self.bags = nn.ModuleList(nn.EmbeddingBag(rows, width, mode="sum") for _ in range(bags))
        self.bottom = nn.Sequential(nn.Linear(13, 512), nn.ReLU(), nn.Linear(512, width),
                                    nn.ReLU())
        pairs = (bags + 1) * bags // 2
        self.top = nn.Sequential(nn.Linear(width + pairs, 512), nn.ReLU(), nn.Linear(512, 256),
                                 nn.ReLU(), nn.Linear(256, 1), nn.Sigmoid())
        row, column = torch.tril_indices(bags + 1, bags + 1, -1)
        self.register_buffer("row", row)
        self.register_buffer("column", column)

    def forward(self, dense: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        x = self.bottom(dense)
        parts = [x]
        for i, bag in enumerate(self.bags):
            parts.append(bag(ids[i]))
        features = torch.stack(parts, 1)
        products = torch.bmm(features, features.transpose(1, 2))
        return self.top(torch.cat([x, products[:, self.row, self.column]], 1))


def dlrm() -> Workload:
    return Workload(Dlrm().eval(), (torch.randn(256, 13), torch.randint(0, 100_000, (26, 256, 20))))


class NormChain(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(1024)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.softmax(self.norm(x), -1) * F.gelu(x)


def norm_softmax_gelu() -> Workload:
    module = NormChain().eval()
    return Workload(module, (torch.randn(4096, 1024),), module)


class PointwiseChain(nn.Module):
    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        a = (x + y) * 0.5
        b = torch.sigmoid(a) * x - y
        c = torch.tanh(b) + torch.relu(a)
        return torch.clamp(c * c + 1.0, 0.5, 3.0) / (torch.abs(b) + 1.0)


def pointwise12() -> Workload:
    module = PointwiseChain()
    return Workload(module, (torch.randn(4_000_000), torch.randn(4_000_000)), module)


class FizzBuzz(nn.Module):
    def forward(self, n: int) -> int:
        total = 0
        for i in range(n):
            if i % 15 == 0:
                total += 15
            elif i % 5 == 0:
                total += 5
            elif i % 3 == 0:
                total += 3
            else:
                total += i
        return total


def fizzbuzz() -> Workload:
    return Workload(FizzBuzz(), (100_000,))


class Adds(nn.Module):
    def forward(self, x: torch.Tensor, n: int) -> torch.Tensor:
        for _ in range(n):
            x = x + 1
        return x


def adds1000() -> Workload:
    return Workload(Adds(), (torch.zeros(1), 1000))


WORKLOADS: Dict[str, Tuple[Callable[[], Workload], float]] = {
    # name: (maker, bar of the ratio to the best peer)
    "mlp": (mlp, 0.35),
    "matmul_loop": (matmul_loop, 0.5),
    "resnet50_b1": (lambda: _vision("resnet50"), 0.95),
    "resnet50_b8": (lambda: _vision("resnet50", 8), 0.95),
    "mobilenet_v3_large": (lambda: _vision("mobilenet_v3_large"), 0.9),
    "densenet121": (lambda: _vision("densenet121"), 0.95),
    "efficientnet_b0": (lambda: _vision("efficientnet_b0"), 0.95),
    "convnext_tiny": (lambda: _vision("convnext_tiny"), 0.95),
    "swin_t": (lambda: _vision("swin_t"), 0.95),
    "fcn_resnet50": (fcn_resnet50, 0.9),
    "ssdlite320": (ssdlite320, 0.9),
    "char_lstm": (char_lstm, 0.3),
    "bert_base": (bert_base, 0.95),
    "vit_b_16": (lambda: _vision("vit_b_16"), 0.95),
    "lstm_b1": (lambda: _lstm(1), 0.9),
    "lstm_b16": (lambda: _lstm(16), 0.9),
    "dlrm": (dlrm, 0.8),
    "norm_softmax_gelu": (norm_softmax_gelu, 0.5),
    "pointwise12": (pointwise12, 0.5),
    "fizzbuzz": (fizzbuzz, 0.1),
    "adds1000": (adds1000, 0.1),
}


def peak() -> Workload:
    """Not of the suite: the product by which floors are measured."""
    module = nn.Linear(2048, 2048, bias=False).eval()
    return Workload(module, (torch.randn(2048, 2048),), module)


def make(name: str) -> Workload:
    torch.manual_seed(1)
    return peak() if name == "peak" else WORKLOADS[name][0]()
