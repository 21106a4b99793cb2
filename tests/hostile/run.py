#!/usr/bin/python3
"""Feeds temper archives that mean harm: each must be refused with a reason, in bounded time and
memory, or do no harm. The last line is `N passed, N failed`."""
import argparse
import concurrent.futures
import dataclasses
import mmap
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time
from typing import Callable, Dict, List, Optional, Tuple

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.hostile import misuse, pickles, sources, zips  # noqa: E402
from tests.hostile.attack import HANDLED, Attack, Limits, Outcome, judge  # noqa: E402

GROUPS = {"zips": zips.attacks, "pickles": pickles.attacks, "sources": sources.attacks,
          "misuse": misuse.attacks}
# What sanitizers need to tell a huge allocation from a mistake, and to end with a status.
ENVIRONMENT = {"ASAN_OPTIONS": "allocator_may_return_null=1:hard_rss_limit_mb=6000",
               "UBSAN_OPTIONS": "print_stacktrace=1", "TSAN_OPTIONS": "halt_on_error=1"}
Line = Tuple[str, Optional[str], float]  # name, problem, seconds


def sanitized(temper: pathlib.Path) -> bool:
    with open(temper, "rb") as file:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return any(content.find(mark) >= 0 for mark in (b"__asan_init", b"__tsan_init"))


def wait_for(process: subprocess.Popen, seconds: float) -> Tuple[int, float]:
    """The status and the most memory, in MB; kills a process that hangs."""
    deadline = time.monotonic() + seconds
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage.ru_maxrss / 1024
        if time.monotonic() > deadline:
            process.kill()
            deadline = float("inf")
        time.sleep(0.005)


def run_one(temper: pathlib.Path, arguments: List[str], folder: pathlib.Path, name: str,
            limits: Limits, address_space: Optional[int], leaks: bool) -> Outcome:
    environment = {**os.environ, **ENVIRONMENT}
    if leaks:
        environment["ASAN_OPTIONS"] += ":detect_leaks=0"

    def restrict() -> None:
        if address_space:
            resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
    with open(folder / f"{name}.out", "w+b") as out, open(folder / f"{name}.err", "w+b") as err:
        start = time.monotonic()
        process = subprocess.Popen([str(temper), *arguments], stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=err, env=environment,
                                   preexec_fn=restrict)
        status, megabytes = wait_for(process, limits.seconds * 2)
        seconds = time.monotonic() - start
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read(1 << 20).decode(errors="backslashreplace"))
    return Outcome(status, texts[0], HANDLED.sub("", texts[1]), seconds, megabytes)


@dataclasses.dataclass(frozen=True)
class Driver:
    temper: pathlib.Path
    folder: pathlib.Path
    limits: Limits
    address_space: Optional[int]
    keep: Optional[pathlib.Path]

    def attack(self, number: int, attack: Attack) -> Line:
        path = self.folder / f"{number}.pt"
        path.write_bytes(attack.archive)
        arguments = ["run", str(path), *attack.options]
        outcome = run_one(self.temper, arguments, self.folder, str(number), self.limits,
                          self.address_space, attack.leaks)
        problem = judge(attack, outcome, self.limits)
        if problem and self.keep:
            name = re.sub(r"[^\w.-]", "_", attack.name)[:80]
            (self.keep / f"{name}.pt").write_bytes(attack.archive)
        path.unlink()
        return attack.name, problem, outcome.seconds

    def mutants(self, seed: int) -> List[Line]:
        """In batches: what is asked is the answer, or an error line."""
        from tests.hostile.mutants import bases, write_all
        from tests.zoo.case import stored_calls
        from tests.zoo.engine import Answer, run_all
        results: Dict[str, Line] = {}
        for base in bases():
            call = stored_calls(base)[0]
            folder = self.folder / base.name
            folder.mkdir()
            calls = [dataclasses.replace(call, case=f"{base.name}_{name}", model=path)
                     for name, path in write_all(folder, call.model.read_bytes(), seed)]

            def report(call, answer: Answer) -> None:
                results[call.case] = (call.case, judge_mutant(call, answer), answer.seconds)
            run_all(str(self.temper), calls, self.limits.seconds, report)
        return list(results.values())


def judge_mutant(call, answer) -> Optional[str]:
    import torch

    from tests.zoo.compare import compare
    if answer.died:
        return answer.error
    if answer.error is None:
        return compare(torch.load(answer.output), torch.load(call.expected), call.tolerance)
    reasonless = len(answer.error) < 10 or len(answer.error) > 20_000
    if reasonless or re.search(r"internal: |check failed", answer.error):
        return f"gave no good reason: {answer.error[:400]}"
    return None


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--temper", required=True, type=pathlib.Path, help="the temper binary")
    parser.add_argument("--group", action="append", choices=[*GROUPS, "mutants"],
                        help="only this group; may be repeated")
    parser.add_argument("--filter", default="", help="regular expression on names")
    parser.add_argument("--seed", type=int, default=20261123, help="of the mutants")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, help="that one run may take")
    parser.add_argument("--keep", type=pathlib.Path, help="where archives that did harm go")
    parser.add_argument("--failures", action="store_true", help="print failures only")
    return parser.parse_args()


def main() -> int:
    options = parse_options()
    slow = sanitized(options.temper)
    limits = Limits(options.seconds or (60 if slow else 15), megabytes=5000 if slow else 1500)
    groups = options.group or [*GROUPS, "mutants"]
    lines: List[Line] = []

    def show(line: Line) -> None:
        name, problem, seconds = line
        lines.append(line)
        if problem or not options.failures:
            print(f"{'FAIL' if problem else 'ok  '}  {name[:90]:60} {seconds:6.2f} s  "
                  f"{problem or ''}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        driver = Driver(options.temper, pathlib.Path(folder), limits,
                        None if slow else 8 << 30, options.keep)
        attacks = [attack for name, make in GROUPS.items() if name in groups for attack in make()
                   if re.search(options.filter, attack.name)]
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for line in pool.map(driver.attack, range(len(attacks)), attacks):
                show(line)
        if "mutants" in groups:
            for line in driver.mutants(options.seed):
                if re.search(options.filter, line[0]):
                    show(line)
    failed = sum(problem is not None for _, problem, _ in lines)
    print(f"{len(lines) - failed} passed, {failed} failed")
    return 1 if failed or not lines else 0


if __name__ == "__main__":
    sys.exit(main())
