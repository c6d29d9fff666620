"""The one clock of the agreements: what was not signed by its day expires at the end of that day."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

from contracts import codec
from contracts.codec import NewEvent
from contracts.events import AgreementExpired
from contracts.facts import Fact
from contracts.instants import fixed
from contracts.settle import settle
from contracts.topics import OWN_SOURCES, Topic
from contracts.tracks import agreement
from services.agreements.deadline import day_of, end_of, expiry_id, is_over
from services.chassis import clock
from services.chassis.errors import KlarmeldError
from services.chassis.logs import logger
from services.chassis.projection.documents import Document
from services.chassis.service import Parts
from services.chassis.web.health import Health

log = logger(__name__)

#: How often the clock looks, in seconds: a deadline is a day.
EVERY_S = 60
#: A signature of the last minute may still be on its way when its day ends.
GRACE = timedelta(minutes=15)
#: States in which a signature is still awaited.
OPEN = frozenset({"sent", "delivered", "viewed", "bounced"})
SOURCE = OWN_SOURCES[Topic.AGREEMENTS]


def due(documents: Iterable[Document], today: str) -> list[NewEvent]:
    """Return an expiry for each open agreement whose day lies before `today`, but never one that was told before.

    Its id and time come from the agreement alone, so that whoever tells it, and however often, tells one fact. One
    with a signature on another document waits for EG to clarify it.
    """
    return [
        _expired(document, each["agreement_id"], each["sign_by"])
        for document in documents
        for each in _open(document.facts.values())
        if is_over(each["sign_by"], today) and not _told(document, expiry_id(each["agreement_id"], each["sign_by"]))
    ]


async def watch(parts: Parts) -> None:
    """Let agreements expire for as long as the service runs; what keeps it from that is tried again later."""
    while True:
        await asyncio.sleep(EVERY_S)
        if _knows_all(parts.health):
            try:
                await expire(parts, today())
            except KlarmeldError as error:
                log.warning("expiry_held_up", detail=error.detail)


async def expire(parts: Parts, today: str) -> list[str]:
    """Tell what is due and return the positions."""
    documents = await parts.store.of_live(lambda live: parts.store.with_overdue_agreements(live, OPEN, today))
    events = due(documents, today)
    if not events:
        return []
    positions = await parts.publisher.publish([codec.encode(event) for event in events])
    for event, position in zip(events, positions, strict=True):
        log.info("expired", event_id=event.id, position=position)
    return positions


def today() -> str:
    """Return the Danish day for the clock: the old one until the last signatures have had time to arrive."""
    return day_of(fixed(clock.now() - GRACE))


def _knows_all(health: Health) -> bool:
    """Whether everything on the log has been read: an older view might miss the signature."""
    return not health.troubles() and not any(each.records for each in health.lag.values())


def _open(facts: Iterable[Fact]) -> list[dict[str, str]]:
    track, _ = agreement.derive(settle(facts))
    return [
        each
        for each in track["agreements"]
        if each["state"] in OPEN and not each["superseded"] and not each["mismatched"]
    ]


def _told(document: Document, event_id: str) -> bool:
    return any(fact.id == event_id and fact.source == SOURCE for fact in document.facts.values())


def _expired(document: Document, agreement_id: str, sign_by: str) -> NewEvent:
    return NewEvent(
        data=AgreementExpired(agreement_id=agreement_id, sign_by=sign_by),
        id=expiry_id(agreement_id, sign_by),
        source=SOURCE,
        time=end_of(sign_by),
        rollout=document.rollout,
        municipality=document.municipality,
    )
