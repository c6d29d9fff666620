"""What the documents promise of a cluster's Kafka, control by control: each fails on manifests that lack it."""

from contracts.topics import Topic
from deploy.closed import strimzi, transport
from deploy.closed.kafka_access import Pattern, grants
from services.chassis.log.log_admin import REQUIRED
from tests.deployment.cluster import Resource, named, of


def closed_broker(resources: list[Resource]) -> None:
    """Kafka asks everybody who they are, over TLS alone, and makes no topic unasked."""
    kafka = named(resources, "Kafka", "klarmeld")["spec"]["kafka"]

    assert kafka["authorization"] == {"type": "simple"}
    assert [(each["tls"], each["authentication"]["type"]) for each in kafka["listeners"]] == [(True, "scram-sha-512")]
    assert kafka["config"]["auto.create.topics.enable"] == "false"
    spoken = {"ssl.enabled.protocols": transport.PROTOCOLS, "ssl.cipher.suites": transport.CIPHERS}
    assert spoken.items() <= kafka["config"].items()


def durable_broker(resources: list[Resource]) -> None:
    """A record is on two of three brokers before it counts, and the log is kept."""
    config = named(resources, "Kafka", "klarmeld")["spec"]["kafka"]["config"]
    pool = named(resources, "KafkaNodePool", "klarmeld")["spec"]

    assert pool["replicas"] == config["default.replication.factor"] == config["offsets.topic.replication.factor"] == 3
    assert config["min.insync.replicas"] == 2
    assert config["log.retention.ms"] == -1
    assert [each["deleteClaim"] for each in pool["storage"]["volumes"]] == [False]
    for topic in of(resources, "KafkaTopic"):
        assert (topic["spec"]["replicas"], topic["spec"]["config"]["min.insync.replicas"]) == (3, "2")


def access_lists(resources: list[Resource]) -> None:
    """Users of Kafka may what the list says that the closed local stack is tested with, and each has to sign in."""
    patterns = {"literal": Pattern.LITERAL, "prefix": Pattern.PREFIXED}
    found = {
        (user["metadata"]["name"], acl["resource"]["type"], acl["resource"]["name"], pattern, operation)
        for user in of(resources, "KafkaUser")
        for acl in user["spec"]["authorization"]["acls"]
        for pattern in [patterns[acl["resource"]["patternType"]]]
        for operation in acl["operations"]
    }

    assert {user["spec"]["authentication"]["type"] for user in of(resources, "KafkaUser")} == {"scram-sha-512"}
    assert found == {
        (str(it.principal), it.resource.name.lower(), it.name, it.pattern, it.operation.name.title().replace("_", ""))
        for it in grants()
    }


def topics(resources: list[Resource]) -> None:
    """Every topic is made as the contract needs it."""
    found = {each["metadata"]["name"]: each["spec"] for each in of(resources, "KafkaTopic")}

    assert found.keys() == set(map(str, Topic))
    for topic in found.values():
        assert REQUIRED.items() <= topic["config"].items()
        assert topic["partitions"] == strimzi.PARTITIONS
