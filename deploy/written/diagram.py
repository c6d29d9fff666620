"""The diagram of the architecture as SVG, made from lines of text: boxes on a grid, and arrows between them."""

import shlex
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

_COLUMN, _ROW, _WIDE, _HIGH, _EDGE = 250, 104, 178, 64, 24
_STYLE = """
  svg { color-scheme: light dark; font: 14px system-ui, sans-serif; }
  .ground { fill: #ffffff; } .box { fill: #f2f5f8; stroke: #48617a; stroke-width: 1.5; }
  .log { fill: #e4eefb; stroke: #1d5aa8; } .store { fill: #e8f3ea; stroke: #2c6e3f; }
  .title { fill: #14202b; font-weight: 600; } .detail, .label { fill: #3b4a58; font-size: 12px; }
  .way { stroke: #48617a; stroke-width: 1.5; fill: none; } .tip { fill: #48617a; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #11161c; } .box { fill: #1d2630; stroke: #8fa6bd; }
    .log { fill: #14283f; stroke: #6ea8f0; } .store { fill: #15301d; stroke: #74c08a; }
    .title { fill: #eef3f8; } .detail, .label { fill: #b9c6d3; } .way { stroke: #8fa6bd; } .tip { fill: #8fa6bd; }
  }
"""


class Box(NamedTuple):
    """A part: its middle in pixels, what it is, and one line below that."""

    x: int
    y: int
    kind: str
    title: str
    detail: str


class Arrow(NamedTuple):
    """A way from one box to another, and what goes along it."""

    start: Box
    end: Box
    label: str


def diagram(text: str) -> str:
    """Return the SVG of `text`; ValueError for a line that is neither box nor arrow, KeyError for an unknown box."""
    lines = [shlex.split(line) for line in text.splitlines() if line.strip() and not line.startswith("#")]
    boxes = {words[1]: _box(words) for words in lines if words[0] != "arrow"}
    arrows = [_arrow(words, boxes) for words in lines if words[0] == "arrow"]
    return "\n".join(_svg(list(boxes.values()), arrows)) + "\n"


def _box(words: list[str]) -> Box:
    kind, _, column, row, title, detail = words
    if kind not in {"box", "log", "store"}:
        raise ValueError(f"{kind!r} is neither box, log, store nor arrow")
    x, y = int(float(column) * _COLUMN), int(float(row) * _ROW)
    return Box(_EDGE + _WIDE // 2 + x, _EDGE + _HIGH // 2 + y, kind, title, detail)


def _arrow(words: list[str], boxes: dict[str, Box]) -> Arrow:
    _, start, end, label = words
    return Arrow(boxes[start], boxes[end], label)


def _svg(boxes: list[Box], arrows: list[Arrow]) -> Iterator[str]:
    width = max(box.x for box in boxes) + _WIDE // 2 + _EDGE
    height = max(box.y for box in boxes) + _HIGH // 2 + _EDGE
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title">'
    yield '<title id="title">The parts of klarmeld and what goes between them</title>'
    yield f"<style>{_STYLE}</style>"
    yield '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    yield '<path class="tip" d="M0 0 L8 4 L0 8 z"/></marker></defs>'
    yield f'<rect class="ground" width="{width}" height="{height}"/>'
    for arrow in arrows:
        yield from _drawn_arrow(arrow)
    for box in boxes:
        yield from _drawn_box(box)
    yield "</svg>"


def _drawn_box(box: Box) -> Iterator[str]:
    left, top = box.x - _WIDE // 2, box.y - _HIGH // 2
    yield f'<rect class="box {box.kind}" x="{left}" y="{top}" width="{_WIDE}" height="{_HIGH}" rx="6"/>'
    yield f'<text class="title" x="{box.x}" y="{box.y - 4}" text-anchor="middle">{escape(box.title)}</text>'
    yield f'<text class="detail" x="{box.x}" y="{box.y + 16}" text-anchor="middle">{escape(box.detail)}</text>'


def _drawn_arrow(arrow: Arrow) -> Iterator[str]:
    (x1, y1), (x2, y2) = _ends(arrow.start, arrow.end)
    yield f'<path class="way" d="M{x1} {y1} L{x2} {y2}" marker-end="url(#tip)"/>'
    if arrow.label:
        x, y = (x1 + x2) // 2, (y1 + y2) // 2 - 6
        place = 'x="{}" y="{}" text-anchor="middle"' if y1 == y2 else 'x="{}" y="{}" text-anchor="start" dx="8"'
        yield f'<text class="label" {place.format(x, y)}>{escape(arrow.label)}</text>'


def _ends(start: Box, end: Box) -> tuple[tuple[int, int], tuple[int, int]]:
    """Leave and reach boxes by their sides, or by top and bottom where one stands above the other."""
    if abs(end.x - start.x) < _WIDE:
        down = _HIGH // 2 if end.y > start.y else -_HIGH // 2
        return (start.x, start.y + down), (end.x, end.y - down)
    right = _WIDE // 2 if end.x > start.x else -_WIDE // 2
    return (start.x + right, start.y), (end.x - right, end.y)
