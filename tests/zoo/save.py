#!/usr/bin/python3
"""Archives of the zoo that temper has saved must answer in PyTorch as they did before, and saving
them again must give the same bytes. The last line is `N passed, N failed`."""
import argparse
import concurrent.futures
import functools
import io
import pathlib
import re
import subprocess
import sys
import tempfile
import zlib
from typing import Any, List, Optional, Sequence, Tuple

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import torch  # noqa: E402

from tests.zoo import registry  # noqa: E402
from tests.zoo.case import Call, Case, Stored, ask_oracle, stored_calls  # noqa: E402
from tests.zoo.compare import compare  # noqa: E402
from tests.zoo.run import known_gaps  # noqa: E402

MODES = {"plain": [], "reprint": ["--reprint"], "freeze": ["--freeze"]}
# What is checked without --group: all small cases, each in one mode that its name picks, and one
# large one of each kind; archives and large ones in every mode.
GROUPS = ["examples", "programs", "archives", "layers"]
LARGE = {"resnet18", "traced_mobilenet_v2", "fasterrcnn", "wav2vec2"}
# Saving and loading changes what these hold: PyTorch's own second file is the reference, unless
# freezing makes them forget how they save themselves.
OWN_STATE = {"archive_own_state"}

# The oracle loses values of its own after some loops; then temper alone says what the file means.
LOST_VALUE = "Expected Tensor but got None"


def save(temper: str, source: pathlib.Path, target: pathlib.Path, flags: Sequence[str]) -> None:
    done = subprocess.run([temper, "save", *flags, str(source), str(target)], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120)
    if done.returncode != 0:
        raise RuntimeError(f"temper save: status {done.returncode}: {done.stdout.strip()}")


def answer(model: Any, call: Stored) -> Tuple[Any, Optional[str]]:
    try:
        return ask_oracle(model, Call(torch.load(call.inputs), method=call.method)), None
    except (RuntimeError, IndexError, ValueError, torch.jit.Error) as error:
        return None, str(error)


def judge(call: Stored, model: Any, reference: Any) -> Optional[str]:
    """None if the saved module answers as it must, else why it does not."""
    got, error = answer(model, call)
    if call.fails is not None:
        return None if error and call.fails in error else \
            f"answered {error or got!r}, but must fail with {call.fails!r}"
    if error is not None:
        return error
    want = torch.load(call.expected) if reference is None else answer(reference, call)[0]
    return compare(got, want, call.tolerance)


def saved_again(path: pathlib.Path) -> Any:
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.load(str(path)), buffer)
    buffer.seek(0)
    return torch.jit.load(buffer)


def check(temper: str, mode: str, name: str) -> List[Tuple[str, Optional[str]]]:
    """What each call of the case, and the second file, are wrong about."""
    torch.set_num_threads(1)
    calls = stored_calls(registry.by_name(name))
    own_state = name in OWN_STATE and mode != "freeze"
    results: List[Tuple[str, Optional[str]]] = []
    if not calls:
        return results
    with tempfile.TemporaryDirectory() as folder:
        first, second = pathlib.Path(folder) / "first.pt", pathlib.Path(folder) / "second.pt"
        try:
            save(temper, calls[0].model, first, MODES[mode])
            model = torch.jit.load(str(first))
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            return [(call.label, str(error)) for call in calls]
        for call in calls:
            reference = saved_again(call.model) if own_state else None
            problem = judge(call, model, reference)
            if problem and problem.rstrip().endswith(LOST_VALUE):
                problem = answer_of_temper(temper, first, call)
            results.append((call.label, problem))
        if not own_state:
            try:
                save(temper, first, second, [])
                same = first.read_bytes() == second.read_bytes()
                results.append((f"{name}, saved twice", None if same else "the bytes differ"))
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                results.append((f"{name}, saved twice", str(error)))
    return results


def answer_of_temper(temper: str, archive: pathlib.Path, call: Stored) -> Optional[str]:
    """None if temper answers the saved archive as it must."""
    output = archive.with_name("output.pt")
    done = subprocess.run([temper, "run", str(archive), "--method", call.method, "--inputs",
                           str(call.inputs), "--output", str(output)], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120)
    if done.returncode != 0:
        return done.stdout.strip()
    return compare(torch.load(output), torch.load(call.expected), call.tolerance)


def modes_of(case: Case, options: argparse.Namespace) -> List[str]:
    if options.mode or options.group or case.group == "archives" or case.name in LARGE:
        return options.mode or list(MODES)
    return [list(MODES)[zlib.crc32(case.name.encode()) % len(MODES)]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--temper", required=True, help="the temper binary")
    parser.add_argument("--filter", default="", help="regular expression on case names")
    parser.add_argument("--group", choices=registry.GROUPS, action="append",
                        help="only this group; may be repeated")
    parser.add_argument("--mode", choices=MODES, action="append",
                        help="how temper saves; may be repeated; all without")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    cases = [case for case in registry.cases(options.group or [*GROUPS, "models", "more"])
             if re.search(options.filter, case.name)
             and (options.group or case.group in GROUPS or case.name in LARGE)]
    work = [(mode, case.name) for case in cases for mode in modes_of(case, options)]
    passed = failed = 0
    gaps = known_gaps()
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        for (mode, _), results in zip(work, pool.map(
                functools.partial(check, options.temper), *zip(*work)) if work else []):
            for label, problem in results:
                if problem is not None and label in gaps:
                    print(f"gap   {mode:7} {label}: {gaps[label]}", flush=True)
                    continue
                passed, failed = passed + (problem is None), failed + (problem is not None)
                if problem is not None:
                    print(f"FAIL  {mode:7} {label}: {problem[-600:]}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
