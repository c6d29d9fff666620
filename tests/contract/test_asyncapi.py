"""The AsyncAPI document of each service is valid, and holds every event that it hears or tells, byte for byte."""

import json
import re

import pytest
from jsonschema import Draft7Validator

from contracts.codec import encode
from contracts.examples import EXAMPLES
from contracts.names import EventName
from contracts.registry import REGISTRY
from contracts.topics import Topic
from tests.contract.documents import ROOT, SERVICES, kept, served, service_of

#: The JSON Schema of AsyncAPI 3.0.0 itself, from its makers.
OFFICIAL = json.loads((ROOT / "tests" / "contract" / "asyncapi" / "3.0.0.json").read_text(encoding="utf-8"))
every_service = pytest.mark.parametrize("name", SERVICES)
every_event = pytest.mark.parametrize("event", EventName)
#: The service that reads every topic, and so tells of every event.
ALL = kept("tasks", "asyncapi")


def taken(document, schema, value):
    """Check a value against a schema of a document, whose references lead into it."""
    Draft7Validator({"components": document["components"], "allOf": [schema]}).validate(value)


def topics(document, action):
    chosen = [each for each in document["operations"].values() if each["action"] == action]
    return [document["channels"][each["channel"]["$ref"].rpartition("/")[2]]["address"] for each in chosen]


@every_service
def test_the_document_is_valid(name):
    Draft7Validator(OFFICIAL).validate(kept(name, "asyncapi"))


@every_service
async def test_what_is_kept_is_what_is_served(name):
    assert (await served(name, "/asyncapi.json")).json() == kept(name, "asyncapi")


@every_service
def test_a_service_hears_what_it_reads_and_tells_on_what_it_owns(name):
    document, service = kept(name, "asyncapi"), service_of(name)

    assert sorted(topics(document, "receive")) == sorted(service.reads)
    assert topics(document, "send") == [service.owns]


@every_service
def test_every_event_of_a_topic_is_a_message_of_its_channel(name):
    for channel in kept(name, "asyncapi")["channels"].values():
        assert set(channel["messages"]) == {
            n for n, spec in REGISTRY.items() if Topic(channel["address"]) in spec.topics
        }


@every_service
def test_a_channel_says_what_the_log_must_be_set_to(name):
    for channel in kept(name, "asyncapi")["channels"].values():
        settings = channel["bindings"]["kafka"]["topicConfiguration"]

        assert settings["message.timestamp.type"] == "LogAppendTime"
        assert settings["retention.ms"] == -1


@every_event
def test_a_message_takes_the_record_that_we_write(event):
    message, record = ALL["components"]["messages"][event], encode(EXAMPLES[event])

    taken(ALL, message["headers"], {name: (value or b"").decode() for name, value in record.headers})
    taken(ALL, message["payload"], json.loads(record.value))
    taken(ALL, message["bindings"]["kafka"]["key"], (record.key or b"").decode())


@every_event
def test_a_message_requires_each_attribute_that_a_reader_requires(event):
    headers = ALL["components"]["messages"][event]["headers"]
    sent = {name.removeprefix("ce_") for name, _ in encode(EXAMPLES[event]).headers} - {"content-type", "municipality"}

    assert {f"ce_{name}" for name in sent} <= set(headers["required"])


@every_event
def test_the_example_of_a_message_is_the_example_of_the_event(event):
    [example] = ALL["components"]["messages"][event]["examples"]

    assert example["payload"] == json.loads(encode(EXAMPLES[event]).value)
    assert example["headers"]["ce_id"] == EXAMPLES[event].id


@every_service
async def test_the_page_shows_every_event_without_a_script(name):
    page = (await served(name, "/asyncapi")).text

    assert set(re.findall(r"<summary><b>(\w+)</b>", page)) == set(kept(name, "asyncapi")["components"]["messages"])
    assert "<script" not in page


async def test_the_page_escapes_what_it_shows():
    page = (await served("tasks", "/asyncapi")).text

    assert "/eg/&lt;system&gt;" in page
    assert "<system>" not in page
