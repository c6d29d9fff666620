"""Parked records tried again: first a plan that changes nothing, then exactly what the plan selected."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Any, NamedTuple

from contracts import codec
from contracts.facts import Heard, fact_key
from contracts.records import KafkaRecord, Record
from contracts.refusals import Reason, Refusal
from services.chassis.errors import ConflictError, InvalidRequestError
from services.chassis.projection.journal import Journal, Receipt, Signature
from services.chassis.projection.parked import Mark, Parked
from services.chassis.projection.parked_choice import Choice, State, id_of
from services.chassis.projection.projector import Moment, Projector
from services.chassis.projection.store import Store, translated

#: Records tried at once; each chunk is durable before the next begins.
CHUNK = 1_000
#: Most records of one selection: what is selected is answered one by one.
MOST_SELECTED = 100_000
NOT_WHOLE = "Only the beginning of this record is kept here, so it can't be tried; rewind the group to its place."


class RedriveOutcome(StrEnum):
    """What a try makes of a record, or would make."""

    PROCESSED = "processed"
    KNOWN = "known"
    FAILED = "failed"
    DISCARDED = "discarded"


class Tried(NamedTuple):
    """One record of a selection, and what a try makes of it; `mark` says where it is stored."""

    id: str
    outcome: RedriveOutcome
    reason: str
    detail: str
    reason_before: str
    mark: Mark


class By(NamedTuple):
    """Who wants something done and why, and the client whose token was shown."""

    signature: Signature
    client: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A frozen selection: what would become of each record, and the fingerprint that selects them again."""

    choice: Choice
    judged_at: int
    fingerprint: str
    tries: Sequence[Tried]


class Redrive:
    """Tries parked records of one service again, by the way of every live batch; twice is once."""

    def __init__(self, *, store: Store, parked: Parked, journal: Journal, projector: Projector, moment: Moment) -> None:
        self._store = store
        self._journal = journal
        self._parked = parked
        self._projector = projector
        self._moment = moment

    async def plan(self, choice: Choice, *, judged_at: int, fixable: bool = False) -> Plan:
        """Return what a redrive at `judged_at` (ms) would do; `fixable` leaves out what would fail again."""
        tries: list[Tried] = []
        print_of = _fingerprint(State.REDRIVEN)
        seen: set[_Key] = set()
        async for chunk in self._parked.chunks(choice, CHUNK):
            for stored, tried in await self._foreseen(chunk, judged_at, seen):
                if not fixable or tried.outcome is not RedriveOutcome.FAILED:
                    tries.append(_bounded(tries, tried))
                    print_of.update(_version(stored))
        return Plan(choice=choice, judged_at=judged_at, fingerprint=print_of.hexdigest(), tries=tries)

    async def plan_discard(self, choice: Choice, *, judged_at: int) -> Plan:
        """Return what would be discarded."""
        tries: list[Tried] = []
        print_of = _fingerprint(State.DISCARDED)
        async for chunk in self._parked.chunks(choice, CHUNK):
            for stored in chunk:
                tries.append(_bounded(tries, _discarded(stored)))
                print_of.update(_version(stored))
        return Plan(choice=choice, judged_at=judged_at, fingerprint=print_of.hexdigest(), tries=tries)

    async def carry_out(self, plan: Plan, by: By) -> AsyncIterator[list[Tried]]:
        """Try what the plan selected, and yield each chunk's outcomes once they are durable."""
        seen: set[_Key] = set()
        for start in range(0, len(plan.tries), CHUNK):
            ids = [each.id for each in plan.tries[start : start + CHUNK]]
            async for chunk in self._parked.chunks(plan.choice._replace(ids=ids), CHUNK):
                generation = await self._store.generation()
                tries = await self._attempt(chunk, plan.judged_at, seen)
                await self._settle("redrive parked records", plan, tries, by)
                if await self._store.generation() != generation:
                    # A rebuild may have looked for redriven records before these were, and be written to since.
                    await self._attempt(chunk, plan.judged_at, seen)
                yield tries

    async def discard(self, plan: Plan, by: By) -> AsyncIterator[list[Tried]]:
        """Set what the plan selected aside for good, until somebody redrives it all the same."""
        for start in range(0, len(plan.tries), CHUNK):
            chunk = plan.tries[start : start + CHUNK]
            await self._settle("discard parked records", plan, chunk, by)
            yield list(chunk)

    async def _attempt(self, chunk: Sequence[dict[str, Any]], judged_at: int, seen: set["_Key"]) -> list[Tried]:
        foreseen = await self._foreseen(chunk, judged_at, seen)
        records = [_record(stored) for stored in chunk if not stored.get("partial")]
        left = await self._projector.attempt(records, judged_at=judged_at)
        self._moment("after_attempt")
        refused = {_place(each.record): each.refusal for each in left}
        return [_tried_in_fact(stored, tried, refused) for stored, tried in foreseen]

    async def _settle(self, what: str, plan: Plan, tries: Sequence[Tried], by: By) -> None:
        """Mark the records and add the receipt to the journal: both stand, or neither does."""
        outcomes = Counter(str(each.outcome) for each in tries)
        reasons = Counter(each.reason_before for each in tries)
        receipt = Receipt(what, {"parked": dict(reasons)}, {"fingerprint": plan.fingerprint, **outcomes})
        told = {**by.signature._asdict(), "client": by.client, "judged_at": plan.judged_at}

        async def work(session: Any) -> None:
            await self._parked.mark([each.mark for each in tries], told, session=session)
            await self._journal.append(by.signature, receipt, session=session)

        await self._store.at_once(work)

    async def _foreseen(
        self, chunk: Sequence[dict[str, Any]], judged_at: int, seen: set["_Key"]
    ) -> list[tuple[dict[str, Any], Tried]]:
        """Say what a try would make of each record; facts it would tell are added to `seen`."""
        read = [(stored, _read(stored, judged_at)) for stored in chunk]
        known, full = await self._held(each for _, each in read if isinstance(each, Heard))
        foreseen = []
        for stored, each in read:
            key = (each.document_id, fact_key(each.fact)) if isinstance(each, Heard) else None
            if isinstance(each, Refusal):
                tried = _failed(stored, each)
            elif key in known or key in seen:
                tried = _taken(stored, RedriveOutcome.KNOWN)
            elif each.document_id in full:
                tried = _failed(stored, Refusal(Reason.TOO_MANY_FACTS, f"{each.document_id} is full."))
            else:
                tried = _taken(stored, RedriveOutcome.PROCESSED)
            if key is not None and tried.outcome is not RedriveOutcome.FAILED:
                seen.add(key)
            foreseen.append((stored, tried))
        return foreseen

    async def _held(self, heard: Iterable[Heard]) -> tuple[set["_Key"], set[str]]:
        """Return which of these facts the live documents hold already, and which of their documents are full."""
        keys = {(each.document_id, fact_key(each.fact)) for each in heard}
        if not keys:
            return set(), set()
        found = await self._store.of_live(lambda live: self._found(live, keys))
        known = {(each["_id"], key) for each in found for key in each.get("facts", {})}
        return known & keys, {each["_id"] for each in found if each.get("full")}

    async def _found(self, live: str, keys: set["_Key"]) -> list[dict[str, Any]]:
        query = {"_id": {"$in": sorted({document for document, _ in keys})}}
        wanted = {f"facts.{key}.recorded": 1 for _, key in keys}
        async with translated():
            found: list[dict[str, Any]] = (
                await self._store.collection(live).find(query, {**wanted, "full": 1}).to_list(None)
            )
        return found


#: A document and the key of a fact in it.
_Key = tuple[str, str]


def confirmed(plan: Plan, fingerprint: str) -> Plan:
    """Return the plan if it is the one that was shown; ConflictError where the selection has changed since."""
    if plan.fingerprint != fingerprint:
        raise ConflictError("The selection has changed since the plan was made; look at a new plan first.")
    return plan


def _fingerprint(meant: State) -> Any:
    return blake2b(meant.encode(), digest_size=16)


def _version(stored: Mapping[str, Any]) -> bytes:
    """Return what changes with every try of a record."""
    return f"\n{stored['_id']} {stored.get('attempts', 0)} {stored.get('state', State.PARKED)}".encode()


def _bounded(tries: Sequence[Tried], tried: Tried) -> Tried:
    if len(tries) >= MOST_SELECTED:
        raise InvalidRequestError(f"More than {MOST_SELECTED:,} records are selected; narrow the selection.")
    return tried


def _read(stored: Mapping[str, Any], judged_at: int) -> Heard | Refusal:
    if stored.get("partial"):
        return Refusal(Reason(stored["reason"]), NOT_WHOLE)
    return codec.read(_record(stored), judged_at)


def _record(stored: Mapping[str, Any]) -> Record:
    place = (stored["topic"], stored["partition"], stored["offset"], stored["recorded"])
    headers = [(name, value) for name, value in stored["headers"]]
    return KafkaRecord(*place, stored["key"], stored["value"], headers)


def _place(record: Record) -> tuple[str, int, int]:
    return record.topic, record.partition, record.offset


def _taken(stored: Mapping[str, Any], outcome: RedriveOutcome) -> Tried:
    mark = Mark(stored["_id"], State.REDRIVEN, outcome)
    return Tried(id_of(stored), outcome, stored["reason"], stored["detail"], stored["reason"], mark)


def _failed(stored: Mapping[str, Any], refusal: Refusal) -> Tried:
    """One that is no fact stays as it is, with the newest reason why."""
    mark = Mark(stored["_id"], None, RedriveOutcome.FAILED, None if stored.get("partial") else refusal)
    return Tried(id_of(stored), RedriveOutcome.FAILED, str(refusal.reason), refusal.detail, stored["reason"], mark)


def _discarded(stored: Mapping[str, Any]) -> Tried:
    mark = Mark(stored["_id"], State.DISCARDED, RedriveOutcome.DISCARDED)
    return Tried(id_of(stored), RedriveOutcome.DISCARDED, stored["reason"], stored["detail"], stored["reason"], mark)


def _tried_in_fact(
    stored: Mapping[str, Any], foreseen: Tried, refused: Mapping[tuple[str, int, int], Refusal]
) -> Tried:
    refusal = refused.get((stored["topic"], stored["partition"], stored["offset"]))
    if refusal is not None:
        return _failed(stored, refusal)
    if foreseen.outcome is RedriveOutcome.FAILED and not stored.get("partial"):
        return _taken(stored, RedriveOutcome.PROCESSED)  # a document that was full took it
    return foreseen
