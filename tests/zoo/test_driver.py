"""The driver itself must be able to fail: it is run against stand-ins for temper."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

import torch

from tests.zoo.compare import compare, compare_top5

RUN = pathlib.Path(__file__).with_name("run.py")
STAND_IN = """\
#!/usr/bin/python3
import sys, time, torch
for index, line in enumerate(open(sys.argv[3])):
    model, method, inputs, output = line.rstrip("\\n").split("\\t")
    print("a line that the program printed")
    try:
        value = getattr(torch.jit.load(model), method)(*torch.load(inputs))
        {change}
        torch.save(value, output)
        print(f"{{index}}\\tok", flush=True)
    except (RuntimeError, IndexError, ValueError, torch.jit.Error) as error:
        print(f"{{index}}\\terror\\t" + str(error).replace("\\n", " "), flush=True)
"""


def drive(change: str, *options: str):
    """The exit status and the last line of the driver, with what the stand-in does to a value."""
    with tempfile.TemporaryDirectory() as folder:
        temper = pathlib.Path(folder) / "temper"
        temper.write_text(STAND_IN.format(change=change))
        temper.chmod(0o755)
        done = subprocess.run([sys.executable, str(RUN), "--temper", str(temper), *options],
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return done.returncode, done.stdout.splitlines()


class Driver(unittest.TestCase):
    def test_right_answers_pass(self):
        status, lines = drive("pass", "--filter", "^(collatz|raises|unpack_lists|printing)$")
        self.assertEqual((status, lines[-1]), (0, "10 passed, 0 failed"), lines)

    def test_wrong_values_fail(self):
        status, lines = drive("value = (value[0] + 1, value[1])", "--filter", "^collatz$")
        self.assertEqual((status, lines[-1]), (1, "0 passed, 4 failed"), lines)

    def test_an_answer_in_place_of_an_error_fails(self):
        status, lines = drive("value = 0\n    except torch.jit.Error:\n        value = 0\n"
                              "    try:\n        pass", "--filter", "^asserts$")
        self.assertEqual((status, lines[-1]), (1, "0 passed, 2 failed"), lines)

    def test_another_error_than_expected_fails(self):
        status, lines = drive("raise ValueError('something else')", "--filter", "^raises$")
        self.assertEqual((status, lines[-1]), (1, "2 passed, 1 failed"), lines)

    def test_a_crash_fails_one_call_only(self):
        status, lines = drive("7 in value and sys.exit(3)", "--filter", "^(collatz|primes_below)$")
        self.assertEqual((status, lines[-1]), (1, "6 passed, 1 failed"), lines)

    def test_a_hang_fails_one_call_only(self):
        status, lines = drive("value and 47 in value and time.sleep(60)", "--filter",
                              "^primes_below$", "--timeout", "8")
        self.assertEqual((status, lines[-1]), (1, "2 passed, 1 failed"), lines)

    def test_no_case_is_a_failure(self):
        status, lines = drive("pass", "--filter", "^there is none$")
        self.assertEqual((status, lines[-1]), (1, "0 passed, 0 failed"))


class Comparison(unittest.TestCase):
    def differs(self, got, want):
        self.assertIsNotNone(compare(got, want), (got, want))
        self.assertIsNone(compare(want, want), want)

    def test_kinds_and_values(self):
        for got, want in [(1, 1.0), (True, 1), ("a", "b"), ([1], (1,)), ([1], [1, 2]), (None, 0),
                          ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ({"a": 1}, {"a": 2}),
                          (1.0, 1.001), (float("nan"), 1.0), (float("inf"), -float("inf")),
                          (1 + 1j, 1 + 1.01j), ((1, [2, "x"]), (1, [2, "y"]))]:
            self.differs(got, want)
        self.assertIsNone(compare(float("nan"), float("nan")))
        self.assertIsNone(compare(1.00000001, 1.0))

    def test_tensors(self):
        ones = torch.ones(2, 3)
        nan = ones.clone()
        nan[0, 0] = float("nan")
        for got, want in [(ones.double(), ones), (ones[0], ones), (ones + 1e-3, ones), (ones, nan),
                          (nan, ones), (ones / 0, -ones / 0), (ones.int(), ones.int() * 2),
                          (ones > 2, ones > 0), (1.0, torch.tensor(1.0)), ([ones], ones)]:
            self.differs(got, want)
        self.assertIsNone(compare(ones + 1e-6, ones))
        self.assertIsNone(compare(nan, nan.clone()))

    def test_top5(self):
        want = torch.arange(20.0).view(2, 10)
        self.assertIsNone(compare_top5(want + 1e-5, want, 1e-4))
        self.assertIsNotNone(compare_top5(want.flip(1), want, 1e-4))


if __name__ == "__main__":
    unittest.main()
