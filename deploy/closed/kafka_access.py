"""Who may do what on Kafka: the topic's access list is the proof of a record's writer, so nobody else may write it."""

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from contracts.topics import Topic
from deploy.closed.principals import SERVICES, Principal


class Resource(IntEnum):
    """Kafka's numbers of what an access list is about (org.apache.kafka.common.resource.ResourceType)."""

    TOPIC = 2
    GROUP = 3


class Pattern(IntEnum):
    """Whether a grant names one resource or all that begin so (PatternType)."""

    LITERAL = 3
    PREFIXED = 4


class Operation(IntEnum):
    """Kafka's numbers of what is done (org.apache.kafka.common.acl.AclOperation)."""

    READ = 3
    WRITE = 4
    CREATE = 5
    DELETE = 6
    ALTER = 7
    DESCRIBE = 8
    DESCRIBE_CONFIGS = 10
    ALTER_CONFIGS = 11


class Grant(NamedTuple):
    """One thing that one principal may do; everything that no grant names is refused."""

    principal: Principal
    resource: Resource
    name: str
    pattern: Pattern
    operation: Operation


#: Who may write a topic. The tasks service alone says a municipality's own word.
WRITERS = {
    Topic.AGREEMENTS: (Principal.EG, Principal.AGREEMENTS),
    Topic.NOTIFICATIONS: (Principal.EG, Principal.NOTIFICATIONS),
    Topic.TASKS: (Principal.TASKS,),
}
#: What each service reads: agreements needs to know who is oriented, the others see everything.
READERS = {
    Topic.AGREEMENTS: SERVICES,
    Topic.NOTIFICATIONS: (Principal.NOTIFICATIONS, Principal.TASKS),
    Topic.TASKS: SERVICES,
}
#: Every consumer group begins so, and is the service's own.
GROUPS = "klarmeld-"
#: Operations may replay a selection of the log to topics that begin so, and to no other.
REPLAYS = "replay-"


def grants() -> tuple[Grant, ...]:
    """Return every grant, sorted."""
    return tuple(sorted({*_topics(), *_groups(), *_operations()}))


def _topics() -> Iterator[Grant]:
    for topic in Topic:
        for writer in WRITERS[topic]:
            yield _topic(writer, topic, Operation.WRITE)
            yield _topic(writer, topic, Operation.DESCRIBE)
        for reader in READERS[topic]:
            yield _topic(reader, topic, Operation.READ)
            yield _topic(reader, topic, Operation.DESCRIBE)
            yield _topic(reader, topic, Operation.DESCRIBE_CONFIGS)  # a service checks its topics when it starts


def _groups() -> Iterator[Grant]:
    for service in SERVICES:
        for operation in (Operation.READ, Operation.DESCRIBE):
            yield Grant(service, Resource.GROUP, f"{GROUPS}{service}", Pattern.LITERAL, operation)


def _operations() -> Iterator[Grant]:
    """Operations read everything, rewind the services' groups, and replay elsewhere; they write no topic of ours."""
    for topic in Topic:
        for operation in (Operation.READ, Operation.DESCRIBE, Operation.DESCRIBE_CONFIGS):
            yield _topic(Principal.OPS, topic, operation)
    for operation in (Operation.READ, Operation.DESCRIBE):
        yield Grant(Principal.OPS, Resource.GROUP, GROUPS, Pattern.PREFIXED, operation)
    for operation in (Operation.WRITE, Operation.READ, Operation.DESCRIBE, Operation.CREATE):
        yield Grant(Principal.OPS, Resource.TOPIC, REPLAYS, Pattern.PREFIXED, operation)


def _topic(principal: Principal, topic: Topic, operation: Operation) -> Grant:
    return Grant(principal, Resource.TOPIC, str(topic), Pattern.LITERAL, operation)


def allows(principal: Principal, resource: Resource, name: str, operation: Operation) -> bool:
    """Say whether a grant covers this; the reading that the broker is held against, cell by cell."""
    return any(
        each.principal is principal
        and each.resource is resource
        and each.operation is operation
        and (name.startswith(each.name) if each.pattern is Pattern.PREFIXED else name == each.name)
        for each in grants()
    )
