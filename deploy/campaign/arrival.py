"""How the events of an act reach the log: in any order, and some of them twice, in the other of the two modes."""

import json
from collections.abc import Iterable, Sequence
from random import Random

from contracts.codec import Message, NewEvent, encode, structured

#: The order is shuffled, but the same in each run: a run that fails can be run again.
SEED = 8
#: One event in so many is told twice.
TWICE = 3
_STRUCTURED = [("content-type", b"application/cloudevents+json; charset=utf-8")]


def arrivals(events: Iterable[NewEvent]) -> Sequence[Message]:
    """Return the messages of one act, in the order in which they are sent."""
    messages = [message for number, event in enumerate(events) for message in _tellings(number, event)]
    Random(SEED).shuffle(messages)  # noqa: S311  nobody gains by foreseeing it
    return messages


def _tellings(number: int, event: NewEvent) -> list[Message]:
    once = encode(event)
    if number % TWICE:
        return [once]
    text = json.dumps(structured(event), ensure_ascii=False, indent=1)
    return [once, Message(once.topic, once.key, text.encode(), list(_STRUCTURED))]
