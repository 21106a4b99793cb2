#!/usr/bin/python3
"""Compares every include with the layers, and with the libraries that CMake links.

core <- ir <- {passes, kernels} <- server; kernels see ir in kernels/jit only; tests see all.
"""
import pathlib
import re
import sys
from typing import Dict, List, Optional, Set

from tree import project_files, report, sources

BELOW: Dict[str, Set[str]] = {
    "core": set(), "ir": {"core"}, "passes": {"core", "ir"}, "kernels": {"core"},
    "server": {"core", "ir", "passes", "kernels", "protos"},
    "protos": set(),
    "tests": {"core", "ir", "passes", "kernels", "server", "protos"},
}
EXTRA = {"kernels/jit": {"ir"}}
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
LIBRARY = re.compile(r"temper_library\(\s*(\w+)\s(.*?)\)", re.S)


def libraries(root: pathlib.Path) -> Dict[str, Set[str]]:
    """Library of a folder, by the folder's path with `_` for `/`, and what it links."""
    found: Dict[str, Set[str]] = {}
    for name in project_files(root):
        if pathlib.PurePath(name).name == "CMakeLists.txt":
            for library, body in LIBRARY.findall((root / name).read_text()):
                found[library] = set(body.partition("DEPS")[2].split())
    return found


def reachable(library: str, links: Dict[str, Set[str]]) -> Set[str]:
    seen: Set[str] = set()
    rest = [library]
    while rest:
        for below in links.get(rest.pop(), set()) - seen:
            seen.add(below)
            rest.append(below)
    return seen


def second_level(path: str) -> str:
    return "/".join(path.split("/")[:2])


def problem(name: str, include: str, links: Dict[str, Set[str]]) -> Optional[str]:
    layer, target = name.split("/")[0], include.split("/")[0]
    if layer not in BELOW or target not in BELOW:
        return None
    if target != layer and target not in BELOW[layer] | EXTRA.get(second_level(name), set()):
        return f"{layer} must not see {target}"
    own, other = second_level(name), second_level(include)
    library, wanted = own.replace("/", "_"), other.replace("/", "_")
    if own != other and library in links and wanted in links \
            and wanted not in reachable(library, links):
        return f"{library} does not link {wanted}"
    return None


def check(root: pathlib.Path) -> List[str]:
    links = libraries(root)
    findings = [f"CMake: {library} links itself through its dependencies"
                for library in sorted(links) if library in reachable(library, links)]
    for name in sources(root):
        for include in INCLUDE.findall((root / name).read_text(errors="replace")):
            found = problem(name, include, links)
            if found:
                findings.append(f"{name}: includes {include}, but {found}")
    return findings


if __name__ == "__main__":
    sys.exit(report(check))
