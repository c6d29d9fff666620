"""The facts of one municipality in pages, newest first, each with whether it counts."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from contracts.canonical import NotJsonError, plain_value
from contracts.facts import Fact
from contracts.instants import from_milliseconds, shown
from contracts.names import EventName
from contracts.settle import settle
from services.chassis.errors import InvalidRequestError
from services.chassis.web.paging import read_cursor, write_cursor

#: So many facts that were shown last are ready to be shown again: some 5 MB.
REMEMBERED = 2_048


def page(facts: Iterable[Fact], whole: Iterable[Fact] = (), *, cursor: str | None, limit: int) -> dict[str, Any]:
    """Return `{"items": […], "next": cursor | None}`; newest by the time at which the fact holds.

    `whole` are facts of the rollout that are shown among the municipality's own.
    """
    own, shared = list(facts), list(whole)
    held = [*own, *shared]
    counting = {*settle(own).facts, *settle(shared).facts}
    ordered = sorted(held, key=_key, reverse=True)
    if cursor is not None:
        after = _read(cursor)
        ordered = [fact for fact in ordered if _key(fact) < after]
    shown_now = ordered[:limit]
    more = len(ordered) > limit
    return {
        "items": [item(fact, counts=fact in counting) for fact in shown_now],
        "next": write_cursor(list(_key(shown_now[-1]))) if more else None,
    }


@lru_cache(maxsize=REMEMBERED)
def item(fact: Fact, *, counts: bool) -> Mapping[str, Any]:
    """Return one fact as JSON, not to be changed: what, when, where on the log, and whether it counts."""
    return {
        "id": fact.id,
        "source": fact.source,
        "type": fact.type,
        "subject": fact.subject,
        "time": shown(fact.time),
        "recorded": shown(from_milliseconds(fact.recorded)),
        "topic": fact.topic,
        "partition": fact.partition,
        "offset": fact.offset,
        "counts": counts,
        "data": _said(fact),
    }


def _said(fact: Fact) -> Mapping[str, Any]:
    """Return the data as one municipality may see it: of who else a dispatch went to only how many they are."""
    data = _whole(fact)
    if fact.name is not EventName.AgreementBatchDispatched:
        return data
    return {**{name: data[name] for name in ("batch_id", "roster_as_of") if name in data}, "count": len(data["roster"])}


def _whole(fact: Fact) -> Mapping[str, Any]:
    """Return the data; fractions as text where a JSON library would round one, or could not write it at all (1e400)."""
    try:
        plain_value(fact.body)
    except NotJsonError:
        data: dict[str, Any] = json.loads(fact.body, parse_float=str)
        return data
    return fact.data


def _key(fact: Fact) -> tuple[str | int, ...]:
    return (fact.time, fact.id, fact.source, *fact.place)


def _read(cursor: str) -> tuple[str | int, ...]:
    key = tuple(read_cursor(cursor))
    if [type(part) for part in key] != [str, str, str, int, str, int, int]:
        raise InvalidRequestError("`cursor` is not one that this route gave; start again without it.")
    return key
