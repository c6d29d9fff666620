"""The audit trail of one agreement: what it is, how it stands, and who said what about it when."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from contracts.concerns import Concern, concern_of
from contracts.facts import Fact
from contracts.names import EventName
from contracts.settle import settle
from contracts.tracks import agreement
from services.chassis.queries.timeline import item


def trail(facts: Iterable[Fact], agreement_id: str) -> dict[str, Any] | None:
    """Return the agreement and its facts, oldest first, those that do not count among them; None for an unknown id."""
    held = list(facts)
    settled = settle(held)
    agreements = agreement.derive(settled)[0]["agreements"]
    found = next((each for each in agreements if each["agreement_id"] == agreement_id), None)
    if found is None:
        return None
    about = sorted(_about(held, agreement_id), key=lambda fact: (fact.order, fact.place))
    return {
        **found,
        "superseded_by": [each["agreement_id"] for each in agreements if each["supersedes"] == agreement_id],
        "facts": [_told(fact, counts=settled.counts(fact)) for fact in about],
    }


def _about(held: Sequence[Fact], agreement_id: str) -> list[Fact]:
    """Return the facts about an agreement, and the retractions of those and of each other."""
    found = [each for each in held if each.subject == agreement_id and concern_of(each.type) is Concern.AGREEMENT]
    retractions = {each for each in held if each.name is EventName.FactRetracted}
    while more := {each for each in retractions if _names_one_of(each, found)}:
        retractions -= more
        found += more
    return found


def _names_one_of(retraction: Fact, facts: Iterable[Fact]) -> bool:
    target = (retraction.topic, retraction.data["source"], retraction.data["id"])
    return any(target == (fact.topic, *fact.identity) for fact in facts)


def _told(fact: Fact, *, counts: bool) -> dict[str, Any]:
    return {"what": fact.name, "who": _who(fact.source, fact.data), **item(fact, counts=counts)}


def _who(source: str, data: Mapping[str, Any]) -> str:
    """Return the role or party that a fact names, else the system that told it: never a person."""
    named = (data.get(name) for name in ("signed_by_role", "by_role", "supplier"))
    return next((each for each in named if isinstance(each, str)), source)
