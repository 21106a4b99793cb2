"""What the checkers share: the files of the project and the form of a finding."""
import pathlib
import subprocess
import sys
from typing import Callable, List, Sequence

ROOT = pathlib.Path(__file__).resolve().parents[2]


def project_files(root: pathlib.Path) -> List[str]:
    """Files that are tracked, or that git would not ignore; relative, sorted."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=root, check=True, stdout=subprocess.PIPE, text=True).stdout
    return sorted({name for name in listed.split("\0") if name and (root / name).is_file()})


def sources(root: pathlib.Path) -> List[str]:
    return [name for name in project_files(root) if name.endswith((".h", ".cc", ".cu"))]


def report(check: Callable[[pathlib.Path], Sequence[str]]) -> int:
    """Prints the findings; lines that begin with `warning:` do not fail the check."""
    findings = check(pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT)
    for finding in findings:
        print(finding)
    return 1 if any(not finding.startswith("warning:") for finding in findings) else 0
