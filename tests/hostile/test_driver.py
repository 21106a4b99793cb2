"""The driver itself must be able to fail."""
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile

from tests.hostile import misuse, pickles, sources, zips
from tests.hostile.attack import Attack, Limits, Outcome, judge

RUN = pathlib.Path(__file__).with_name("run.py")
LIMITS = Limits(seconds=5, megabytes=100)
REFUSAL = Outcome(1, "", "temper: zip: member 'm/a' is damaged\n", 0.1, 10)
ANSWER = Outcome(0, "7\n", "", 0.1, 10)


def drive(script: str, *options: str):
    """The exit status and the last line of the driver, with a stand-in for temper."""
    with tempfile.TemporaryDirectory() as folder:
        temper = pathlib.Path(folder) / "temper"
        temper.write_text(f"#!/bin/sh\n{script}\n")
        temper.chmod(0o755)
        done = subprocess.run([sys.executable, str(RUN), "--temper", str(temper), "--group", "zips",
                               *options],
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return done.returncode, done.stdout.splitlines()[-1]


class Judgement(unittest.TestCase):
    def accepts(self, outcome: Outcome, **wanted: str) -> None:
        self.assertIsNone(judge(Attack("a", b"", **wanted), outcome, LIMITS))

    def objects(self, outcome: Outcome, **wanted: str) -> None:
        self.assertIsNotNone(judge(Attack("a", b"", **wanted), outcome, LIMITS))

    def test_what_is_wanted(self):
        self.accepts(REFUSAL, refused="m/a")
        self.accepts(ANSWER, answer="7")
        self.accepts(REFUSAL)
        self.accepts(ANSWER)
        self.objects(REFUSAL, refused="m/b")
        self.objects(REFUSAL, answer="7")
        self.objects(ANSWER, refused="m/a")
        self.objects(ANSWER, answer="8")

    def test_what_is_never_accepted(self):
        for status, stderr, seconds, megabytes in [
                (-11, "", 0.1, 10), (134, "temper: a reason", 0.1, 10), (2, "usage", 0.1, 10),
                (1, "", 0.1, 10), (1, "temper: \n", 0.1, 10), (1, "a reason\n", 0.1, 10),
                (1, "temper: a reason\n", 6, 10), (1, "temper: a reason\n", 0.1, 200),
                (0, "x.cc:1: runtime error: signed integer overflow", 0.1, 10),
                (1, "ERROR: AddressSanitizer: heap-buffer-overflow", 0.1, 10),
                (1, "temper: internal: std::bad_alloc\n", 0.1, 10),
                (1, "temper: check failed: x > 0\n", 0.1, 10),
                (1, "temper: " + "a" * 100_000, 0.1, 10), (1, "temper: a\x1b[31mb", 0.1, 10)]:
            self.objects(Outcome(status, "", stderr, seconds, megabytes))


class Driver(unittest.TestCase):
    def test_refusals_pass(self):
        script = "echo 'temper: member m/a is damaged, no such header' >&2; exit 1"
        self.assertEqual(drive(script, "--filter", "zip_two_ends"), (0, "1 passed, 0 failed"))

    def test_crashes_and_hangs_fail(self):
        self.assertEqual(drive("kill -SEGV $$", "--filter", "zip_two_ends"),
                         (1, "0 passed, 1 failed"))
        self.assertEqual(drive("exec sleep 100", "--filter", "zip_two_ends", "--seconds", "1"),
                         (1, "0 passed, 1 failed"))

    def test_no_attack_is_a_failure(self):
        self.assertEqual(drive("exit 0", "--filter", "there is none"), (1, "0 passed, 0 failed"))


class Attacks(unittest.TestCase):
    def test_names_are_unique(self):
        for make in (zips.attacks, pickles.attacks, sources.attacks, misuse.attacks):
            names = [attack.name for attack in make()]
            self.assertEqual(len(names), len(set(names)))

    def test_the_sound_archive_is_a_zip_file(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(zips.archive())
            file.flush()
            with zipfile.ZipFile(file.name) as archive:
                self.assertIsNone(archive.testzip())
                self.assertEqual(archive.read("m/version"), b"3\n")


if __name__ == "__main__":
    unittest.main()
