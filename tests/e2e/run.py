#!/usr/bin/python3
"""Runs the end-to-end tests against a build. The last line is `N passed, N failed`."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.tools.run_unittest import run_folder  # noqa: E402

if __name__ == "__main__":
    sys.exit(run_folder("e2e", __doc__))
