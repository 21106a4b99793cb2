#!/usr/bin/python3
"""Compares temper with PyTorch on the zoo. The last line is `N passed, N failed`."""
import argparse
import concurrent.futures
import dataclasses
import pathlib
import pickle
import re
import sys
import threading
import time
import traceback
from typing import Dict, List, Optional, Sequence, Set, Tuple

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import torch  # noqa: E402

from tests.zoo import registry  # noqa: E402
from tests.zoo.case import Case, Stored, stored_calls, use_seed  # noqa: E402
from tests.zoo.compare import compare, compare_top5  # noqa: E402
from tests.zoo.engine import Answer, run_all  # noqa: E402
from tests.zoo.newer import Newer  # noqa: E402


def judge(call: Stored, answer: Answer) -> Optional[str]:
    """None if the answer is right, else why it is not."""
    if answer.died:
        return answer.error
    if call.fails is not None:
        if answer.error is None:
            return f"answered, but must fail with {call.fails!r}"
        return None if call.fails in answer.error else \
            f"failed with {answer.error!r}, expected {call.fails!r}"
    if answer.error is not None:
        return answer.error
    try:
        got = torch.load(answer.output)
    except (RuntimeError, OSError, ValueError, pickle.UnpicklingError, AttributeError) as error:
        return f"the output cannot be read: {error}"
    want = torch.load(call.expected)
    return compare(got, want, call.tolerance) or (
        compare_top5(got, want, call.tolerance) if call.classes else None)


GAPS = pathlib.Path(__file__).with_name("known_gaps.txt")


def known_gaps() -> Dict[str, str]:
    """Calls that are known to disagree, with the reason. The list only shrinks: calls that
    agree again are named, to be struck off."""
    gaps: Dict[str, str] = {}
    for line in GAPS.read_text().splitlines() if GAPS.exists() else []:
        label, _, reason = line.partition("\t")
        if label and not label.startswith("#"):
            gaps[label] = reason
    return gaps


def prepare(case: Case) -> Tuple[Case, List[Stored], str]:
    torch.set_num_threads(1)
    try:
        calls = stored_calls(case)
        if isinstance(case, Newer) and calls:
            served = case.serve(calls[0].model)
            calls = [dataclasses.replace(call, model=served) for call in calls]
        return case, calls, ""
    except Exception:
        return case, [], traceback.format_exc(limit=-2)


def prepare_all(cases: Sequence[Case], jobs: int) -> Tuple[List[Stored], List[Tuple[str, str]]]:
    """The calls of all cases, and the cases that the oracle itself could not make."""
    calls: List[Stored] = []
    broken: List[Tuple[str, str]] = []
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        for case, made, trouble in pool.map(prepare_named, [case.name for case in cases]):
            calls += made
            if trouble:
                broken.append((case, trouble))
    return calls, broken


def prepare_named(name: str) -> Tuple[str, List[Stored], str]:
    case, calls, trouble = prepare(registry.by_name(name))
    return case.name, calls, trouble


def shards(calls: Sequence[Stored], jobs: int) -> List[List[Stored]]:
    """Calls of one model stay together, so that a process loads each model once."""
    result: List[List[Stored]] = [[] for _ in range(jobs)]
    names = list(dict.fromkeys(call.case for call in calls))
    for call in calls:
        result[names.index(call.case) % jobs].append(call)
    return [shard for shard in result if shard]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--temper", help="the temper binary; without it only artefacts are made")
    parser.add_argument("--filter", default="", help="regular expression on case names")
    parser.add_argument("--group", choices=registry.GROUPS, action="append",
                        help="only this group; may be repeated")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds for one call")
    parser.add_argument("--repeat", type=int, default=1,
                        help="ask each call so often in a row, so that what is learned from the "
                        "first ones serves later ones; not for programs that change their module")
    parser.add_argument("--list", action="store_true", help="name the cases and stop")
    parser.add_argument("--failures", action="store_true", help="print failing calls only")
    parser.add_argument("--seed", type=int, help="other weights, inputs and samples")
    options = parser.parse_args()
    if options.seed is not None:
        use_seed(options.seed)
    cases = [case for case in registry.cases(options.group or registry.GROUPS)
             if re.search(options.filter, case.name)]
    if options.list:
        print("\n".join(f"{case.group:10} {case.name}" for case in cases))
        return 0
    start = time.monotonic()
    calls, broken = prepare_all(cases, options.jobs)
    print(f"{len(calls)} calls of {len(cases)} cases ready in {time.monotonic() - start:.1f} s",
          flush=True)
    for name, trouble in broken:
        print(f"FAIL  {name}: the oracle cannot make it\n{trouble}")
    if options.temper is None:
        return 1 if broken else 0
    asked = [call for call in calls for _ in range(options.repeat)]
    lock = threading.Lock()
    gaps = known_gaps()
    known: Set[str] = set()
    closed: List[str] = []
    results: Dict[str, Optional[str]] = {}

    def report(call: Stored, answer: Answer) -> None:
        problem = judge(call, answer)
        with lock:
            if call.label in gaps and problem:
                known.add(call.label)
                print(f"gap   {call.group:9} {call.label:48} {answer.seconds:7.2f} s  "
                      f"{gaps[call.label]}", flush=True)
                results[call.label] = None
                return
            if call.label in gaps:
                closed.append(call.label)
            results[call.label] = results.get(call.label) or problem
            if problem or not options.failures:
                mark = "FAIL" if problem else "ok  "
                print(f"{mark}  {call.group:9} {call.label:48} {answer.seconds:7.2f} s  "
                      f"{problem or ''}", flush=True)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done in [pool.submit(run_all, options.temper, shard, options.timeout, report)
                     for shard in shards(asked, options.jobs)]:
            done.result()
    failed = sum(problem is not None for problem in results.values()) + len(broken)
    for label in closed:
        print(f"agrees now, strike it off {GAPS.name}: {label}")
    if known:
        print(f"{len(known)} known gaps ({GAPS.name}) are not counted")
    print(f"{len(calls) + len(broken) - failed - len(known)} passed, {failed} failed")
    return 1 if failed or not calls else 0


if __name__ == "__main__":
    sys.exit(main())
