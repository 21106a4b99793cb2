#!/usr/bin/python3
"""Each checker finds what it is for, and is silent on a tree without faults."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import check_format  # noqa: E402
import check_layers  # noqa: E402
import check_tree  # noqa: E402
from tree import ROOT  # noqa: E402

CMAKE = """\
temper_library(core_base SOURCES a.cc DEPS absl::strings)
temper_library(core_value SOURCES b.cc DEPS core_base)
temper_library(ir_graph SOURCES c.cc DEPS core_value)
"""
SOURCE = "int twice(int x) { return 2 * x; }\n"


class Checkers(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        subprocess.run(["git", "init", "-q"], cwd=self.root, check=True)
        shutil.copy(ROOT / ".clang-format", self.root)
        self.write("CMakeLists.txt", CMAKE)
        self.write("core/base/a.cc", SOURCE)

    def write(self, name: str, text: str):
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)

    def assert_found(self, check, part: str):
        findings = check(self.root)
        self.assertTrue(any(part in finding for finding in findings), findings)

    def test_a_good_tree_is_silent(self):
        self.write("ir/graph/c.cc", '#include <vector>\n\n#include "core/base/a.h"\n')
        self.write("kernels/jit/j.cc", '#include "ir/graph/c.h"\n')
        self.write("tests/unit/t.cc", '#include "server/x/y.h"\n')
        for checker in (check_layers, check_tree, check_format):
            self.assertEqual(checker.check(self.root), [])

    def test_includes_that_point_up(self):
        for name, include in [("core/base/a.h", "ir/graph/c.h"), ("ir/graph/c.h", "passes/x/y.h"),
                              ("passes/x/y.cc", "kernels/ops/o.h"),
                              ("kernels/ops/o.cc", "ir/graph/c.h"),
                              ("kernels/cpu/o.cc", "passes/x/y.h"),
                              ("passes/x/z.cc", "protos/p.h"), ("ir/text/t.cc", "tests/fakes/f.h")]:
            self.write(name, f'#include "{include}"\n')
            self.assert_found(check_layers.check, f"{name}: includes {include}")

    def test_includes_beyond_what_is_linked(self):
        self.write("core/base/a.h", '#include "core/value/b.h"\n')
        self.assert_found(check_layers.check, "core_base does not link core_value")

    def test_libraries_in_a_ring(self):
        self.write("CMakeLists.txt", CMAKE + "temper_library(a_b SOURCES x DEPS a_c)\n"
                                             "temper_library(a_c SOURCES y DEPS a_b)\n")
        self.assert_found(check_layers.check, "a_b links itself")

    def test_long_files(self):
        self.write("core/base/a.h", "// x\n" * 301)
        self.write("core/base/b.cc", "// x\n" * 801)
        self.write("core/base/c.cc", "// x\n" * 401)
        self.assert_found(check_tree.check, "core/base/a.h: 301 lines")
        self.assert_found(check_tree.check, "core/base/b.cc: 801 lines")
        self.assert_found(check_tree.check, "warning: core/base/c.cc: 401 lines")

    def test_long_functions(self):
        body = "".join(f"  x += {i};\n" for i in range(79))
        text = "namespace temper {\nvoid Thing::grow(int x) {\n" + body + "}\n}\n"
        self.write("core/base/f.cc", text)
        self.assert_found(check_tree.check, "core/base/f.cc:2: grow has 81 lines")

    def test_strange_top_level_entries(self):
        self.write("notes.txt", "x\n")
        self.write("attic/old.cc", SOURCE)
        self.assert_found(check_tree.check, "notes.txt: not among")
        self.assert_found(check_tree.check, "attic: not among")

    def test_paths_of_one_machine(self):
        self.write("core/README.md", "see /" + "work/main/core\n")
        self.assert_found(check_tree.check, "core/README.md:1: a path of one machine")

    def test_format(self):
        self.write("core/base/ugly.cc", "int  twice( int x ){return 2*x;}\n")
        self.assert_found(check_format.check, "core/base/ugly.cc")

    def test_the_exit_status_tells(self):
        tool = pathlib.Path(check_tree.__file__)
        run = lambda: subprocess.run([sys.executable, str(tool), str(self.root)],
                                     stdout=subprocess.DEVNULL).returncode
        self.assertEqual(run(), 0)
        self.write("stray.txt", "x\n")
        self.assertEqual(run(), 1)


if __name__ == "__main__":
    unittest.main()
