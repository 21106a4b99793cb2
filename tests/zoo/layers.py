"""Recurrent and attention layers with their options."""
from typing import Any, Callable, List, Optional, Sequence, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from tests.zoo.case import Call, Case


class RunLstm(nn.Module):
    def __init__(self, lstm: nn.LSTM):
        super().__init__()
        self.lstm = lstm

    def forward(self, x: Tensor, state: Optional[Tuple[Tensor, Tensor]] = None
                ) -> Tuple[Tensor, Tuple[Tensor, Tensor]]:
        return self.lstm(x, state)


class RunRnn(nn.Module):
    """For nn.GRU and nn.RNN, whose state is one tensor."""

    def __init__(self, rnn: nn.RNNBase):
        super().__init__()
        self.rnn = rnn

    def forward(self, x: Tensor, state: Optional[Tensor] = None) -> Tuple[Tensor, Tensor]:
        return self.rnn(x, state)


class PackedLstm(nn.Module):
    def __init__(self, lstm: nn.LSTM, sorted_lengths: bool):
        super().__init__()
        self.lstm = lstm
        self.batch_first = lstm.batch_first
        self.sorted_lengths = sorted_lengths

    def forward(self, x: Tensor, lengths: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
        packed = pack_padded_sequence(x, lengths, self.batch_first, self.sorted_lengths)
        out, (h, c) = self.lstm(packed)
        padded, sizes = pad_packed_sequence(out, self.batch_first, -1.0)
        return padded, sizes, h, c


class PackedGru(nn.Module):
    def __init__(self, gru: nn.GRU):
        super().__init__()
        self.gru = gru

    def forward(self, x: Tensor, lengths: Tensor, h: Optional[Tensor]) -> Tuple[Tensor, Tensor]:
        packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
        out, last = self.gru(packed, h)
        return pad_packed_sequence(out, total_length=x.size(0))[0], last


class Attend(nn.Module):
    """Gives every argument of nn.MultiheadAttention that a request can choose."""

    def __init__(self, attention: nn.MultiheadAttention):
        super().__init__()
        self.attention = attention

    def forward(self, q: Tensor, k: Tensor, v: Tensor, padding: Optional[Tensor],
                mask: Optional[Tensor], average: bool) -> Tuple[Tensor, Optional[Tensor]]:
        return self.attention(q, k, v, key_padding_mask=padding, need_weights=True, attn_mask=mask,
                              average_attn_weights=average)


class AttendQuickly(nn.Module):
    def __init__(self, attention: nn.MultiheadAttention):
        super().__init__()
        self.attention = attention

    def forward(self, x: Tensor) -> Tensor:
        return self.attention(x, x, x, need_weights=False)[0]


class Encode(nn.Module):
    def __init__(self, encoder: nn.TransformerEncoder):
        super().__init__()
        self.encoder = encoder

    def forward(self, x: Tensor, mask: Optional[Tensor], padding: Optional[Tensor]) -> Tensor:
        return self.encoder(x, mask, padding)


class Translate(nn.Module):
    def __init__(self, transformer: nn.Transformer):
        super().__init__()
        self.transformer = transformer

    def forward(self, source: Tensor, target: Tensor, padding: Optional[Tensor]) -> Tensor:
        length = target.size(1)
        causal = torch.full((length, length), float("-inf")).triu(1)
        return self.transformer(source, target, tgt_mask=causal, src_key_padding_mask=padding,
                                memory_key_padding_mask=padding)


def stir(module: nn.Module) -> nn.Module:
    """No parameter stays constant, or a layer that forgets a bias would pass."""
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.numel() > 1 and float(parameter.std()) == 0.0:
                parameter.add_(torch.randn_like(parameter) * 0.2)
    return module.eval()


def lstm(packed: bool = False, **options: Any):
    def make():
        module = stir(nn.LSTM(6, 8, **options))
        layers = options.get("num_layers", 1) * (2 if options.get("bidirectional") else 1)
        x = torch.randn(3, 5, 6) if options.get("batch_first") else torch.randn(5, 3, 6)
        if packed:
            wrapped = torch.jit.script(PackedLstm(module, False).eval())
            return wrapped, [Call((x, torch.tensor([5, 2, 4]))), Call((x, torch.tensor([1, 5, 3])))]
        h = torch.randn(layers, 3, options.get("proj_size", 8) or 8)
        c = torch.randn(layers, 3, 8)
        calls = [Call((x,)), Call((x, (h, c))), Call((x[:1], )) if not options.get("batch_first")
                 else Call((x[:, :1],))]
        if not options.get("batch_first"):
            calls.append(Call((x[:, 0], (h[:, 0], c[:, 0]))))
        return torch.jit.script(RunLstm(module).eval()), calls
    return make


def lstm_sorted():
    x = torch.randn(6, 4, 6)
    module = torch.jit.script(PackedLstm(stir(nn.LSTM(6, 8)), True).eval())
    return module, [Call((x, torch.tensor([6, 4, 4, 1]))),
                    Call((x, torch.tensor([1, 4, 4, 6])), fails="sorted in decreasing order")]


def gru(packed: bool = False, **options: Any):
    def make():
        module = stir(nn.GRU(6, 8, **options))
        layers = options.get("num_layers", 1) * (2 if options.get("bidirectional") else 1)
        h = torch.randn(layers, 3, 8)
        if packed:
            x, lengths = torch.randn(5, 3, 6), torch.tensor([2, 5, 3])
            return torch.jit.script(PackedGru(module).eval()), [Call((x, lengths, None)),
                                                                Call((x, lengths, h))]
        x = torch.randn(3, 5, 6) if options.get("batch_first") else torch.randn(5, 3, 6)
        return torch.jit.script(RunRnn(module).eval()), [Call((x,)), Call((x, h))]
    return make


def rnn(**options: Any):
    def make():
        x = torch.randn(5, 3, 6)
        module = RunRnn(stir(nn.RNN(6, 8, **options))).eval()
        return torch.jit.script(module), [
            Call((x,)), Call((x, torch.randn(options.get("num_layers", 1), 3, 8)))]
    return make


def cells():
    class Cells(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTMCell(4, 5)
            self.gru = nn.GRUCell(5, 5)
            self.rnn = nn.RNNCell(5, 3, nonlinearity="relu")

        def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
            h, c = self.lstm(x)
            h, c = self.lstm(x, (h, c))
            return self.rnn(self.gru(h, c)), c

    return torch.jit.script(stir(Cells())), [Call((torch.randn(2, 4),))]


def attention(**options: Any):
    def make():
        module = stir(nn.MultiheadAttention(16, 4, **options))
        shape = (2, 5) if options.get("batch_first") else (5, 2)
        other = (2, 7) if options.get("batch_first") else (7, 2)
        q, k, v = torch.randn(*shape, 16), torch.randn(*other, 16), torch.randn(*other, 16)
        padding = torch.tensor([[False] * 7, [False] * 4 + [True] * 3])
        mask = torch.ones(5, 7, dtype=torch.bool).triu(3)
        return torch.jit.script(Attend(module).eval()), [
            Call((q, k, v, None, None, True)), Call((q, k, v, padding, None, False)),
            Call((q, k, v, None, mask, True)), Call((q, k, v, padding, mask, True)),
            Call((q, k, v, None, torch.randn(5, 7), False)),
            Call((q, k, v, None, torch.randn(8, 5, 7), True))]
    return make


def attention_quick():
    module = stir(nn.MultiheadAttention(16, 4, batch_first=True))
    return torch.jit.script(AttendQuickly(module).eval()), [
        Call((torch.randn(2, 5, 16),)), Call((torch.randn(1, 1, 16),))]


def encoder(**options: Any):
    def make():
        layer = nn.TransformerEncoderLayer(16, 4, 32, **options)
        norm = nn.LayerNorm(16) if options.get("norm_first") else None
        module = stir(nn.TransformerEncoder(layer, 2, norm=norm, enable_nested_tensor=False))
        first = bool(options.get("batch_first"))
        x = torch.randn(2, 5, 16) if first else torch.randn(5, 2, 16)
        causal = torch.full((5, 5), float("-inf")).triu(1)
        padding = torch.tensor([[False] * 5, [False] * 3 + [True] * 2])
        calls = [Call((x, None, None)), Call((x, causal, None))]
        # With padding, the oracle's fast path leaves other values in the padded rows.
        if not first:
            calls += [Call((x, None, padding)), Call((x, causal, padding))]
        return torch.jit.script(Encode(module).eval()), calls
    return make


def transformer(**options: Any):
    def make():
        module = stir(nn.Transformer(16, 4, 2, 2, 32, batch_first=True, **options))
        source, target = torch.randn(2, 6, 16), torch.randn(2, 4, 16)
        return torch.jit.script(Translate(module).eval()), [
            Call((source, target, None)), Call((source[:1], target[:1, :1], None))]
    return make


class NormedConvs(nn.Module):
    """Norms of fixed statistics after every kind of convolution, and where they cannot fold."""

    def __init__(self) -> None:
        super().__init__()
        self.grouped = nn.Conv2d(4, 6, 3, groups=2, padding=1, bias=False)
        self.up = nn.ConvTranspose2d(6, 8, 3, stride=2, groups=2, output_padding=1)
        self.alone = nn.ConvTranspose2d(8, 8, 2, stride=2, groups=8, bias=False)
        self.norms = nn.ModuleList([nn.BatchNorm2d(6), nn.BatchNorm2d(8), nn.BatchNorm2d(8),
                                    nn.BatchNorm2d(8, affine=False), nn.BatchNorm2d(8)])

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        x = self.norms[0](self.grouped(x)).relu()
        y = self.norms[1](self.up(x))
        z = self.norms[3](self.norms[2](self.alone(y))).relu_()
        return self.norms[4](z), y


class NormedOtherDims(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.line = nn.Sequential(nn.Conv1d(4, 6, 3, groups=2), nn.BatchNorm1d(6),
                                  nn.ConvTranspose1d(6, 4, 3, groups=2), nn.BatchNorm1d(4))
        self.volume = nn.Sequential(nn.Conv3d(2, 4, 2, groups=2, bias=False), nn.BatchNorm3d(4),
                                    nn.ConvTranspose3d(4, 6, 2, groups=2), nn.BatchNorm3d(6),
                                    nn.ReLU())
        self.flat = nn.Sequential(nn.Linear(6, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 3))

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        line = self.line(x)
        volume = self.volume(line.reshape(x.size(0), 2, 2, 2, -1))
        return line, self.flat(volume.mean([2, 3, 4]))


class WideConvs(nn.Module):
    """Convolutions of many channels, which are computed by tiles, dilated ones by phases."""

    def __init__(self) -> None:
        super().__init__()
        self.plain = nn.Conv2d(48, 64, 3, padding=1)
        self.dilated = nn.ModuleList([
            nn.Conv2d(64, 64, 3, padding=2, dilation=2), nn.Conv2d(64, 64, 3, dilation=2),
            nn.Conv2d(64, 64, 3, padding=(0, 3), dilation=(2, 3), bias=False),
            nn.Conv2d(64, 64, 3, padding=1, dilation=2), nn.Conv2d(64, 64, 3, padding=4, dilation=4),
            nn.Conv2d(64, 64, 3, padding=2, dilation=2, stride=2)])

    def forward(self, x: Tensor) -> List[Tensor]:
        x = self.plain(x)
        out = [x]
        for conv in self.dilated:
            y = conv(x)
            out += [y, y.relu(), F.silu(conv(x.contiguous(memory_format=torch.channels_last)))]
        return out + [self.dilated[0](x) + x, (self.dilated[4](x) + x).relu()]


class TurnedLayout(nn.Module):
    """Looks at the strides of what convolutions gave, from every side."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 6, 3)

    def forward(self, x: Tensor) -> Tuple[Tensor, List[int], bool, List[int], bool]:
        y = self.conv(x)
        turned = y.permute(0, 2, 3, 1)
        flipped = self.conv(x).relu().transpose(2, 3)
        return (turned, turned.stride(), turned.is_contiguous(), flipped.stride(),
                flipped.is_contiguous())


class SpelledLinears(nn.Module):
    """Linear layers as old traces and careful programmers spell them."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(6, 4))
        self.turned = nn.Parameter(torch.randn(6, 40))
        self.bias = nn.Parameter(torch.randn(6))
        self.last = nn.Parameter(torch.randn(40))
        self.one = nn.Parameter(torch.randn(1))

    def forward(self, x: Tensor) -> List[Tensor]:
        y = torch.addmm(self.bias, x, self.weight.t())
        deep = torch.stack([y, y.relu()])
        z = deep.matmul(self.turned)
        z += self.last
        sums = torch.addmm(self.bias, x, self.weight.t(), beta=2.0, alpha=0.5)
        both = F.dropout(x @ self.weight.transpose(0, 1) + self.bias, 0.3, False) + sums
        return [y, z, both, torch.mm(x, self.weight.t()).relu_(), self.one + x @ self.weight.T,
                x[0].matmul(self.weight.t()) + self.bias, self.last + y @ self.turned]


def spelled(traced: bool):
    def make():
        net = SpelledLinears().eval()
        for parameter in net.parameters():
            parameter.requires_grad_(False)
        x = torch.randn(3, 4)
        calls = [Call((x,)), Call((torch.randn(70, 4),)), Call((x[:1],)),
                 Call((torch.randn(2, 3, 4),), fails="must be a matrix"),
                 Call((torch.randn(4),), fails="must be a matrix")]
        return torch.jit.trace(net, x) if traced else torch.jit.script(net), calls
    return make


def normed(module: Callable[[], nn.Module], *shape: int):
    """Statistics and weights as training leaves them."""
    def make():
        net = stir(module())
        for part in net.modules():
            if isinstance(part, nn.modules.batchnorm._BatchNorm):
                part.running_mean.normal_()
                part.running_var.uniform_(0.5, 2.0)
        other = (3, *shape[1:])
        return torch.jit.script(net), [Call((torch.randn(shape),)), Call((torch.randn(other),))]
    return make


def makers() -> Sequence[Tuple[str, Callable[[], Any]]]:
    return [
        ("lstm", lstm()), ("lstm_batch_first", lstm(batch_first=True)),
        ("lstm_bidirectional", lstm(bidirectional=True)),
        ("lstm_three_layers", lstm(num_layers=3, dropout=0.3)),
        ("lstm_no_bias", lstm(bias=False)), ("lstm_projected", lstm(proj_size=3)),
        ("lstm_everything", lstm(num_layers=2, bidirectional=True, batch_first=True, proj_size=5)),
        ("lstm_packed", lstm(packed=True)),
        ("lstm_packed_bidirectional", lstm(packed=True, bidirectional=True, num_layers=2)),
        ("lstm_packed_batch_first", lstm(packed=True, batch_first=True)),
        ("lstm_packed_sorted", lstm_sorted),
        ("gru", gru()), ("gru_batch_first", gru(batch_first=True)),
        ("gru_bidirectional", gru(bidirectional=True, num_layers=2)),
        ("gru_no_bias", gru(bias=False)), ("gru_packed", gru(packed=True)),
        ("gru_packed_bidirectional", gru(packed=True, bidirectional=True)),
        ("rnn_tanh", rnn(num_layers=2)), ("rnn_relu", rnn(nonlinearity="relu")),
        ("rnn_cells", cells),
        ("attention", attention()), ("attention_batch_first", attention(batch_first=True)),
        ("attention_zero", attention(add_zero_attn=True)),
        ("attention_bias_rows", attention(add_bias_kv=True)),
        ("attention_quick", attention_quick),
        ("encoder", encoder()), ("encoder_gelu", encoder(activation="gelu")),
        ("encoder_norm_first", encoder(norm_first=True)),
        ("encoder_batch_first", encoder(batch_first=True)),
        ("encoder_batch_first_gelu", encoder(batch_first=True, activation="gelu", norm_first=True)),
        ("transformer", transformer()), ("transformer_norm_first", transformer(norm_first=True)),
        ("normed_convs", normed(NormedConvs, 2, 4, 7, 6)),
        ("spelled_linears", spelled(False)), ("spelled_linears_traced", spelled(True)),
        ("wide_convs", normed(WideConvs, 2, 48, 25, 31)),
        ("wide_convs_of_even_images", normed(WideConvs, 1, 48, 48, 36)),
        ("turned_layout", normed(TurnedLayout, 2, 4, 7, 6)),
        ("normed_other_dims", normed(NormedOtherDims, 1, 4, 8))]


def cases() -> List[Case]:
    return [Case(name, "layers", make, (__file__,)) for name, make in makers()]
