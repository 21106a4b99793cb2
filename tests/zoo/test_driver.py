"""The driver itself must be able to fail: it is run against stand-ins for temper."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

import torch

from tests.zoo.compare import compare, compare_top5

RUN = pathlib.Path(__file__).with_name("run.py")
SAVE = RUN.with_name("save.py")
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


class Saving(unittest.TestCase):
    """The driver of saved archives, with stand-ins that save them wrongly."""

    def save(self, change: str, name: str):
        with tempfile.TemporaryDirectory() as folder:
            temper = pathlib.Path(folder) / "temper"
            temper.write_text("#!/usr/bin/python3\nimport shutil, sys, torch\n"
                              f"source, target = sys.argv[2:]\n{change}\n")
            temper.chmod(0o755)
            done = subprocess.run([sys.executable, str(SAVE), "--temper", str(temper),
                                   "--mode", "plain", "--filter", f"^{name}$"],
                                  text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            return done.returncode, done.stdout.splitlines()[-1]

    def test_copies_pass(self):
        copy = "shutil.copyfile(source, target)"
        self.assertEqual(self.save(copy, "collatz"), (0, "5 passed, 0 failed"))
        self.assertEqual(self.save(copy, "raises"), (0, "4 passed, 0 failed"))

    def test_other_values_fail(self):
        change = ("m = torch.jit.load(source)\nfor p in m.parameters():\n    p.data += 1\n"
                  "m.save(target)")
        self.assertEqual(self.save(change, "archive_deflated"), (1, "0 passed, 2 failed"))

    def test_another_second_file_fails(self):
        self.assertEqual(self.save("torch.jit.load(source).save(target)", "collatz"),
                         (1, "4 passed, 1 failed"))

    def test_an_unreadable_file_fails(self):
        self.assertEqual(self.save("open(target, 'w').write('junk')", "collatz"),
                         (1, "0 passed, 4 failed"))
        self.assertEqual(self.save("sys.exit('no')", "collatz"), (1, "0 passed, 4 failed"))


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
