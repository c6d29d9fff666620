"""An operator's word on notices that nobody else can judge: they arrived, are given up, or are sent again."""

from typing import Any

from services.chassis.outward.ledger import Ledger
from services.chassis.outward.ledger_entry import Entry, Fate
from services.notifications.ledger_shapes import Resolve, Verdict

#: What each verdict may be said of. What is claimed or on its way decides by itself.
FITS = {
    Verdict.SENT: {Fate.UNKNOWN},
    Verdict.FAILED: {Fate.UNKNOWN},
    Verdict.RETRY: {Fate.UNKNOWN, Fate.FAILED},
}
AFTER = {Verdict.SENT: Fate.SENT, Verdict.FAILED: Fate.FAILED, Verdict.RETRY: Fate.CLAIMED}


async def resolve(ledger: Ledger, said: Resolve, now: int) -> dict[str, Any]:
    """Return the plan, or what was done where `execute` says so; `now` is in milliseconds."""
    entries = await ledger.of(said.keys)
    items = [await _resolved(ledger, key, entries.get(key), said, now) for key in said.keys]
    reopened = said.reopen and said.execute and await ledger.open(now, by(said))
    return {"executed": said.execute, "items": items, "reopened": reopened}


def by(said: Resolve) -> str:
    """Return who decided, and why."""
    return f"{said.who}: {said.why}"


async def _resolved(ledger: Ledger, key: str, entry: Entry | None, said: Resolve, now: int) -> dict[str, Any]:
    verdict = said.verdict
    if entry and verdict and _said_before(entry, verdict, said):
        return {"notification_key": key, "before": entry.state, "after": entry.state}
    fits = entry is not None and verdict is not None and entry.state in FITS[verdict]
    after = AFTER[verdict] if fits and verdict else None
    if fits and said.execute and entry and verdict:
        moved = await ledger.move(entry, **_changes(verdict, said, now))
        after = moved.state if moved else None  # somebody else was first: look again
    return {"notification_key": key, "before": entry.state if entry else None, "after": after}


def _said_before(entry: Entry, verdict: Verdict, said: Resolve) -> bool:
    """Return whether this very word was taken already, and its answer got lost on the way to who asked."""
    return entry.by == by(said) and entry.state is AFTER[verdict] and entry.state not in FITS[verdict]


def _changes(verdict: Verdict, said: Resolve, now: int) -> dict[str, Any]:
    changes = {"state": AFTER[verdict], "since": now, "by": by(said), "owner": None}
    if verdict is Verdict.RETRY:
        return {**changes, "lease": 0, "attempts": 0, "first": now, "reason": None}
    return {**changes, "told": False, "reason": "resolved" if verdict is Verdict.FAILED else None}
