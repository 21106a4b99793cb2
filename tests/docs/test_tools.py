"""The tools of these tests read pages as they should and find what is wrong."""
import unittest

from tests.docs.examples import Session, agrees, commands
from tests.docs.markdown import Block, parse

PAGE = """# A
text
| x | y |
|---|---|
| `a` | 1 \\| 2 |
## B
```console
$ echo one \\
    two
one two
$ true
```
"""


def console(text: str) -> Block:
    return Block("page:1", "", "console", text)


class Markdown(unittest.TestCase):
    def test_blocks_and_tables(self):
        blocks, tables = parse("page", PAGE)
        self.assertEqual([(block.place, block.heading, block.language) for block in blocks],
                         [("page:7", "B", "console")])
        self.assertEqual([(table.heading, table.head, table.rows) for table in tables],
                         [("A", ["x", "y"], [["`a`", "1 | 2"]])])

    def test_commands(self):
        block = parse("page", PAGE)[0][0]
        self.assertEqual(commands(block), [("echo one \\\n    two", "one two\n"), ("true", "")])
        for text in ("nothing\n", "early\n$ true\n", ""):
            with self.assertRaises(AssertionError):
                commands(console(text))

    def test_dots_stand_for_anything(self):
        self.assertTrue(agrees("a ... c\n...\nz", "a b c\nmore\nlines\nz\n"))
        self.assertFalse(agrees("a ... c", "a b d"))
        self.assertFalse(agrees("a", "a\nb"))


class Examples(unittest.TestCase):
    def test_a_true_example(self):
        self.assertEqual(Session().check(console("$ echo one; echo two >&2\none\ntwo\n")), [])

    def test_a_false_example_is_found(self):
        for text in ("$ echo one\ntwo\n", "$ no-such-command\n", "$ echo one\n"):
            self.assertEqual(len(Session().check(console(text))), 1, text)

    def test_places_are_replaced(self):
        session = Session({"127.0.0.1:8001": "127.0.0.1:5"})
        self.assertEqual(session.run("echo 127.0.0.1:8001"), (0, "127.0.0.1:5\n"))
