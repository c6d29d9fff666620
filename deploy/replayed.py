"""How far a replay has come: offsets that a group of its own has committed, so that any machine can go on with it."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition  # noqa: TID251  an operator's own reader
from aiokafka.structs import OffsetAndMetadata  # noqa: TID251

from deploy.group_offsets import committed
from deploy.producer import answered
from services.chassis.settings import KafkaConnection

#: Access lists know groups that begin so.
GROUPS = "klarmeld-replay-"
#: Kafka is waited for less when there is nothing left to do but to note how far it came.
NOTED_S = 3.0


class Reached(NamedTuple):
    """Up to where of each partition a replay has told, how many events that were, and when it was begun (ms)."""

    offsets: Mapping[TopicPartition, int]
    told: int
    began: int


async def reached(kafka: KafkaConnection, group: str) -> Reached | None:
    """Return where an interrupted replay stopped; None where there was none, or where it came to its end."""
    found = await committed(kafka, group)
    notes = {each: json.loads(place.metadata) for each, place in found.items() if place.metadata}
    began = max((each["began"] for each in notes.values()), default=0)
    last = {each: said for each, said in notes.items() if said["began"] == began}
    if not last or any(each["done"] for each in last.values()):
        return None
    return Reached({each: found[each].offset for each in last}, max(each["told"] for each in last.values()), began)


async def note(consumer: AIOKafkaConsumer, now: Reached, *, done: bool) -> None:
    """Commit how far it has come; LogAwayError where Kafka does not take that."""
    said = json.dumps({"began": now.began, "told": now.told, "done": done})
    places = {each: OffsetAndMetadata(offset, said) for each, offset in now.offsets.items()}
    if not consumer.assignment():
        consumer.assign(list(places))
    read = {each: place for each, place in places.items() if each in consumer.assignment()}
    if read:
        async with answered(NOTED_S):
            await consumer.commit(read)
