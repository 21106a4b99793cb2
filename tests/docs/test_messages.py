"""What both programs say when something is wrong: the thing that is meant, and the next step."""
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import zipfile

import torch

from tests.docs.examples import Session, bin_folder
from tests.docs.markdown import ROOT
from tests.e2e.base import DaemonTest
from tests.e2e.daemon import Daemon, Repository

DIGITS = "deploy/examples/models/digits/1/model.pt"
PICTURE = "deploy/examples/pictures/7.png"
# Command, status, what it must say.
SAID = [
    ("temper", 2, ["Usage: temper", "infer"]),
    ("temper modles", 2, ["unknown command 'modles'", "did you mean models?", "`temper --help`"]),
    ("temper infer", 2, ["model is required", "`temper infer --help`"]),
    ("temper infer digits --inptu x=1", 2, ["unknown option --inptu", "did you mean --input?"]),
    ("temper models extra", 2, ["unexpected argument 'extra'"]),
    (f"temper run {DIGITS}", 1, ["argument 'image'", "--input image=VALUE", "--inputs FILE"]),
    (f"temper run {DIGITS} --method no", 1, ["no method 'no'", "forward, describe"]),
    (f"temper run {DIGITS} --input picture=1", 1, ["unexpected input 'picture'", "'image'"]),
    (f"temper run {DIGITS} --input image=@none.png", 1, ["cannot read the file none.png"]),
    (f"temper graph {DIGITS} --method no", 1, ["no method 'no'", "forward, describe"]),
    (f"temper graph {DIGITS} --after no", 1, ["no pass 'no'", "--list-passes"]),
    ("temper inspect none.pt", 1, ["cannot open none.pt"]),
    ("temper run README.md", 1, ["README.md", "torch.jit.save"]),
    ("temper ready --address 127.0.0.1:1", 3, ["127.0.0.1:1", "start temperd", "--address"]),
    ("temperd", 2, ["--model-repository is required", "`temperd --help`"]),
    ("temperd --model-repositry models", 2, ["did you mean --model-repository?"]),
    ("temperd --model-repository none", 2, ["none is no folder", "create it"]),
    ("temperd --model-repository deploy --grpc-port x", 2, ["--grpc-port", "0 to 65535"]),
    ("temperd --model-repository deploy --load-model a", 2, ["--model-control-mode explicit"]),
    ("temperd --config none.json", 2, ["none.json"]),
]
# Content of a configuration file, what is said of it.
CONFIGS = [
    ("{", ["no JSON", "byte"]),
    ("[1]", ["a JSON object"]),
    ('{"grpcport": 1}', ["unknown member 'grpcport'", "--help"]),
    ('{"grpc_port": "x"}', ["--grpc-port"]),
]


class Messages(unittest.TestCase):
    def said(self, command, status, pieces):
        got, printed = Session().run(command)
        self.assertEqual(got, status, printed)
        for piece in pieces:
            self.assertIn(piece, printed)

    def test_commands(self):
        for command, status, pieces in SAID:
            with self.subTest(command):
                self.said(command, status, pieces)

    def test_configuration_files(self):
        for text, pieces in CONFIGS:
            with self.subTest(text), tempfile.NamedTemporaryFile("w", suffix=".json") as file:
                file.write(text)
                file.flush()
                name = [] if "grpc_port" in text else [file.name]
                self.said(f"temperd --config {file.name}", 2, [*pieces, *name])

    def test_files_of_other_kinds(self):
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            state = torch.nn.Linear(2, 2).state_dict()
            torch.save(state, place / "state.pt")
            torch.save(state, place / "old.pt", _use_new_zipfile_serialization=False)
            for name, member in (("served.mar", "MAR-INF/MANIFEST.json"),
                                 ("exported.pt2", "exported/archive_format")):
                with zipfile.ZipFile(place / name, "w") as archive:
                    archive.writestr(member, "pt2")
            for name, pieces in (("state.pt", ["no code", "torch.jit.save"]),
                                 ("old.pt", ["bare pickle", "torch.jit.save"]),
                                 ("served.mar", ["TorchServe", "unzip"]),
                                 ("exported.pt2", ["torch.export", "torch.jit.save"])):
                with self.subTest(name):
                    self.said(f"temper run {place / name}", 1, [name, *pieces])

    def test_help_fits_a_screen(self):
        listed = subprocess.run([str(bin_folder() / "temper"), "--help"], check=True, text=True,
                                stdout=subprocess.PIPE).stdout.partition("Subcommands:\n")[2]
        names = re.findall(r"^  (\w+)", listed, re.M)
        self.assertIn("infer", names)
        for command in ["temperd", "temper", *(f"temper {name}" for name in names)]:
            status, printed = Session().run(f"{command} --help")
            self.assertEqual(status, 0)
            self.assertIn("Exit status", printed)
            self.assertEqual([line for line in printed.splitlines() if len(line) > 100], [])

    def test_versions(self):
        for program in ("temper", "temperd"):
            status, printed = Session().run(f"{program} --version")
            self.assertEqual(status, 0)
            self.assertRegex(printed, rf"^{program} \d+\.\d+\.\d+\n$")


class Asked(DaemonTest):
    """With a daemon to ask."""

    def test_inputs_by_name_are_those_of_a_request(self):
        address = f"127.0.0.1:{self.daemon.grpc}"
        local = Session().run(f"temper run {DIGITS} --input image=@{PICTURE}")
        remote = Session().run(f"temper infer digits --address {address} -i image=@{PICTURE}")
        self.assertEqual((local[0], remote[0]), (0, 0))
        self.assertRegex(local[1], r"\s7\n\[ CPULongType\{1\} \]\)\n$")
        self.assertRegex(remote[1], r"digit INT64 \[1\]\n  7\n$")

    def test_the_address_given_wins(self):
        session = Session()
        session.environment["TEMPER_ADDRESS"] = "127.0.0.1:1"
        for command in ("models", "ready", "ready digits"):
            given = f"temper {command} --address 127.0.0.1:{self.daemon.grpc}"
            self.assertEqual(session.run(given)[0], 0, command)
            self.assertEqual(session.run(f"temper {command}")[0], 3, command)

    def test_places_that_nothing_answers(self):
        for path, body, status, piece in (
                ("/", None, 404, "/v2/models/<model>/infer"),
                ("/v2/nowhere", None, 404, "/v2/nowhere"),
                ("/v2/models/digits/infer", None, 405, "POST"),
                ("/v2/models/digits", b"{}", 405, "GET")):
            got, answer = self.daemon.ask(path, body)[:2]
            self.assertEqual(got, status, path)
            self.assertIn(piece, json.loads(answer)["error"])

    def test_a_port_that_is_taken(self):
        for flag, port in (("grpc", self.daemon.grpc), ("http", self.daemon.http)):
            other = "http" if flag == "grpc" else "grpc"
            status, printed = Session().run(
                f"temperd --model-repository deploy --{flag}-port {port} --{other}-port 0")
            self.assertEqual(status, 1)
            self.assertRegex(printed, rf'^\S+ error server\.failed reason="cannot listen on '
                                      rf"127\.0\.0\.1:{port} for [^\n]*--{flag}-port[^\n]*\n$")

    def test_a_model_that_is_not_there(self):
        session = Session()
        session.environment["TEMPER_ADDRESS"] = f"127.0.0.1:{self.daemon.grpc}"
        status, printed = session.run("temper infer digit --input image=1")
        self.assertEqual((status, printed), (1, "temper: Request for unknown model: 'digit' is not "
                                                "found; ready are: chargen, digits, textstats\n"))
        status, printed = session.run("temper infer digits --version 7 --input image=1")
        self.assertEqual(status, 1)
        self.assertIn("version 7 is not found; known are: 1", printed)
        status, printed = session.run("temper load digits")
        self.assertEqual(status, 1)
        self.assertIn("--model-control-mode explicit", printed)


class Empty(unittest.TestCase):
    def test_hints_of_a_repository_without_models(self):
        for layout, pieces in (("", ["server.no_models", "<repository>/<model>/1/model.pt"]),
                               ("flat", ["move it into a folder of its version",
                                         "flat/1/model.pt"])):
            with self.subTest(layout):
                repository = Repository()
                self.addCleanup(repository.remove)
                if layout:
                    (repository.path / layout).mkdir()
                    shutil.copy(ROOT / DIGITS, repository.path / layout / "model.pt")
                daemon = Daemon(repository)
                self.addCleanup(daemon.stop)
                for piece in pieces:
                    self.assertIn(piece, daemon.text())


class Broken(DaemonTest):
    @classmethod
    def fill(cls, repository):
        (repository.path / "broken" / "1").mkdir(parents=True)
        (repository.path / "broken" / "1" / "model.pt").write_text("no archive")

    def test_why_a_model_has_no_versions(self):
        session = Session()
        session.environment["TEMPER_ADDRESS"] = f"127.0.0.1:{self.daemon.grpc}"
        for command in ("temper infer broken", "temper models"):
            self.assertIn("does not begin with a zip member", session.run(command)[1])
        self.assertIn("no model is ready", session.run("temper infer other")[1])
