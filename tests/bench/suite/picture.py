"""A picture of the ratios: one bar for each workload and number of threads."""
from typing import List
from xml.sax.saxutils import escape

LABEL, SCALE, BAR, GAP, TOP = 190, 420, 16, 8, 56
COLOURS = ("#2f6f9f", "#8fbcd9", "#c9dcea", "#dddddd")


def _text(x: float, y: float, words: str, anchor: str = "start", more: str = "") -> str:
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{escape(words)}</text>')


def _bar(y: float, row: dict, colour: str, widest: float) -> List[str]:
    ratio = row["ratio"]
    if ratio is None:
        return [_text(LABEL + 4, y + BAR - 4, "no figure", more='fill="#a33"')]
    length = SCALE * min(ratio, widest) / widest
    best = row["best"] or "nobody"
    return [f'<rect x="{LABEL}" y="{y}" width="{length:.1f}" height="{BAR - 2}" fill="{colour}"/>',
            _text(LABEL + length + 4, y + BAR - 4, f"{ratio:.2f}  ({best})")]


def svg(rows: List[dict], title: str) -> str:
    """`rows` have workload, threads, ratio (None: failed) and the name of the best peer."""
    names = list(dict.fromkeys(row["workload"] for row in rows))
    threads = sorted({row["threads"] for row in rows})
    widest = max([1.2, *(min(row["ratio"], 2.0) for row in rows if row["ratio"])])
    height = TOP + len(names) * GAP + len(rows) * BAR + 30
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LABEL + SCALE + 130}" '
             f'height="{height}" font-family="sans-serif" font-size="12">',
             f'<rect width="100%" height="100%" fill="white"/>',
             _text(10, 20, title, more='font-size="14" font-weight="bold"')]
    for i, count in enumerate(threads):
        x = LABEL + 110 * i
        parts.append(f'<rect x="{x}" y="30" width="12" height="12" '
                     f'fill="{COLOURS[i % len(COLOURS)]}"/>')
        parts.append(_text(x + 17, 40, f"{count} thread{'s' if count > 1 else ''}"))
    y = TOP
    for name in names:
        mine = [row for row in rows if row["workload"] == name]
        parts.append(_text(LABEL - 8, y + BAR * len(mine) / 2 + 4, name, "end"))
        for row in mine:
            colour = COLOURS[threads.index(row["threads"]) % len(COLOURS)]
            parts += _bar(y, row, colour, widest)
            y += BAR
        y += GAP
    x = LABEL + SCALE / widest
    parts.append(f'<line x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{y}" stroke="#a33" '
                 'stroke-dasharray="4 3"/>')
    parts.append(_text(x, y + 14, "1.0: the best peer", "middle", 'fill="#a33"'))
    return "\n".join([*parts, "</svg>", ""])
