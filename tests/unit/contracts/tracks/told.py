"""Views of what was told: plain facts in, the JSON of a view or of one track out."""

from collections.abc import Iterable
from typing import Any

from contracts.progress import derive_as_of
from tests.facts_made import FIRST_RECORDED, Plain, placed, union


def day(number: int) -> str:
    """Return nine o'clock of a day in February 2026, as views show it."""
    return f"2026-02-{number:02}T09:00:00Z"


def view(*own: Plain, rollout: Iterable[Plain] = (), as_of: int | None = None, heard: int | None = None) -> Any:
    """Return the view of what the log recorded in this order, as of a day, or when `heard` facts were known."""
    return derive_as_of(
        union(placed(own)),
        union(placed(rollout)),
        as_of=f"2026-02-{as_of:02}T09:00:00.000000Z" if as_of else None,
        known_at=FIRST_RECORDED + 1000 * (heard - 1) if heard else None,
    )


def track(name: str, *own: Plain, rollout: Iterable[Plain] = (), as_of: int | None = None) -> Any:
    return view(*own, rollout=rollout, as_of=as_of)["tracks"][name]


def odd(view: Any) -> list[tuple[str, list[str]]]:
    """Return the anomalies of a view as pairs of code and ids."""
    return [(each["code"], each["facts"]) for each in view["anomalies"]]
