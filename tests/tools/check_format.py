#!/usr/bin/python3
"""Every source must be as clang-format 14 writes it."""
import pathlib
import re
import subprocess
import sys
from typing import List

from tree import report, sources


def check(root: pathlib.Path) -> List[str]:
    names = sources(root)
    if not names:
        return []
    done = subprocess.run(["xargs", "-0", "-n", "100", "clang-format-14", "--dry-run",
                           "-Werror"], cwd=root, text=True, input="\0".join(names),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    places = re.findall(r"^(\S+?):(\d+):\d+: error", done.stderr, re.M)
    if done.returncode != 0 and not places:
        return [f"clang-format-14 failed: {done.stderr.strip()[:400]}"]
    files = dict.fromkeys(name for name, _ in places)
    return [f"{name}: not as clang-format writes it, first at line "
            f"{next(line for other, line in places if other == name)}" for name in files]


if __name__ == "__main__":
    sys.exit(report(check))
