"""Which facts of the log an operator means: by time on either axis, municipality, rollout and type."""

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition  # noqa: TID251  an operator's own reader

from contracts import codec
from contracts.facts import Heard
from contracts.instants import from_milliseconds, shown, to_milliseconds
from contracts.refusals import Refusal
from contracts.topics import partition_name
from deploy.record_spans import Span, records, span


class Stretch(NamedTuple):
    """Offsets of one partition; the end is excluded, and None is the end of the log."""

    topic: str
    partition: int
    start: int
    end: int | None


class Selection(NamedTuple):
    """What is chosen; instants are of fixed width, and None lets everything through.

    `recorded`: the two instants speak of when the log took a record, else of when the fact holds. The end is excluded.
    `stretches`, where there are any: nothing but these offsets.
    """

    start: str | None = None
    end: str | None = None
    recorded: bool = True
    rollout: str | None = None
    municipality: str | None = None
    name: str | None = None
    topics: tuple[str, ...] = ()
    stretches: tuple[Stretch, ...] = ()

    def holds(self, heard: Heard) -> bool:
        """Whether a fact is chosen; the log's time has been seen to by where reading starts and ends."""
        fact = heard.fact
        return (
            self.rollout in {None, heard.rollout}
            and self.municipality in {None, heard.municipality}
            and self.name in {None, fact.type, fact.name.value}
            and (self.recorded or ((self.start or "") <= fact.time and (self.end is None or fact.time < self.end)))
        )


class Place(NamedTuple):
    """A chosen fact and the record that said it."""

    record: ConsumerRecord
    heard: Heard

    @property
    def position(self) -> str:
        return f"{partition_name(self.record.topic, self.record.partition)}-{self.record.offset}"

    def cloudevent(self) -> dict[str, object]:
        """Return the structured CloudEvent, with its place on the log and when it came there as extensions."""
        rollout, municipality, fact = self.heard
        recorded = shown(from_milliseconds(fact.recorded))
        return {**codec.cloudevent_of(rollout, municipality, fact), "position": self.position, "recordedtime": recorded}


async def where(
    consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition], chosen: Selection, *, for_ever: bool = False
) -> Span:
    """Return the part of the log that can hold chosen facts."""
    bounds = {"recorded_from": chosen.start, "recorded_to": chosen.end} if chosen.recorded else {}
    milliseconds = {name: to_milliseconds(each) for name, each in bounds.items() if each}
    named = {TopicPartition(each.topic, each.partition): each for each in chosen.stretches}
    found = await span(consumer, list(named) or partitions, for_ever=for_ever, **milliseconds)
    if not named:
        return found
    starts = {each: stretch.start for each, stretch in named.items()}
    ends = {each: stretch.end for each, stretch in named.items() if stretch.end is not None}
    return found.beginning_at(starts).ending_at(ends)


async def chosen_facts(consumer: AIOKafkaConsumer, within: Span, chosen: Selection) -> AsyncIterator[Place | None]:
    """Yield the chosen facts, and None for each record that is not chosen or could not be a fact."""
    async for record in records(consumer, within):
        heard = codec.read(record)
        is_chosen = not isinstance(heard, Refusal) and chosen.holds(heard)
        yield Place(record, heard) if is_chosen else None  # type: ignore[arg-type]
