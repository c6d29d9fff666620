"""What goes over the wire stays the same byte for byte, and both official CloudEvents libraries read it as we do."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cloudevents.core.bindings import http, kafka
from cloudevents.core.formats.json import JSONFormat

from contracts.codec import KafkaRecord, Refusal, read
from contracts.http_binding import records_of
from contracts.topics import Topic
from tests.contract.golden_bytes import BINARY, EVENTS, GOLDEN, KAFKA, STRUCTURED, read_request, written

LATER = 1_798_675_200_000
JAVA = Path(__file__).parent / "java"
RECORDS = sorted((GOLDEN / KAFKA).iterdir())
REQUESTS = sorted([*(GOLDEN / BINARY).iterdir(), *(GOLDEN / STRUCTURED).iterdir()])
every_record = pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
every_request = pytest.mark.parametrize("path", REQUESTS, ids=lambda path: f"{path.parent.name} {path.stem}")


def told(path):
    return json.loads(path.read_text(encoding="utf-8"))


def attributes_of(record):
    return {name.removeprefix("ce_"): text for name, text in record["headers"].items() if name.startswith("ce_")}


def heard(record):
    headers = [(name, text.encode()) for name, text in record["headers"].items()]
    return read(KafkaRecord(record["topic"], 0, 0, LATER, record["key"].encode(), record["value"].encode(), headers))


def as_another_library_says(event):
    """Return attributes as text and data; the library's time is a datetime."""
    attributes = {name: value for name, value in event.get_attributes().items() if name != "datacontenttype"}
    return {**attributes, "time": attributes["time"].isoformat().replace("+00:00", "Z")}, event.get_data()


@pytest.mark.parametrize("name", EVENTS)
def test_we_write_the_same_bytes_as_ever(name):
    for path, content in written(name).items():
        assert path.read_bytes() == content, path


@every_record
def test_we_read_each_record_as_what_it_says(path):
    record = told(path)
    fact = heard(record).fact
    attributes = attributes_of(record)

    assert [fact.id, fact.source, fact.type, fact.subject] == [
        attributes[n] for n in ("id", "source", "type", "subject")
    ]
    assert fact.data == json.loads(record["value"])


@every_request
def test_we_read_each_request_as_the_same_fact_as_its_record(path):
    record, request = told(GOLDEN / KAFKA / f"{path.stem}.json"), read_request(path)

    [read_by_us] = records_of(Topic(record["topic"]), request.headers, request.body, LATER)

    assert not isinstance(read(read_by_us), Refusal)
    assert read(read_by_us) == heard(record)


@every_record
def test_the_python_library_reads_each_record_as_what_it_says(path):
    record = told(path)
    message = kafka.KafkaMessage(
        {name: text.encode() for name, text in record["headers"].items()}, record["key"], record["value"].encode()
    )

    assert as_another_library_says(kafka.from_binary(message, JSONFormat())) == (
        attributes_of(record),
        json.loads(record["value"]),
    )


@every_request
def test_the_python_library_reads_each_request_as_what_its_record_says(path):
    record, request = told(GOLDEN / KAFKA / f"{path.stem}.json"), read_request(path)
    message = http.HTTPMessage(request.headers, request.body)

    assert as_another_library_says(http.from_http(message, JSONFormat())) == (
        attributes_of(record),
        json.loads(record["value"]),
    )


@pytest.mark.timeout(600)
def test_the_java_library_reads_and_writes_all_of_it_alike():
    maven = shutil.which("mvn")
    if maven is None:
        pytest.skip("There is no Maven here, so the official Java library was not asked.")

    ended = subprocess.run(
        [maven, "-q", "-B", "test"], cwd=JAVA, capture_output=True, text=True, timeout=580, check=False
    )

    if "Could not transfer artifact" in ended.stdout:
        pytest.skip("Maven can fetch nothing here, so the official Java library was not asked.")
    assert ended.returncode == 0, ended.stdout + ended.stderr
