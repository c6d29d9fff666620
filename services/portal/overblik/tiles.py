"""Where each municipality lies on the map of tiles, and the short name that is written there."""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from contracts.municipalities import MUNICIPALITIES

COLUMNS, ROWS = 19, 13
LETTERS = 4
#: Names whose first four letters are another's too, or say little.
EXCEPTIONS = {
    "Brønderslev": "Brsl",
    "Brøndby": "Brby",
    "Faaborg-Midtfyn": "FaMi",
    "Fredericia": "Frca",
    "Frederiksberg": "Frbg",
    "Frederikshavn": "Frhn",
    "Frederikssund": "Frsd",
    "Høje-Taastrup": "HTaa",
    "Ikast-Brande": "IkBr",
    "Lyngby-Taarbæk": "LyTa",
    "Nordfyns": "Nfyn",
    "Norddjurs": "Ndju",
    "Ringkøbing-Skjern": "Rksk",
    "Ringsted": "Rgst",
    "Syddjurs": "Sdju",
    "Vejen": "Vejen",
    "Vejle": "Vejle",
}


class Tile(NamedTuple):
    """One municipality's place on the grid, counted from 0 at the top left, and its short name."""

    code: str
    column: int
    row: int
    label: str


@cache
def tiles() -> tuple[Tile, ...]:
    """Return all 98, row by row from the north and from west to east: the order in which they are read aloud."""
    found = json.loads((Path(__file__).parent / "tiles.json").read_text(encoding="utf-8"))["tiles"]
    placed = (Tile(each["code"], each["col"], each["row"], label(each["code"])) for each in found)
    return tuple(sorted(placed, key=lambda tile: (tile.row, tile.column)))


def label(code: str) -> str:
    """Return the short name of a municipality; no two are the same."""
    name = MUNICIPALITIES[code].name
    return EXCEPTIONS.get(name, name[:LETTERS])
