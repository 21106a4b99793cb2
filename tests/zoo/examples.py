"""The example models as they are shipped."""
from typing import List

import numpy
import torch
from PIL import Image

from tests.zoo.case import ROOT, Call, Case

EXAMPLES = ROOT / "deploy" / "examples"


def picture(digit: int) -> torch.Tensor:
    pixels = numpy.asarray(Image.open(EXAMPLES / "pictures" / f"{digit}.png"))
    return torch.tensor(pixels, dtype=torch.float32)[None, None]


def digits():
    batch = torch.cat([picture(digit) for digit in (0, 3, 4, 7, 9)])
    small = torch.nn.functional.avg_pool2d(batch, 8) * (16.0 / 255.0)
    return EXAMPLES / "models" / "digits" / "1" / "model.pt", [
        Call((small,)), Call((batch,)), Call((small,), "describe"),
        Call((batch[0],), fails="image must be [N, 1, H, W]")]


def chargen():
    return EXAMPLES / "models" / "chargen" / "1" / "model.pt", [
        Call(("The sea", 60, 0.0)), Call(("The keeper ", 200, 0.8, 5)), Call(("a", 0, 1.0, 1)),
        Call(("the lamp",), "encode"), Call((torch.tensor([[1, 2, 3]]), None), "step"),
        Call(("", 5, 1.0), fails="the prompt has no letter that the model knows"),
        Call(("a", -1, 1.0), fails="length must be between 0 and 10000")]


def textstats():
    text = "The cat's hat, the cat and the OTHER cat: 3 cats in a row."
    return EXAMPLES / "models" / "textstats" / "1" / "model.pt", [
        Call(([text, "", "one"],)), Call((text,), "counts"), Call((text, 2), "top"),
        Call((text,), "top"), Call((text,), "summary"), Call(("...",), "summary")]


def cases() -> List[Case]:
    return [Case(f"example_{make.__name__}", "examples", make,
                 (__file__, str(EXAMPLES / "models" / make.__name__ / "1" / "model.pt")))
            for make in (digits, chargen, textstats)]
