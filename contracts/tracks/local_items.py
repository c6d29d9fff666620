"""A municipality's own items beside the card's (card: "Der kan også være andet")."""

from collections.abc import Iterable
from typing import Any

from contracts.facts import Fact
from contracts.instants import shown
from contracts.names import EventName


def local_items(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """Return each item with its latest text; of added and closed the later counts. `facts` come earliest first."""
    items: dict[str, dict[str, Any]] = {}
    for fact in facts:
        data = fact.data
        items[data["item_id"]] = {
            "item_id": data["item_id"],
            "text": data["text"],
            "state": "open" if fact.name is EventName.LocalItemAdded else "closed",
            "since": shown(fact.time),
        }
    return [items[item] for item in sorted(items)]
