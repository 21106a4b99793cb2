"""Folders and their READMEs: each folder is described, and what is described exists."""
import re
import unittest

from tests.docs.markdown import ROOT, code, read
from tests.tools.tree import project_files

LAYERS = ("core", "ir", "passes", "kernels", "server", "protos", "deploy", "tests")
# A file or folder of the project, in backquotes, also one that protoc makes.
PATH = re.compile(r"`((?:%s)/[\w./-]*)`" % "|".join(LAYERS))


def folders_in(layer: str):
    return {name.split("/")[1] for name in project_files(ROOT)
            if name.startswith(f"{layer}/") and name.count("/") > 1}


def described(layer: str) -> str:
    return (ROOT / layer / "README.md").read_text()


class Readmes(unittest.TestCase):
    def test_the_map_of_the_project(self):
        rows = [row for table in read("README.md")[1] if table.heading == "Where things are"
                for row in table.rows]
        named = {name for row in rows for name in re.findall(r"`(\w+)/`", row[0])}
        self.assertEqual(named, set(LAYERS))

    def test_every_folder_is_described(self):
        for layer in LAYERS:
            text = described(layer)
            for folder in sorted(folders_in(layer)):
                with self.subTest(f"{layer}/{folder}"):
                    self.assertTrue(re.search(rf"[`/]{folder}/", text), "not in the README")

    def test_what_is_described_exists(self):
        for layer in LAYERS:
            for table in read(f"{layer}/README.md")[1]:
                if table.head[0] not in ("folder", "path"):
                    continue
                for row in table.rows:
                    for path in re.findall(r"`([^`]+)`", row[0]):
                        with self.subTest(f"{table.place}: {path}"):
                            self.assertTrue(list((ROOT / layer).glob(path)), path)

    def test_paths_in_text_exist(self):
        pages = ["README.md"] + [f"{layer}/README.md" for layer in LAYERS]
        for page in pages:
            for path in PATH.findall((ROOT / page).read_text()):
                with self.subTest(f"{page}: {path}"):
                    # What protoc makes lies in the build folder.
                    self.assertTrue((ROOT / path.replace(".pb.h", ".proto").replace(
                        ".grpc.proto", ".proto")).exists(), path)

    def test_every_pass_is_described(self):
        rows = [row for table in read("passes/README.md")[1] if table.head[0] == "name"
                for row in table.rows]
        written = {code(row[0]): code(row[1]) for row in rows}
        real = re.findall(r'^PASS\(\w+, "(\w+)"', (ROOT / "passes/passes.def").read_text(), re.M)
        self.assertEqual(set(written), set(real))
        for path in written.values():
            self.assertTrue((ROOT / "passes" / path).exists(), path)
