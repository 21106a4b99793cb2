#!/usr/bin/python3
"""Runs the end-to-end tests against a build. The last line is `N passed, N failed`."""
import argparse
import os
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.tools.run_unittest import run  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", default=str(ROOT / "build" / "test" / "bin"),
                        help="the folder of temperd and temper")
    parser.add_argument("--filter", help="only tests whose name matches this pattern")
    options = parser.parse_args()
    os.environ["TEMPER_BIN"] = str(pathlib.Path(options.bin).resolve())
    loader = unittest.TestLoader()
    if options.filter:
        loader.testNamePatterns = [f"*{options.filter}*"]
    suite = loader.discover(str(ROOT / "tests" / "e2e"), "test_*.py", str(ROOT))
    return run(suite)


if __name__ == "__main__":
    sys.exit(main())
