"""The log as a command reads it: the partitions and the span that a selection means."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition  # noqa: TID251  an operator's own reader

from contracts.topics import partition_name
from deploy.cli.errors import UnreachableError, UsageError
from deploy.producer import LogAwayError, answered
from deploy.record_spans import Span, partitions, reading
from deploy.selection import Selection, where
from services.chassis.settings import KafkaConnection


@asynccontextmanager
async def log_of(
    kafka: KafkaConnection, chosen: Selection, *, for_ever: bool = False, group: str | None = None
) -> AsyncIterator[tuple[AIOKafkaConsumer, Span]]:
    """Yield a reader and the part of the log to read; UnreachableError where there is no Kafka.

    The reader commits for `group`, when told.
    """
    try:
        every = await partitions(kafka, chosen.topics)
        _require(chosen, every)
        async with reading(kafka, group) as consumer:
            within = await where(consumer, every, chosen, for_ever=for_ever)
            if for_ever:
                async with answered():
                    within = Span(await consumer.end_offsets(every), None)
            yield consumer, within
    except LogAwayError as error:
        raise UnreachableError(
            f"Kafka at {kafka.bootstrap} can't be read ({error}).",
            remedy="`klarmeld status` shows what is away; the same command goes on once it is back.",
        ) from None


def _require(chosen: Selection, every: list[TopicPartition]) -> None:
    """Raise UsageError where offsets are chosen of a partition that is not read."""
    for each in chosen.stretches:
        if TopicPartition(each.topic, each.partition) not in every:
            name = partition_name(each.topic, each.partition)
            raise UsageError(f"--offsets {name}-{each.start} is of no partition of the topics.", remedy="See --topic.")
