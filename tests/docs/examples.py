"""Runs the console examples of a page and compares what they print with what the page says."""
import os
import pathlib
import re
import subprocess
from typing import Dict, List, Optional, Tuple

from tests.docs.markdown import ROOT, Block


def bin_folder() -> pathlib.Path:
    return pathlib.Path(os.environ.get("TEMPER_BIN", str(ROOT / "build" / "test" / "bin")))


def commands(block: Block) -> List[Tuple[str, str]]:
    """Pairs of a command and what it prints; a command goes on after a backslash."""
    pairs: List[Tuple[str, str]] = []
    lines = iter(block.text.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line[2:]
            while command.endswith("\\"):
                command += "\n" + next(lines)
            pairs.append((command, ""))
        elif pairs:
            pairs[-1] = (pairs[-1][0], pairs[-1][1] + line + "\n")
        else:
            raise AssertionError(f"{block.place}: output before the first command")
    if not pairs:
        raise AssertionError(f"{block.place}: no command in a console block")
    return pairs


def agrees(expected: str, printed: str) -> bool:
    """`...` in the expected text stands for anything, also for nothing."""
    pieces = [re.escape(piece) for piece in _plain(expected).split("...")]
    return re.fullmatch(".*".join(pieces), _plain(printed), re.S) is not None


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


class Session:
    """Where examples run: the root of the project, with its binaries in the path, and places that
    the pages name replaced by those of a test."""

    def __init__(self, places: Optional[Dict[str, str]] = None):
        self.places = places or {"build/release/bin": str(bin_folder())}
        self.environment = {**os.environ, "PATH": f"{bin_folder()}:{os.environ['PATH']}",
                            "CMAKE_CXX_COMPILER_LAUNCHER": "ccache"}
        self.environment.pop("TEMPER_ADDRESS", None)

    def translate(self, text: str) -> str:
        for written, real in self.places.items():
            text = text.replace(written, real)
        return text

    def run(self, command: str, timeout: float = 120) -> Tuple[int, str]:
        """Status and everything printed."""
        done = subprocess.run(["bash", "-c", self.translate(command)], cwd=ROOT,
                              env=self.environment, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
        return done.returncode, done.stdout

    def check(self, block: Block) -> List[str]:
        """Why the block is not true; empty when it is."""
        wrong = []
        for command, expected in commands(block):
            status, printed = self.run(command)
            if not agrees(self.translate(expected), printed):
                wrong.append(f"{block.place}: `{command}` (status {status}) printed\n{printed}\n"
                             f"but the page says\n{expected}")
        return wrong
