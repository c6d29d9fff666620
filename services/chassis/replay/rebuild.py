"""Rebuild: a new generation from the log, made live by one write while everything runs."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NamedTuple

from services.chassis import clock
from services.chassis.errors import ConflictError
from services.chassis.log.log_reader import Offsets, records_between
from services.chassis.projection.generations import (
    Change,
    carry_out,
    dropped,
    next_name,
    pointed_at,
)
from services.chassis.projection.journal import Signature
from services.chassis.projection.parked import Parked
from services.chassis.projection.store import Generation
from services.chassis.projection.target import Subject, Target, reached
from services.chassis.projection.undertaking import Phase, Undertaking, Undertakings
from services.chassis.replay.catching_up import catch_up, redriven
from services.chassis.replay.crew import Crew, crew
from services.chassis.replay.judging import Tell
from services.chassis.replay.share_work import Judgement
from services.chassis.replay.shares import Asked
from services.chassis.replay.swap import swapped
from services.chassis.replay.twins import Twins, twins

#: About so many records a second are folded, written and compared.
RECORDS_PER_S = 12_000


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a rebuild would do: so many records, which take about so long, and what is live meanwhile."""

    records: int
    seconds: int
    generation: Generation
    unfinished: Undertaking | None


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """How a rebuild ended: `change` is None where the new generation was not what the log says, and nothing changed."""

    collection: str
    change: Change | None
    new: Judgement
    old: Judgement


@dataclass(frozen=True, kw_only=True)
class Built:
    """A generation beside the live one; it waits for its swap where `new` has no differences."""

    collection: str
    live: str
    new: Judgement
    old: Judgement
    twins: Twins


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where a rebuild works; `moment` is told of each step that a crash could follow."""

    subject: Subject
    asked: Asked
    signature: Signature
    tell: Tell
    moment: Callable[[str], None]

    @property
    def undertakings(self) -> Undertakings:
        return Undertakings(self.subject.database)


class Made(NamedTuple):
    """A generation that was made, and what the log says of it and of the live one."""

    site: Site
    undertaking: Undertaking
    new: Judgement
    old: Judgement

    @property
    def right(self) -> bool:
        return not self.new.differences

    @property
    def counts(self) -> dict[str, int]:
        differed = len({each.document for each in self.old.differences})
        return {"documents": self.new.documents, "facts": self.new.facts, "differed_before": differed}


async def planned(target: Target) -> Plan:
    """Return what a rebuild would do now; changes nothing."""
    async with reached(target) as subject:
        start, fence = await whole_log(subject), await subject.reader.ends()
        records = records_between(start, fence)
        return Plan(
            records=records,
            seconds=1 + records // RECORDS_PER_S,
            generation=await pointed_at(subject.store),
            unfinished=await Undertakings(subject.database).unfinished(),
        )


async def rebuild(
    target: Target,
    asked: Asked,
    signature: Signature,
    *,
    tell: Tell,
    moment: Callable[[str], None] = lambda _: None,
) -> Rebuilt:
    """Make a generation anew, or finish one that was begun, and make it live if it is what the log says."""
    async with _made(target, asked, signature, tell, moment) as made:
        change = None
        if made.right:
            moment("before_swap")
            change = await swapped(made.site.subject, made.undertaking, made.counts, signature)
        moment("after_swap")
        return Rebuilt(collection=made.undertaking.collection, change=change, new=made.new, old=made.old)


async def build(target: Target, asked: Asked, signature: Signature, *, tell: Tell) -> Built:
    """Do the same up to the swap, which then waits for somebody who has seen what it changes."""
    async with _made(target, asked, signature, tell, lambda _: None) as made:
        subject, undertaking = made.site.subject, made.undertaking
        live = (await subject.store.generation()).live
        pair = await twins(subject, live, undertaking.collection, tell)
        if made.right:
            ready = undertaking._replace(phase=Phase.BUILT, found=made.counts)
            await made.site.undertakings.take(undertaking, ready)
        return Built(collection=undertaking.collection, live=live, new=made.new, old=made.old, twins=pair)


@asynccontextmanager
async def _made(
    target: Target, asked: Asked, signature: Signature, tell: Tell, moment: Callable[[str], None]
) -> AsyncIterator[Made]:
    """Yield a generation that is brought up to the log, kept up with the live one, and judged."""
    async with reached(target) as subject:
        site = Site(subject=subject, asked=asked, signature=signature, tell=tell, moment=moment)
        start, fence = await whole_log(subject), await subject.reader.ends()
        await subject.store.prepare()
        await Parked(subject.database).prepare()
        async with crew(target, subject, asked, records=records_between(start, fence), tell=tell) as shares:
            undertaking = await _folded(site, shares, await _begun(site), start, fence)
            moment("after_fold")
            await _written_also(site, undertaking.collection)
            moment("after_also")
            end = await _caught_up(site, undertaking)
            moment("after_follow")
            live = (await subject.store.generation()).live
            new, old = await shares.judge([undertaking.collection, live], start, end)
        yield Made(site, undertaking, new, old)


async def whole_log(subject: Subject) -> Offsets:
    """Return where the log begins; ConflictError where its first records have been deleted."""
    start = await subject.reader.beginnings()
    cut = sorted(f"{topic}-{partition}" for (topic, partition), offset in start.items() if offset)
    if cut:
        raise ConflictError(f"The log has lost its beginning ({', '.join(cut)}); a rebuild would forget facts.")
    return start


async def _begun(site: Site) -> Undertaking:
    """Take over the unfinished rebuild where its generation is whole, else begin one; a half-made one is removed."""
    before = await site.undertakings.unfinished()
    attempt, began = clock.new_id(), site.signature.at
    if before and before.whole:
        now = before._replace(attempt=attempt, phase=Phase.FOLDED, found={})
        await site.undertakings.take(before, now)
        return now
    now = Undertaking(attempt, await next_name(site.subject), Phase.FOLDING, {}, began)
    await site.undertakings.take(before, now)
    if before:
        await dropped(site.subject, before.collection)
    return now


async def _folded(site: Site, shares: Crew, undertaking: Undertaking, start: Offsets, fence: Offsets) -> Undertaking:
    """Fold the log into the generation, if it is not whole already."""
    if undertaking.whole:
        return undertaking
    await site.subject.store.prepare_collection(undertaking.collection)
    await shares.write(undertaking.collection, start, fence)
    whole = undertaking._replace(phase=Phase.FOLDED, fence=fence)
    await site.undertakings.take(undertaking, whole)
    return whole


async def _written_also(site: Site, collection: str) -> None:
    """Have every batch that is fetched from now on written to the generation as well."""
    pointer = await site.subject.store.generation()
    if collection not in pointer.in_writing_order:
        change = Change(pointer, Generation(pointer.live, (collection, *pointer.also)))
        await carry_out(site.subject, change, f"rebuild: {collection} is written too", site.signature)


async def _caught_up(site: Site, undertaking: Undertaking) -> Offsets:
    """Bring the generation up to the end of the log of now: whatever comes later, the service itself writes to it."""
    end = await site.subject.reader.ends()
    await catch_up(site.subject, undertaking.collection, undertaking.fence, end, site.tell)
    await redriven(site.subject, undertaking.collection, site.asked.now_ms)
    return end
