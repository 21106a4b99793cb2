"""Whole modules as PyTorch 2 writes them: its members, order and padding, and code that calls its
operators. The oracle runs the module as 1.13 writes it, where functions of our own say the same."""
import dataclasses
import math
import pathlib
import re
import struct
import zipfile
from typing import Any, Callable, Dict, List, Tuple

import torch
import torchvision
from torch import nn

from tests.zoo import renewed_modules
from tests.zoo.archives import Members
from tests.zoo.case import Call, Case, source_of
from tests.zoo.layers import RunLstm, stir
from tests.zoo.models import randomise
from tests.zoo.newer import MARKS, Newer
from tests.zoo.renewed_modules import Attention, Decoder, Encoder, EncoderLayer, Reader, as_numbers

# What functions of renewed_modules are called in a served archive.
SPELLINGS = {
    "attend": "torch.scaled_dot_product_attention",
    "scale_by_root_mean_square": "torch.rms_norm",
    "spread_dim": "torch.unflatten",
}


def write_padded(path: pathlib.Path, members: Members, alignment: int) -> None:
    """Data begins at multiples of `alignment`, as readers that map files want it."""
    with zipfile.ZipFile(path, "w") as archive:
        assert archive.fp is not None
        for name, data in members.items():
            info = zipfile.ZipInfo(f"model/{name}")
            info.compress_type = zipfile.ZIP_DEFLATED if name.startswith("code/") else zipfile.ZIP_STORED
            gap = -(archive.fp.tell() + 30 + len(info.filename) + 4) % alignment
            info.extra = struct.pack("<HH", 0x4246, gap) + b"Z" * gap
            archive.writestr(info, data)


def respell(body: str) -> str:
    """One function's code. Long names of functions are printed once, as `_0 = __torch__.a.b.function`."""
    for function, spelled in SPELLINGS.items():
        full = f"__torch__.{renewed_modules.__name__}.{function}"
        for alias in re.findall(rf"^ +(\w+) = {re.escape(full)}\n", body, re.MULTILINE):
            body = body.replace(f"{alias} = {full}\n", "pass\n")
            body = re.sub(rf"\b{alias}\(", f"{full}(", body)
        body = body.replace(f"{full}(", f"{spelled}(")
        assert full not in body, body
    return body


def renew(members: Members, alignment: int) -> Members:
    """The members in the order of PyTorch 2, with its spellings in the code."""
    code = {name: "".join(map(respell, re.split(r"(?=^ *def )", data.decode(), flags=re.MULTILINE))).encode()
            for name, data in members.items() if name.startswith("code/") and name.endswith(".py")}
    storages = {name: data for name, data in members.items() if name.startswith("data/")}
    constants = {name: data for name, data in members.items() if name.startswith("constants")}
    marks = {} if alignment == 64 else {".format_version": b"1", ".storage_alignment": f"{alignment}".encode()}
    version = ".data/version" if ".data/version" in members else "version"
    return {**storages, "data.pkl": members["data.pkl"], **marks, "byteorder": MARKS["byteorder"], **code, **constants,
            version: members[version], ".data/serialization_id": MARKS[".data/serialization_id"]}


@dataclasses.dataclass(frozen=True)
class Renewed(Newer):
    """Serves the oracle's own archive, renewed."""
    alignment: int = 64

    def serve(self, beside: pathlib.Path) -> pathlib.Path:
        with zipfile.ZipFile(beside) as archive:
            members = {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}
        model = beside.with_name("served.pt")
        write_padded(model, renew(members, self.alignment), self.alignment)
        return model


def attention(batch_first: bool):
    def make():
        module = stir(Attention(8, 2, batch_first))
        x, y, z = torch.randn(3, 4, 8), torch.randn(3, 5, 8), torch.randn(3, 5, 8)
        if not batch_first:
            x, y, z = x.transpose(0, 1), y.transpose(0, 1), z.transpose(0, 1)
        padding = torch.tensor([[0, 0, 0, 0, 1], [0, 0, 1, 1, 1], [0, 0, 0, 0, 0]]).bool()
        square, wide = torch.full((4, 4), -math.inf).triu(1), torch.rand(4, 5) > 0.8
        calls = [Call((x, x, x)), Call((x, y, z, padding)), Call((x, y, y, padding, True, wide, False)),
                 Call((x, x, x, None, False)), Call((x, y, z, padding, False, wide)),
                 Call((x, x, x, None, False, square, True, True)), Call((x, x, x, padding[:, :4], False, square)),
                 Call((x, x, x, None, False, torch.randn(6, 4, 4))), Call((x[0], y[0], z[0])),
                 Call((x[0], x[0], x[0], None, False)),
                 Call((x, x, x, None, True, None, True, True), fails="Need attn_mask if specifying the is_causal hint.")]
        return torch.jit.script(module), calls
    return make


def encoder(norm_first: bool, gelu: bool):
    def make():
        module = stir(Encoder([EncoderLayer(8, 2, norm_first, gelu) for _ in range(2)]))
        x = torch.randn(2, 5, 8)
        ends = torch.tensor([[False] * 5, [False] * 3 + [True] * 2])
        causal, free = torch.full((5, 5), -math.inf).triu(1), torch.rand(5, 5) > 0.8
        free.fill_diagonal_(False)
        return torch.jit.script(module), [
            Call((x, None, None, True)), Call((x, None, ends, True)), Call((x, free, None, True)),
            Call((x, free, ends, True)), Call((x, None, ends.flip(1), True)), Call((x, None, None, False)),
            Call((x, causal, None, False)), Call((x, as_numbers(free, x), ends, False)),
            Call((x[:1, :2], None, None, True))]
    return make


def decoder():
    module = stir(Decoder(40, 16, 4, 2, 2))
    ids = torch.randint(40, (2, 6))
    shared = torch.full((6, 6), -math.inf).triu(2)
    return torch.jit.script(module), [Call((ids, [], None)), Call((ids, [], shared)), Call((ids[:, :1], [], None)),
                                      Call((ids[:, :3], 5), "generate")]


def reader():
    module = stir(Reader(30, 12, 3))
    ids = torch.randint(1, 30, (2, 7))
    ids[1, 5:] = 0
    mask = ids.ne(0).long()
    traced = torch.jit.trace(module, (ids, mask), check_trace=False)
    return traced, [Call((ids, mask)), Call((ids[:, :4], mask[:, :4])), Call((ids[:1], mask[:1]))]


def vision_transformer():
    model = torchvision.models.VisionTransformer(32, 8, 2, 4, 32, 64, num_classes=10)
    for block in model.encoder.layers:
        block.self_attention = Attention(32, 4, batch_first=True)
    randomise(model)
    model.eval()
    return torch.jit.script(model), [Call((torch.randn(2, 3, 32, 32),), classes=True)]


def network():
    model = torchvision.models.resnet18(num_classes=10)
    randomise(model)
    model.eval()
    return torch.jit.script(model), [Call((torch.rand(1, 3, 64, 64),), classes=True)]


def recurrent():
    module = stir(RunLstm(nn.LSTM(6, 8, 2, bidirectional=True)))
    return torch.jit.script(module), [Call((torch.randn(5, 3, 6),)), Call((torch.randn(4, 6),))]


MAKERS: Dict[str, Tuple[Callable[[], Tuple[Any, Any]], int]] = {
    "attention": (attention(False), 64), "attention_batch_first": (attention(True), 64),
    "encoder": (encoder(False, False), 64), "encoder_norm_first": (encoder(True, True), 64),
    "decoder": (decoder, 64), "reader_traced": (reader, 64), "vision_transformer": (vision_transformer, 64),
    "resnet18": (network, 64), "resnet18_at_4096": (network, 4096), "lstm": (recurrent, 64), "lstm_at_1": (recurrent, 1),
}


def unused() -> pathlib.Path:
    raise AssertionError("a renewed case serves the oracle's archive")


def cases() -> List[Case]:
    return [Renewed(f"renewed_{name}", "archives", make, (source_of(Renewed), source_of(Attention)), unused, alignment)
            for name, (make, alignment) in MAKERS.items()]
