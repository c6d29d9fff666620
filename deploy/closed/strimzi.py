"""The topics and users of a cluster as Strimzi's resources, made from the same lists as the closed local stack."""

from collections.abc import Iterable
from itertools import groupby

from contracts.topics import Topic
from deploy.closed.kafka_access import Grant, Pattern, Resource, grants
from services.chassis.log.log_admin import REQUIRED

_OPENING = "# Generated from {source}; `klarmeld contracts generate` writes it anew.\n"
_CLUSTER = "  labels: {strimzi.io/cluster: klarmeld}\n"
PARTITIONS, REPLICAS, IN_SYNC = 6, 3, 2


def topics() -> str:
    """Return a KafkaTopic for each topic, with the settings under which the contract holds."""
    return _OPENING.format(source="contracts/topics.py") + "---\n".join(map(_topic, Topic))


def users() -> str:
    """Return a KafkaUser for each principal that may do something, with its access list."""
    by_principal = groupby(grants(), key=lambda each: each.principal)
    found = [_user(principal, list(group)) for principal, group in by_principal]
    return _OPENING.format(source="deploy/closed/kafka_access.py") + "---\n".join(found)


def _topic(topic: Topic) -> str:
    settings = {**REQUIRED, "compression.type": "producer", "min.insync.replicas": str(IN_SYNC)}
    config = "".join(f'    {name}: "{value}"\n' for name, value in settings.items())
    head = f"apiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\nmetadata:\n  name: {topic}\n{_CLUSTER}"
    return f"{head}spec:\n  partitions: {PARTITIONS}\n  replicas: {REPLICAS}\n  config:\n{config}"


def _user(name: str, given: list[Grant]) -> str:
    head = f"apiVersion: kafka.strimzi.io/v1\nkind: KafkaUser\nmetadata:\n  name: {name}\n{_CLUSTER}"
    rules = groupby(given, key=lambda each: (each.resource, each.name, each.pattern))
    acls = "".join(_rule(*what, operations=[each.operation.name for each in group]) for what, group in rules)
    kind = "  authentication: {type: scram-sha-512}\n  authorization:\n    type: simple\n    acls:\n"
    return f"{head}spec:\n{kind}{acls}"


def _rule(resource: Resource, name: str, pattern: Pattern, *, operations: Iterable[str]) -> str:
    words = ", ".join("".join(part.capitalize() for part in each.split("_")) for each in operations)
    what = f"{{type: {resource.name.lower()}, name: {name}, patternType: {_PATTERNS[pattern]}}}"
    return f"      - {{resource: {what}, operations: [{words}]}}\n"


_PATTERNS = {Pattern.LITERAL: "literal", Pattern.PREFIXED: "prefix"}
