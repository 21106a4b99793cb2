"""Sound archives that were cut off, or in which one bit changed, at seeded places."""
import io
import pathlib
import random
import struct
import zipfile
from typing import Dict, Iterator, List, Optional, Tuple

import torch
from torch import Tensor, nn

from tests.zoo import examples
from tests.zoo.case import Call, Case

HOW_MANY = 250  # of each archive


class Nest(nn.Module):
    """Values in values, several tensors, several functions."""
    table: Dict[str, List[Tuple[int, str]]]
    maybe: Optional[Tensor]
    grid: List[List[float]]

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
        self.register_buffer("shared", torch.arange(12.0).view(3, 4))
        self.register_buffer("turned", self.shared.t())
        self.register_buffer("flags", torch.tensor([True, False, True]))
        self.table = {"a": [(1, "one"), (70000, "many")], "b": []}
        self.maybe = torch.tensor([1.5, -2.5])
        self.grid = [[1.0, 2.0], [], [3.5]]
        self.big = 2 ** 40

    def count(self, word: str) -> int:
        return len(self.table[word]) + self.big if word in self.table else 0

    def forward(self, x: Tensor) -> Tuple[Tensor, Dict[str, int], List[float], str]:
        y = self.inner(x + self.shared) + self.turned[:3, :2]
        maybe = self.maybe
        if maybe is not None:
            y = y * maybe
        total = [sum(row) for row in self.grid]
        return (y[self.flags], {"a": self.count("a"), "b": self.count("b")}, total,
                " ".join(list(self.table.keys())))


def nest():
    return torch.jit.script(Nest().eval()), [Call((torch.ones(3, 4),))]


def digits():
    path, calls = examples.digits()
    return path, calls[:1]


def bases() -> List[Case]:
    return [Case(f"hostile_{make.__name__}", "hostile", make, (__file__,))
            for make in (nest, digits)]


def structure(archive: bytes) -> List[Tuple[int, int]]:
    """The parts of the file that are no tensor data: flips there hit readers, not numbers."""
    parts, end = [], 0
    with zipfile.ZipFile(io.BytesIO(archive)) as members:
        for member in sorted(members.infolist(), key=lambda each: each.header_offset):
            if "/data/" in member.filename or "/constants/" in member.filename:
                # The local header has a padding of its own, which the directory does not tell.
                name, extra = struct.unpack_from("<HH", archive, member.header_offset + 26)
                data = member.header_offset + 30 + name + extra
                parts.append((end, data))
                end = data + member.compress_size
    return parts + [(end, len(archive))]


def flip(archive: bytes, place: int, bit: int) -> bytes:
    return archive[:place] + bytes([archive[place] ^ 1 << bit]) + archive[place + 1:]


def mutants(archive: bytes, seed: int) -> Iterator[Tuple[str, bytes]]:
    chance = random.Random(seed)
    parts = structure(archive)
    for index in range(HOW_MANY):
        if index % 5 == 0:
            length = chance.randrange(len(archive))
            yield f"cut_off_at_{length}", archive[:length]
            continue
        begin, end = (0, len(archive)) if index % 5 == 1 else chance.choices(
            parts, [end - begin for begin, end in parts])[0]
        place, bit = chance.randrange(begin, end), chance.randrange(8)
        yield f"bit_{bit}_of_{place}", flip(archive, place, bit)


def write_all(folder: pathlib.Path, archive: bytes, seed: int) -> List[Tuple[str, pathlib.Path]]:
    written = []
    for name, content in mutants(archive, seed):
        path = folder / f"{name}.pt"
        path.write_bytes(content)
        written.append((name, path))
    return written
