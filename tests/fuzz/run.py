#!/usr/bin/python3
"""Runs fuzzers one after the other. The last line is `N passed, N failed`."""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.fuzz import seeds  # noqa: E402

ENVIRONMENT = {"ASAN_OPTIONS": "allocator_may_return_null=1:detect_leaks=1",
               "UBSAN_OPTIONS": "print_stacktrace=1"}


def fuzz(binary: pathlib.Path, folder: pathlib.Path, seconds: int, timeout: int) -> bool:
    """Whether nothing was found. What was found lies in the folder's `found`."""
    corpus, found = folder / "corpus", folder / "found"
    count = seeds.write(binary.name, corpus)
    found.mkdir(exist_ok=True)
    start = time.monotonic()
    log = folder / "log.txt"
    longest = 300_000 if binary.name == "zip_fuzz" else seeds.LONGEST
    with open(log, "w") as output:
        done = subprocess.run(
            [str(binary), str(corpus), f"-max_total_time={seconds}", f"-timeout={timeout}",
             f"-max_len={longest}", "-rss_limit_mb=4000", f"-artifact_prefix={found}/",
             "-print_final_stats=1"],
            stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **ENVIRONMENT})
    text = log.read_text(errors="replace")
    runs = re.search(r"number_of_executed_units: (\d+)", text)
    problem = re.search(r"(ERROR: .*|.*runtime error: .*|SUMMARY: .*)", text)
    state = "ok  " if done.returncode == 0 else "FAIL"
    print(f"{state}  {binary.name:12} {count:6} seeds {runs[1] if runs else '?':>9} runs "
          f"{time.monotonic() - start:6.0f} s  {problem[1] if problem else ''}", flush=True)
    if done.returncode != 0:
        print(f"      {log}")
    return done.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, type=pathlib.Path, help="the folder of the fuzzers")
    parser.add_argument("--work", type=pathlib.Path, default=seeds.ROOT / "build" / "fuzz-work",
                        help="where corpora, findings and logs are kept")
    parser.add_argument("--target", choices=seeds.MAKERS, action="append")
    parser.add_argument("--seconds", type=int, default=120, help="for each target")
    parser.add_argument("--timeout", type=int, default=30, help="seconds that one input may take")
    options = parser.parse_args()
    results = []
    for target in options.target or seeds.MAKERS:
        folder = options.work / target
        folder.mkdir(parents=True, exist_ok=True)
        results.append(fuzz(options.bin / target, folder, options.seconds, options.timeout))
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) and results else 1


if __name__ == "__main__":
    sys.exit(main())
