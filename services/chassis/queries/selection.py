"""Which rows of the overview a reader asked for, in which order, and the same rows as CSV for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

Row = Mapping[str, Any]
Order = Literal["municipality", "name", "region", "stage", "since"]
#: What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Selection(NamedTuple):
    """The filters of the overview; each that is None lets everything through. `older_than` is in days."""

    stage: str | None = None
    turn: str | None = None
    region: str | None = None
    older_than: int | None = None
    q: str | None = None
    sort: Order = "municipality"
    descending: bool = False

    def of(self, rows: Iterable[Row], now: datetime) -> list[Row]:
        """Return the chosen rows in order; rows without a `since` come last."""
        chosen = [row for row in rows if self._holds(row, now)]
        known = [row for row in chosen if row[self.sort] is not None]
        unknown = [row for row in chosen if row[self.sort] is None]
        known.sort(key=lambda row: (row[self.sort], row["municipality"]), reverse=self.descending)
        return [*known, *unknown]

    def _holds(self, row: Row, now: datetime) -> bool:
        return (
            self.stage in {None, row["stage"]}
            and self.turn in {None, row["turn"]["primary"]["actor"]}
            and self.region in {None, row["region"]}
            and (self.q is None or self.q.casefold() in f"{row['name']} {row['municipality']}".casefold())
            and (self.older_than is None or _older(row["since"], now, self.older_than))
        )


def as_csv(rows: Iterable[Row]) -> bytes:
    """Return rows as a spreadsheet reads them in Denmark: UTF-8 with byte order mark, semicolons, nothing a formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        writer.writerow([_harmless(cell) for cell in _cells(row)])
    return text.getvalue().encode("utf-8-sig")


_COLUMNS = (
    "kommunekode", "kommune", "region", "stage", "actor", "action", "role", "since", "oriented", "receiving",
    "orientation", "agreement", "guidance", "webinar", "forwarding", "task", "anomalies",
)  # fmt: skip


def _cells(row: Row) -> list[str]:
    primary, tracks = row["turn"]["primary"], row["tracks"]
    information = tracks.get("information") or {"guidance": None, "webinar": None}
    cells = [
        row["municipality"], row["name"], row["region"], row["stage"], primary["actor"], primary["action"],
        primary["role"], row["since"], _yes(row["oriented"]), _yes(row["receiving"]), tracks["orientation"],
        tracks["agreement"], information["guidance"], information["webinar"], tracks["forwarding"], tracks["task"],
        " ".join(row["anomalies"]),
    ]  # fmt: skip
    return [cell or "" for cell in cells]


def _yes(value: bool) -> str:  # noqa: FBT001  a cell's value, not a switch
    return "yes" if value else "no"


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _older(since: str | None, now: datetime, days: int) -> bool:
    return since is not None and now - datetime.fromisoformat(since) >= timedelta(days=days)
