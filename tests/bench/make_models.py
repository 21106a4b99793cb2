#!/usr/bin/python3
"""Writes the archives that the benchmarks load into a folder."""
import pathlib
import sys

import torch


class AddOne(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + 1.0


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.jit.script(AddOne()).save(str(folder / "add.pt"))


if __name__ == "__main__":
    main()
