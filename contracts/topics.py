"""The three topics, who may write to each, and the short form that positions use."""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

PARTITIONS = 6
TOPIC_PREFIX = "klarmeld."


class Topic(StrEnum):
    """One topic per owning service; every type of an event belongs to one of them (FactRetracted to each)."""

    AGREEMENTS = "klarmeld.agreements"
    NOTIFICATIONS = "klarmeld.notifications"
    TASKS = "klarmeld.tasks"


#: Sources of klarmeld's own services; EG's systems are `/eg/<system>` and may write to the first two topics.
OWN_SOURCES: Mapping[str, str] = {
    Topic.AGREEMENTS: "/klarmeld/agreements",
    Topic.NOTIFICATIONS: "/klarmeld/notifications",
    Topic.TASKS: "/klarmeld/tasks",
}
OPEN_TO_EG = frozenset({Topic.AGREEMENTS, Topic.NOTIFICATIONS})


@lru_cache(maxsize=1_024)
def partition_name(topic: str, partition: int) -> str:
    """Return the key of a position, e.g. `agreements-3` for partition 3 of `klarmeld.agreements`."""
    return f"{topic.removeprefix(TOPIC_PREFIX)}-{partition}"
