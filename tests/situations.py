"""Given: what a decision is told of the facts that stand on the log before its command."""

from contracts import codec
from contracts.facts import Heard
from contracts.instants import read_instant, to_milliseconds
from contracts.progress import derive_settled
from contracts.records import KafkaRecord
from contracts.settle import settle
from contracts.writer import NewEvent
from services.chassis.doors.decision import Situation

NOW = "2026-11-01T09:00:00.000000Z"


def given(*events: NewEvent) -> Situation:
    """Return the situation after `events`, recorded in this order at their own times."""
    told = [heard(offset, event) for offset, event in enumerate(events)]
    own = settle(each.fact for each in told if each.municipality)
    whole = settle(each.fact for each in told if not each.municipality)
    return Situation(own, whole, derive_settled(own, whole), NOW)


def heard(offset: int, event: NewEvent) -> Heard:
    """Return an event as the log tells it at a place of its own."""
    message = codec.encode(event)
    told_at = to_milliseconds(read_instant(event.time))
    found = codec.read(KafkaRecord(message.topic, 0, offset, told_at, message.key, message.value, message.headers))
    assert isinstance(found, Heard)
    return found
