#!/usr/bin/python3
"""Runs the tests of one Python file. The last line is `N passed, N failed`."""
import argparse
import os
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def summarise(result: unittest.TestResult) -> int:
    """Prints the last line; the exit status. A class whose setup fails counts once."""
    broken = [test for test, _ in result.failures + result.errors]
    failed = {str(getattr(test, "test_case", test)) for test in broken}
    ran = {str(getattr(test, "test_case", test)) for test in broken
           if not str(test).startswith("setUp")}
    print(f"{result.testsRun - len(ran)} passed, {len(failed)} failed", flush=True)
    return 0 if not failed and result.testsRun > 0 else 1


def run(suite: unittest.TestSuite) -> int:
    return summarise(unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite))


def run_folder(folder: str, description: str) -> int:
    """The main function of tests/<folder>/run.py: all tests of that folder against a build."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--bin", default=str(ROOT / "build" / "test" / "bin"),
                        help="the folder of temperd and temper")
    parser.add_argument("--filter", help="only tests whose name matches this pattern")
    options = parser.parse_args()
    os.environ["TEMPER_BIN"] = str(pathlib.Path(options.bin).resolve())
    loader = unittest.TestLoader()
    if options.filter:
        loader.testNamePatterns = [f"*{options.filter}*"]
    return run(loader.discover(str(ROOT / "tests" / folder), "test_*.py", str(ROOT)))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    path = pathlib.Path(sys.argv[1]).resolve().relative_to(ROOT)
    name = ".".join(path.with_suffix("").parts)
    sys.exit(run(unittest.defaultTestLoader.loadTestsFromName(name)))
