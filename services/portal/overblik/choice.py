"""What is chosen on Overblik: filters and order, each an address; what is none of the choices is left out."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import Query

from contracts.municipalities import MUNICIPALITIES
from contracts.tracks.stage import Stage

TURNS = ("municipality", "eg", "nobody")
DAYS = ("7", "14", "30")
#: What may be chosen of the goal and of the result, and the field of a row that says which of the two holds.
REACHED = ("reached", "missing")
FIGURES = {"goal": "oriented", "result": "receiving"}
REGIONS = tuple(sorted({each.region for each in MUNICIPALITIES.values()}))
KNOWN = {
    "stage": {*map(str, Stage)},
    "region": {*REGIONS},
    "turn": {*TURNS},
    "older_than": {*DAYS},
    "goal": {*REACHED},
    "result": {*REACHED},
}
#: The columns that a header orders by; the first is how the page begins.
SORTED = ("since", "name")
Order = Literal["asc", "desc"]
Given = Annotated[str, Query(max_length=100)]


class Choice(NamedTuple):
    """Filters that say something, and the order of the rows."""

    filters: Mapping[str, str]
    sort: str = SORTED[0]
    order: Order = "asc"
    everything: bool = False

    @property
    def asked(self) -> Mapping[str, Any]:
        """Return the query of the service, which knows no filter by goal or result: those are applied here."""
        asked = {name: value for name, value in self.filters.items() if name not in FIGURES}
        return {**asked, "sort": self.sort, "order": self.order}

    def holds(self, row: Mapping[str, Any]) -> bool:
        """Whether a row is among those whose goal and result were asked for; who takes no part has neither."""
        wanted = {name: self.filters[name] == "reached" for name in FIGURES if name in self.filters}
        taking_part = not wanted or row["stage"] != Stage.NOT_APPLICABLE
        return taking_part and all(row[FIGURES[name]] is reached for name, reached in wanted.items())

    @property
    def shows_others(self) -> bool:
        """Whether municipalities that take no part were asked for."""
        return self.filters.get("stage") == Stage.NOT_APPLICABLE

    def address(self, path: str = "/overblik", **changes: str) -> str:
        """Return the address of this choice with some of it changed; an empty value takes a part away."""
        usual = {"sort": SORTED[0], "order": "asc", "all": ""}
        said = {**self.filters, "sort": self.sort, "order": self.order, "all": "1" if self.everything else ""} | changes
        told = {name: value for name, value in said.items() if value and value != usual.get(name)}
        return f"{path}?{urlencode(told)}" if told else path

    def ordered_by(self, column: str) -> str:
        """Return the address that orders by a column, or the other way where it does so already."""
        turned = "desc" if self.sort == column and self.order == "asc" else "asc"
        return self.address(sort=column, order=turned)


def choice(  # noqa: PLR0913, PLR0917  the query of the page
    stage: Given = "",
    region: Given = "",
    turn: Given = "",
    older_than: Given = "",
    q: Given = "",
    goal: Given = "",
    result: Given = "",
    sort: Given = "",
    order: Given = "",
    all: Given = "",  # noqa: A002  the address says so
) -> Choice:
    """Return what a query chooses."""
    given = {"stage": stage, "region": region, "turn": turn, "older_than": older_than, "q": q.strip()}
    given |= {"goal": goal, "result": result}
    filters = {name: value for name, value in given.items() if value and value in KNOWN.get(name, {value})}
    return Choice(filters, sort if sort in SORTED else SORTED[0], "desc" if order == "desc" else "asc", bool(all))
