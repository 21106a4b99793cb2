"""The reference tables of README.md against what the programs say of themselves."""
import json
import re
import subprocess
import tempfile
import unittest

import numpy

from tests.docs.examples import Session, bin_folder
from tests.docs.markdown import code, table_under
from tests.e2e.base import DaemonTest
from tests.e2e.daemon import Daemon, Repository

NO_KEY = {"--config", "--help", "--version"}
NONE = "—"


def help_of(program: str):
    """First long name of each option -> (all names, default, meaning)."""
    text = subprocess.run([str(bin_folder() / program), "--help"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    text = text.partition("Options:\n")[2].partition("\n\n")[0]
    options = {}
    for entry in re.split(r"\n(?=  -)", text):
        left, _, meaning = entry.strip().partition("  ")
        names = left.split(" ")[0].split("\n")[0].split(",")
        # A long name has its meaning on the lines below.
        meaning = " ".join((meaning or entry.partition("\n")[2]).split())
        default = re.search(r" \(default (.*?)\)", meaning)
        meaning = re.sub(r" \((default .*?|required)\)", "", meaning)
        options[next(name for name in names if name.startswith("--"))] = (
            names, default.group(1) if default else NONE, meaning)
    return options


class Options(unittest.TestCase):
    def test_flags_of_temperd(self):
        table = table_under("README.md", "Configuration")
        self.assertEqual(table.head, ["flag", "key", "default", "meaning"])
        written = {}
        for flag, key, default, meaning in table.rows:
            names = re.findall(r"`([^`]+)`", flag)
            written[names[0]] = (names, default.strip("`"), meaning.replace("`", ""))
            want = NONE if names[0] in NO_KEY else names[0][2:].replace("-", "_")
            self.assertEqual(key.strip("`"), want)
        real = {name: entry for name, entry in help_of("temperd").items()
                if name not in ("--help", "--version")}
        self.assertEqual(written, real)

    def test_every_key_is_accepted(self):
        """All of them in one file; what is refused in the end is the folder, not a key."""
        values = {"model_repository": "/no/such/folder", "model_control_mode": "explicit",
                  "load_model": ["a", "b"], "host": "127.0.0.1", "port_file": "x",
                  "log_level": "off", "memory_limit": "1gb"}
        keys = [row[1].strip("`") for row in table_under("README.md", "Configuration").rows]
        config = {key: values.get(key, True if key in ("http", "optimize", "verify_data") else 1)
                  for key in keys if key != NONE}
        config["http_port"] = 2
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(config, file)
            file.flush()
            status, printed = Session().run(f"temperd --config {file.name}")
        self.assertEqual((status, printed), (2, "temperd: --model-repository /no/such/folder is no "
                                                "folder; create it, or name another\n"))

    def test_flags_win_over_the_file(self):
        repository = Repository()
        self.addCleanup(repository.remove)
        for model in ("digits", "textstats"):
            repository.add_example(model)
        config = {"grpc_port": 1, "model_control_mode": "none", "load-model": ["digits"]}
        (repository.path / ".config.json").write_text(json.dumps(config))
        daemon = Daemon(repository, "--config", str(repository.path / ".config.json"),
                        "--model-control-mode", "explicit")
        self.addCleanup(daemon.stop)
        self.assertNotEqual(daemon.grpc, 1)
        self.assertTrue(daemon.client.call("ModelReady", name="digits").ready)
        self.assertFalse(daemon.client.call("ModelReady", name="textstats").ready)

    def test_commands_of_temper(self):
        table = table_under("README.md", "The command-line tool")
        listed = subprocess.run([str(bin_folder() / "temper"), "--help"], check=True, text=True,
                                stdout=subprocess.PIPE).stdout.partition("Subcommands:\n")[2]
        self.assertEqual({name for row in table.rows for name in re.findall(r"`(\w+)`", row[0])},
                         set(re.findall(r"^  (\w+)", listed, re.M)))


class Exit(unittest.TestCase):
    def test_exit_codes(self):
        """Each code of the table, by the example that its row names."""
        rows = table_under("README.md", "Exit codes").rows
        self.assertEqual([row[0] for row in rows], ["0", "1", "2", "3"])
        for number, _, example in rows:
            status, printed = Session({"127.0.0.1:8001": "127.0.0.1:1"}).run(code(example))
            self.assertEqual(status, int(number), printed)
            self.assertTrue(printed)


class Server(DaemonTest):
    def test_metrics(self):
        self.client.infer("digits", [numpy.zeros((1, 1, 8, 8), "float32")])
        text = self.daemon.get("/metrics")[1].decode()
        kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
        labels = {name: set() for name in kinds}
        for sample, inside in re.findall(r"^(\w+)(?:\{(.*)\})? \S+$", text, re.M):
            name = sample if sample in kinds else re.sub(r"_(bucket|sum|count)$", "", sample)
            labels[name] |= set(re.findall(r'(\w+)="', inside)) - {"le"}
        helps = dict(re.findall(r"^# HELP (\S+) (.*)$", text, re.M))
        written = {code(name): (kind, set(re.findall(r"\w+", names)), meaning)
                   for name, kind, names, meaning in table_under("README.md", "Metrics").rows}
        self.assertEqual(written,
                         {name: (kinds[name], labels[name], helps[name]) for name in kinds})

    def test_places_of_http(self):
        for row in table_under("README.md", "HTTP").rows:
            method, path = code(row[0]).split(" ")
            path = path.replace("MODEL", "digits").replace("VERSION", "1")
            body = b"{}" if method == "POST" else None
            status, answer = self.daemon.ask(path, body)[:2]
            # Refused is fine, unknown is not: each place is known as such.
            self.assertNotIn(status, (405, 500), (path, answer))
            self.assertNotIn(b"Not Found", answer, path)
