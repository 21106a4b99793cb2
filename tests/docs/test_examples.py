"""Every example of the pages, against a daemon with the example models."""
import shlex
import time
import unittest

from tests.docs.examples import Session, agrees, bin_folder, commands
from tests.docs.markdown import ROOT, read
from tests.e2e.daemon import EXAMPLES, Daemon

PAGES = ("README.md", "server/README.md", "deploy/README.md")
QUICKSTART = "$ deploy/quickstart"
START = "$ temperd "


def console_blocks():
    return [block for page in PAGES for block in read(page)[0] if block.language == "console"]


class Models:
    """The repository that the pages serve."""
    path = EXAMPLES / "models"


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        start, = [block.text for block in console_blocks() if block.text.startswith(START)]
        program, flag, folder, *options = shlex.split(start[2:])
        assert (program, flag) == ("temperd", "--model-repository"), start
        assert (ROOT / folder).resolve() == Models.path, start
        cls.daemon = Daemon(Models, *options)
        cls.addClassCleanup(cls.daemon.stop)
        cls.session = Session({"build/release/bin": str(bin_folder()),
                               "127.0.0.1:8001": f"127.0.0.1:{cls.daemon.grpc}",
                               "127.0.0.1:8000": f"127.0.0.1:{cls.daemon.http}"})
        cls.session.environment["TEMPER_ADDRESS"] = f"127.0.0.1:{cls.daemon.grpc}"

    def test_console(self):
        ran = 0
        for block in console_blocks():
            if block.text.startswith((START, QUICKSTART)):
                continue
            with self.subTest(block.place):
                self.assertEqual(self.session.check(block), [])
                ran += len(commands(block))
        self.assertGreater(ran, 10)

    def test_clients_say_why_they_fail(self):
        nobody = Session({"127.0.0.1:8001": "127.0.0.1:1"})
        asked = 0
        for block in console_blocks():
            if "127.0.0.1:8001" not in block.text:
                continue
            for command, _ in commands(block):
                if "127.0.0.1:8001" not in command:
                    self.session.run(command)
                    continue
                status, printed = nobody.run(command)
                self.assertNotEqual(status, 0, command)
                self.assertIn("connect", printed)
                asked += 1
        self.assertEqual(asked, 2, "the clients in Python and C++")


class Quickstart(unittest.TestCase):
    def test_answers_within_ten_seconds_once_built(self):
        block, = [block for block in console_blocks() if block.text.startswith(QUICKSTART)]
        # What it prints holds a command of its own.
        command, _, expected = block.text[2:].partition("\n")
        preset = bin_folder().parent.name
        session = Session({"build/release": f"build/{preset}"})
        session.environment["TEMPER_PRESET"] = preset
        status, printed = session.run(command, timeout=600)
        self.assertEqual(status, 0, printed)
        start = time.monotonic()
        status, printed = session.run(command)
        seconds = time.monotonic() - start
        self.assertEqual(status, 0, printed)
        self.assertTrue(agrees(session.translate(expected), printed), printed)
        self.assertLess(seconds, 10)

    def test_an_unknown_option_is_refused(self):
        status, printed = Session().run("deploy/quickstart --twice")
        self.assertEqual((status, printed), (2, "usage: deploy/quickstart [--once]\n"))
