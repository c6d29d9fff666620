"""What a service hears and tells on the log, as an AsyncAPI 3.0 document made from the registry of events."""

from collections.abc import Sequence

from contracts.registry import REGISTRY
from contracts.topics import OPEN_TO_EG, OWN_SOURCES, PARTITIONS, TOPIC_PREFIX, Topic
from services.chassis.log.log_admin import REQUIRED
from services.chassis.web.asyncapi_messages import KAFKA, Json, message, payloads

_NUMBERS = ("retention.ms", "retention.bytes")
_MODES = (
    "CloudEvents 1.0 in Kafka's binary mode: attributes in the headers, `data` alone in the value. Structured mode "
    "(`application/cloudevents+json`) is read too. Readers ignore fields and headers that they do not know."
)


def asyncapi(*, name: str, summary: str, version: str, owns: Topic, reads: Sequence[Topic]) -> Json:
    """Return the document of the service `name`, which hears all of `reads` and tells on `owns`."""
    topics = sorted({*reads, owns})
    specs = [spec for spec in REGISTRY.values() if set(spec.topics) & set(topics)]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"klarmeld {name}", "version": version, "description": f"{summary}\n\n{_MODES}"},
        "defaultContentType": "application/json",
        "servers": {"log": _SERVER},
        "channels": {_short(topic): _channel(topic) for topic in topics},
        "operations": {
            **{f"receiveFrom{_short(topic).title()}": _receive(name, topic) for topic in sorted(reads)},
            f"sendTo{_short(owns).title()}": _send(name, owns),
        },
        "components": {
            "messages": {spec.name.value: message(spec) for spec in specs},
            "schemas": payloads(specs),
        },
    }


_SERVER = {
    "host": "{bootstrap}",
    "protocol": "kafka",
    "description": "Each topic's ACL is the proof of who wrote its records.",
    "variables": {"bootstrap": {"default": "127.0.0.1:8107", "description": "Kafka's bootstrap servers."}},
}


def _channel(topic: Topic) -> Json:
    settings = {key: int(value) if key in _NUMBERS else value for key, value in REQUIRED.items()}
    writers = f"`{OWN_SOURCES[topic]}`" + (" and EG's systems, `/eg/<system>`" if topic in OPEN_TO_EG else " alone")
    return {
        "address": str(topic),
        "title": str(topic),
        "description": (
            f"Written by {writers}. A record's timestamp is when the log took it (LogAppendTime); nothing is deleted. "
            "Facts merge in any order, any number of times."
        ),
        "servers": [{"$ref": "#/servers/log"}],
        "messages": {
            spec.name.value: {"$ref": f"#/components/messages/{spec.name.value}"}
            for spec in REGISTRY.values()
            if topic in spec.topics
        },
        "bindings": {
            "kafka": {
                "topic": str(topic),
                "partitions": PARTITIONS,
                "topicConfiguration": {**settings, "cleanup.policy": [settings["cleanup.policy"]]},
                **KAFKA,
            }
        },
    }


def _receive(name: str, topic: Topic) -> Json:
    group = {"type": "string", "const": f"klarmeld-{name}"}
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{_short(topic)}"},
        "summary": f"Every event of {topic}, from its beginning, into this service's projection.",
        "bindings": {"kafka": {"groupId": group, **KAFKA}},
    }


def _send(name: str, topic: Topic) -> Json:
    client = {"type": "string", "const": f"klarmeld-{name}"}
    heard = " and of the events that EG sends to `POST /v1/events`" if topic in OPEN_TO_EG else ""
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{_short(topic)}"},
        "summary": f"What comes of this service's commands{heard}, acknowledged by all replicas.",
        "bindings": {"kafka": {"clientId": client, **KAFKA}},
    }


def _short(topic: Topic) -> str:
    return topic.removeprefix(TOPIC_PREFIX)
