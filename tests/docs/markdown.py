"""What the tests read of a Markdown page: fenced blocks and tables, by the heading above them."""
import dataclasses
import pathlib
import re
from typing import List, Tuple

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True)
class Block:
    place: str  # README.md:12
    heading: str
    language: str
    text: str


@dataclasses.dataclass(frozen=True)
class Table:
    place: str
    heading: str
    head: List[str]
    rows: List[List[str]]


def _cells(line: str) -> List[str]:
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def parse(page: str, text: str) -> Tuple[List[Block], List[Table]]:
    blocks: List[Block] = []
    tables: List[Table] = []
    heading, lines = "", text.splitlines()
    at = 0
    while at < len(lines):
        line, place = lines[at], f"{page}:{at + 1}"
        at += 1
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("```"):
            end = lines.index("```", at)
            blocks.append(Block(place, heading, line[3:].strip(), "\n".join(lines[at:end]) + "\n"))
            at = end + 1
        elif line.startswith("|") and at < len(lines) and lines[at].startswith("|--"):
            rows = []
            at += 1
            while at < len(lines) and lines[at].startswith("|"):
                rows.append(_cells(lines[at]))
                at += 1
            tables.append(Table(place, heading, _cells(line), rows))
    return blocks, tables


def read(page: str) -> Tuple[List[Block], List[Table]]:
    return parse(page, (ROOT / page).read_text())


def table_under(page: str, heading: str) -> Table:
    """The one table under a heading."""
    found = [table for table in read(page)[1] if table.heading == heading]
    if len(found) != 1:
        raise AssertionError(f"{page}: {len(found)} tables under '{heading}', want one")
    return found[0]


def code(cell: str) -> str:
    """The text between the first backquotes of a cell."""
    found = re.search(r"`([^`]+)`", cell)
    if not found:
        raise AssertionError(f"no `code` in the cell '{cell}'")
    return found.group(1)
