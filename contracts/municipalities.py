"""The 98 municipalities of Denmark by kommunekode; Christiansø (0411) is not one."""

import csv
from importlib.resources import files
from typing import NamedTuple


class Municipality(NamedTuple):
    """Name and region are for display and filters; the code is the key."""

    code: str
    name: str
    region: str


def _read() -> dict[str, Municipality]:
    with files("contracts").joinpath("data/municipalities.csv").open(encoding="utf-8") as lines:
        return {row["code"]: Municipality(**row) for row in csv.DictReader(lines)}


MUNICIPALITIES = _read()
