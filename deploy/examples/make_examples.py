#!/usr/bin/python3
"""Trains the example models and writes their archives and pictures beside this script.

Arguments name the examples to make; without any, all are made. Needs PyTorch and scikit-learn
(tests/packages.txt); serving the examples needs neither.
"""
import pathlib
import sys

import numpy
import torch
from PIL import Image
from sklearn.datasets import load_digits

import chargen
import digits
import textstats

HERE = pathlib.Path(__file__).resolve().parent
HELD_OUT = 297


def save(module: torch.nn.Module, name: str) -> torch.jit.ScriptModule:
    path = HERE / "models" / name / "1" / "model.pt"
    path.parent.mkdir(parents=True, exist_ok=True)
    scripted = torch.jit.script(module)
    scripted.save(str(path))
    print(f"{name}: {path.stat().st_size} bytes")
    return scripted


def make_digits() -> None:
    data = load_digits()
    images = torch.tensor(data.images, dtype=torch.float32).unsqueeze(1)
    labels = torch.tensor(data.target)
    model = save(digits.train(images[:-HELD_OUT], labels[:-HELD_OUT]), "digits")
    with torch.no_grad():
        read = model(images[-HELD_OUT:]).digit
    right = read == labels[-HELD_OUT:]
    print(f"digits: {int(right.sum())} of {HELD_OUT} held-out pictures read right")
    # Pictures that training has not seen, large enough for a person to look at.
    folder = HERE / "pictures"
    folder.mkdir(exist_ok=True)
    for digit in (0, 3, 4, 7, 9):
        row = next(i for i in range(HELD_OUT) if right[i] and read[i] == digit)
        pixels = numpy.rint(data.images[-HELD_OUT:][row] * 255.0 / 16.0).astype(numpy.uint8)
        Image.fromarray(numpy.kron(pixels, numpy.ones((8, 8), numpy.uint8)), "L").save(
            folder / f"{digit}.png", optimize=True)


def make_chargen() -> None:
    model = save(chargen.train(), "chargen")
    print("chargen:", repr(model("The sea", 120, 0.5, 3)))


def make_textstats() -> None:
    model = save(textstats.TextStats(), "textstats")
    print("textstats:", model([chargen.TEXT]))


MAKERS = {"digits": make_digits, "chargen": make_chargen, "textstats": make_textstats}

if __name__ == "__main__":
    torch.set_num_threads(2)
    for chosen in sys.argv[1:] or MAKERS:
        MAKERS[chosen]()
