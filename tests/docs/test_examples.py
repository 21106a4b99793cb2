"""Every example of the pages, against a daemon with the example models."""
import os
import shlex
import shutil
import signal
import subprocess
import time
import unittest

import grpc
import numpy

from tests.docs.examples import Session, agrees, bin_folder, commands
from tests.docs.markdown import ROOT, read
from tests.e2e.base import DaemonTest
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


class Configuration(DaemonTest):
    """The example of config.pbtxt, for the model that it fits."""

    @classmethod
    def fill(cls, repository):
        block, = [each for each in read("README.md")[0] if each.language == "pbtxt"]
        for version in (1, 2, 3):
            repository.add_example("digits", version=version, config=block.text)

    def infer(self, batch, name):
        image = numpy.ones((batch, 1, 8, 8), numpy.float32)
        return self.client.send(self.client.request("digits", {name: image}, version="2"))

    def test_does_what_the_page_says(self):
        metadata = self.client.call("ModelMetadata", name="digits")
        self.assertEqual(list(metadata.versions), ["2", "3"])
        for name in ("pixels", "image"):
            answer = self.infer(8, name)
            self.assertEqual([output.name for output in answer.outputs], ["scores", "class"])
        self.assert_fails(grpc.StatusCode.INVALID_ARGUMENT, lambda: self.infer(9, "pixels"), "8")


class Quickstart(unittest.TestCase):
    def test_hints_work(self):
        """What it prints for the next steps, as it stands there; then Ctrl-C."""
        preset = bin_folder().parent.name
        session = Session()
        mine = ROOT / "build" / "quickstart" / "models" / "mine"
        shutil.rmtree(mine, ignore_errors=True)
        self.addCleanup(shutil.rmtree, mine, True)
        process = subprocess.Popen(
            ["deploy/quickstart"], cwd=ROOT, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, start_new_session=True,
            env={**session.environment, "TEMPER_PRESET": preset})
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        printed = []
        for line in process.stdout:
            printed.append(line)
            if "Ctrl-C" in line:
                break
        hints = [line.strip() for line in printed if line.startswith("  ")
                 and line.split()[0].endswith(("temper", "curl", "mkdir"))]
        self.assertEqual(len(hints), 4, printed)
        archive = EXAMPLES / "models" / "textstats" / "1" / "model.pt"
        for hint in hints:
            status, answer = session.run(hint.replace("cp model.pt", f"cp {archive}"))
            self.assertEqual(status, 0, (hint, answer))
        ready = hints[0].replace("infer chargen", "ready mine").partition(" --input")[0]
        deadline = time.monotonic() + 20
        while session.run(ready)[0] != 0:
            self.assertLess(time.monotonic(), deadline, "the new model is not found")
            time.sleep(0.2)
        os.killpg(process.pid, signal.SIGINT)
        self.assertEqual(process.wait(30), 0)
        self.assertEqual(session.run(ready)[0], 3)

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
