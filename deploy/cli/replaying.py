"""A replay at work: what is left to tell is counted, told at a steady rate, noted each second, and receipted."""

import asyncio
from contextlib import suppress
from hashlib import blake2b
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition  # noqa: TID251  an operator's own reader

from contracts.instants import fixed
from deploy.cli.advance import Steps, advance
from deploy.cli.errors import UnreachableError
from deploy.cli.event_receivers import NotTakenError, Receiver, Tell, telling
from deploy.cli.log_read import log_of
from deploy.cli.receipts import Journals
from deploy.producer import LogAwayError
from deploy.record_spans import Span
from deploy.replayed import GROUPS, Reached, note, reached
from deploy.selection import Place, Selection, chosen_facts
from services.chassis import clock
from services.chassis.cancellation import to_its_end
from services.chassis.projection.journal import Receipt, Signature
from services.chassis.settings import KafkaConnection

#: Seconds between two notes of how far it has come: after a kill so much is told a second time.
NOTE_S = 1.0
_AGAIN = (
    "The same command goes on with it; what was not noted yet is told again,"
    " which is harmless to a receiver that knows an event by its source and id."
)


class Replay(NamedTuple):
    """What is to be told to whom, at how many events a second at most."""

    kafka: KafkaConnection
    chosen: Selection
    to: Receiver
    per_second: float

    @property
    def group(self) -> str:
        """Return the group that stands for this replay on the log: the same selection to the same receiver."""
        return GROUPS + blake2b(repr((self.chosen, self.to)).encode(), digest_size=8).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Return it for a receipt: what was said of the selection, and to whom."""
        said = {name: value for name, value in self.chosen._asdict().items() if value not in {None, ()}}
        return {**said, "to": self.to.place, "group": self.group}


class Plan(NamedTuple):
    """So many events are left to tell, after what an interrupted try told `before`."""

    events: int
    before: Reached | None

    def left_of(self, whole: Span) -> Span:
        return whole.beginning_at(self.before.offsets) if self.before else whole


async def planned(meant: Replay) -> Plan:
    """Return what is left to tell; changes nothing."""
    async with log_of(meant.kafka, meant.chosen) as (consumer, whole):
        plan = Plan(0, await reached(meant.kafka, meant.group))
        within = plan.left_of(whole)
        with advance() as tell:
            step = Steps(tell, "reading the log", within.records)
            async for each in chosen_facts(consumer, within, meant.chosen):
                step()
                plan = plan._replace(events=plan.events + (each is not None))
    return plan


async def told_again(meant: Replay, plan: Plan, journals: Journals, signature: Signature) -> int:
    """Tell what is planned, and return how many events that were; each try has its receipts."""
    before = plan.before.told if plan.before else 0
    about = {**meant.as_json(), "told": before}
    await journals.add(signature, Receipt("replay: begun", about, {"events": plan.events}))
    course = _Course(meant, plan)
    try:
        await course.run()
    finally:
        what = "replay" if course.done else "replay: stopped"
        ended = signature._replace(at=fixed(clock.now()))
        await journals.add(ended, Receipt(what, about, {"told": before + course.told}))
    return course.told


class _Course:
    """One try of a replay: what it has told, and up to where."""

    def __init__(self, meant: Replay, plan: Plan) -> None:
        self._meant = meant
        self._plan = plan
        self._before = plan.before.told if plan.before else 0
        self._began = plan.before.began if plan.before else clock.now_ms()
        self._offsets: dict[TopicPartition, int] = {}
        self.told = 0
        self.done = False

    async def run(self) -> None:
        meant = self._meant
        async with (
            telling(meant.to, meant.kafka) as tell,
            log_of(meant.kafka, meant.chosen, group=meant.group) as (consumer, whole),
        ):
            within = self._plan.left_of(whole)
            self._offsets = dict(within.start)
            try:
                await self._tell_all(tell, consumer, within)
                self.done = True
            finally:
                # a log that is away has what was noted last
                with suppress(LogAwayError):
                    await note(consumer, self._reached, done=self.done)

    async def _tell_all(self, tell: Tell, consumer: AIOKafkaConsumer, within: Span) -> None:
        loop = asyncio.get_running_loop()
        noted = started = loop.time()
        with advance() as show:
            step = Steps(show, "telling again", self._plan.events)
            async for each in chosen_facts(consumer, within, self._meant.chosen):
                if each is None:
                    continue
                await asyncio.sleep(started + self.told / self._meant.per_second - loop.time())
                await self._tell_one(tell, each)
                step()
                if loop.time() - noted >= NOTE_S:
                    await note(consumer, self._reached, done=False)
                    noted = loop.time()

    async def _tell_one(self, tell: Tell, each: Place) -> None:
        """Tell one event; who interrupts waits for its answer, for without that it would be told a second time."""
        await to_its_end(self._told_one(tell, each))

    async def _told_one(self, tell: Tell, each: Place) -> None:
        try:
            await tell(each)
        except NotTakenError as error:
            told = f"{self._before + self.told:,} events were told; {each.position} was not taken ({error})."
            raise UnreachableError(told, remedy=_AGAIN) from None
        self.told += 1
        self._offsets[TopicPartition(each.record.topic, each.record.partition)] = each.record.offset + 1

    @property
    def _reached(self) -> Reached:
        return Reached(self._offsets, self._before + self.told, self._began)
