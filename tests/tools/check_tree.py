#!/usr/bin/python3
"""Lengths of files and functions, top-level entries, and words that must not be in the tree."""
import json
import pathlib
import re
import subprocess
import sys
from typing import List

from tree import project_files, report, sources

TOP_LEVEL = {"CMakeLists.txt", "CMakePresets.json", "server", "core", "ir", "passes", "kernels",
             "protos", "deploy", "tests", "README.md"}
SOURCE_WARN, SOURCE_LIMIT, HEADER_LIMIT, FUNCTION_LIMIT, SCRIPT_LIMIT = 400, 800, 300, 80, 400
# Written in pieces, or this file would be its own finding.
FORBIDDEN = re.compile("(?<![\\w.])/(" + "work" + "|root|home/\\w+)/|/tmp/" + "bash")
TEXT = re.compile(r"\.(h|cc|cu|py|md|txt|json|cmake|proto|def|sh|yml|yaml)$|/(run|quickstart)$")


def line_count(path: pathlib.Path) -> int:
    with open(path, "rb") as lines:
        return sum(1 for _ in lines)


def check_lengths(root: pathlib.Path) -> List[str]:
    findings = []
    for name in project_files(root):
        if not name.endswith((".h", ".cc", ".cu", ".py")):
            continue
        length = line_count(root / name)
        limit = HEADER_LIMIT if name.endswith(".h") else \
            SCRIPT_LIMIT if name.endswith(".py") else SOURCE_LIMIT
        if length > limit:
            findings.append(f"{name}: {length} lines, the limit is {limit}")
        elif length > SOURCE_WARN:
            findings.append(f"warning: {name}: {length} lines, aim at {SOURCE_WARN}")
    return findings


def check_functions(root: pathlib.Path) -> List[str]:
    names = sources(root)
    if not names:
        return []
    listed = subprocess.run(
        ["ctags", "--languages=C++", "--langmap=C++:+.cu.h", "--kinds-C++=f", "--fields=+ne",
         "--output-format=json", "-L", "-", "-f", "-"], cwd=root, check=True, text=True,
        input="\n".join(names), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    findings = []
    for line in listed.splitlines():
        tag = json.loads(line)
        length = tag.get("end", tag["line"]) - tag["line"] + 1
        if length > FUNCTION_LIMIT:
            findings.append(f"{tag['path']}:{tag['line']}: {tag['name']} has {length} lines, "
                            f"the limit is {FUNCTION_LIMIT}")
    return findings


def check_top_level(root: pathlib.Path) -> List[str]:
    entries = {name.split("/")[0] for name in project_files(root)}
    return [f"{entry}: not among the top-level entries" for entry in sorted(entries)
            if entry not in TOP_LEVEL and not entry.startswith(".")]


def check_words(root: pathlib.Path) -> List[str]:
    findings = []
    for name in project_files(root):
        if TEXT.search(name):
            lines = (root / name).read_text(errors="replace").splitlines()
            for number, line in enumerate(lines, 1):
                if FORBIDDEN.search(line):
                    findings.append(f"{name}:{number}: a path of one machine: {line.strip()[:80]}")
    return findings


def check(root: pathlib.Path) -> List[str]:
    return check_top_level(root) + check_lengths(root) + check_functions(root) + check_words(root)


if __name__ == "__main__":
    sys.exit(report(check))
