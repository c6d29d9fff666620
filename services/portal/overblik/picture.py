"""What Overblik shows, made from the rows that were chosen: the table, the map and how many are at each stage."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from contracts.tracks.stage import Stage
from services.portal.overblik.choice import Choice
from services.portal.overblik.tiles import Tile, tiles

#: So many rows until all are asked for.
FIRST = 12
#: The stages as the eye looks for them: what needs somebody first, what is done last.
STAGES = (
    Stage.BLOCKED, Stage.TO_ORIENT, Stage.AWAITING_EG, Stage.TO_SIGN, Stage.TO_CONFIGURE, Stage.TO_VERIFY,
    Stage.RECEIVING,
)  # fmt: skip
#: Those of a table that counts all 98.
ALL_STAGES = (*STAGES, Stage.NOT_APPLICABLE)
ICONS = {
    Stage.BLOCKED: "error",
    Stage.TO_ORIENT: "groups",
    Stage.AWAITING_EG: "hourglass",
    Stage.TO_SIGN: "edit",
    Stage.TO_CONFIGURE: "settings",
    Stage.TO_VERIFY: "visibility",
    Stage.RECEIVING: "check",
    Stage.NOT_APPLICABLE: "minus",
}
#: Why an agreement needs resolving (see `contracts/tracks/stage.py`).
STOPPED = ("bounced", "declined", "expired", "voided", "terminated")

Row = Mapping[str, Any]


class Square(NamedTuple):
    """A tile of the map and the row that it stands for; None: it takes no part, or the filter leaves it out."""

    tile: Tile
    row: Row | None
    left_out: bool


class Picture(NamedTuple):
    """What is shown of the chosen municipalities; `found` of them there are, and `rows` are the first."""

    rows: Sequence[Row]
    found: int
    squares: Sequence[Square]
    stages: Mapping[str, int]
    outside: int
    retired_eans: int

    @property
    def left_out(self) -> bool:
        """Whether the filter leaves out anybody who takes part."""
        return any(square.left_out for square in self.squares)


def picture(rows: Sequence[Row], everyone: Sequence[Row], choice: Choice) -> Picture:
    """Return the same choice as table, map and counts; who takes no part is in the table when asked for alone."""
    part = [row for row in rows if (row["stage"] == Stage.NOT_APPLICABLE) is choice.shows_others]
    counted = Counter(row["stage"] for row in rows)
    placed = _taking_part(rows)
    left_out = _taking_part(everyone).keys() - placed.keys()
    return Picture(
        rows=part if choice.everything else part[:FIRST],
        found=len(part),
        squares=[Square(tile, placed.get(tile.code), tile.code in left_out) for tile in tiles()],
        stages={stage: counted[stage] for stage in STAGES},
        outside=counted[Stage.NOT_APPLICABLE],
        retired_eans=sum("retired_ean_used" in row["anomalies"] for row in rows),
    )


def _taking_part(rows: Sequence[Row]) -> Mapping[str, Row]:
    return {row["municipality"]: row for row in rows if row["stage"] != Stage.NOT_APPLICABLE}


def cause(row: Row) -> str | None:
    """Return the key of the text that says why a municipality needs resolving."""
    if row["stage"] != Stage.BLOCKED:
        return None
    agreement = row["tracks"]["agreement"]
    return f"agreement.{agreement}.title" if agreement in STOPPED else "forwarding.failed.title"


def version(figures: Mapping[str, Any]) -> str:
    """Return what stands for a rollout's figures: the page that shows them and the stream that tells them say it."""
    return blake2b(json.dumps(figures, sort_keys=True).encode(), digest_size=8).hexdigest()
