"""The package lists against what the binaries link."""
import re
import subprocess
import unittest

from tests.docs.examples import bin_folder
from tests.docs.markdown import ROOT


def printed(*command: str) -> str:
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def owners() -> set:
    """Packages of the libraries that the binaries themselves name."""
    found = set()
    for name in ("temper", "temperd"):
        path = str(bin_folder() / name)
        for library in re.findall(r"NEEDED\s+(lib\S+)", printed("objdump", "-p", path)):
            # By its end: /lib is a link to /usr/lib, and packages name either.
            found.add(printed("dpkg", "-S", f"*-linux-gnu/{library}").partition(":")[0])
    return found


class Packages(unittest.TestCase):
    def test_of_a_machine_that_only_runs(self):
        lines = (ROOT / "deploy" / "packages-run.txt").read_text().splitlines()
        listed = {line for line in lines if line and not line.startswith("#")}
        self.assertEqual(owners(), listed)
