"""Schemas and catalogue are what the code says, and another CloudEvents library agrees with the codec."""

import json
from pathlib import Path

import pytest
from cloudevents.core.bindings import kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from contracts.codec import KafkaRecord, encode, read, structured
from contracts.examples import EXAMPLES
from contracts.names import EventName
from contracts.registry import REGISTRY
from deploy.cli.contracts import check, generate

ROOT = Path(__file__).parents[2]
LATER = 1_798_675_200_000


def schema_of(name: EventName) -> Draft202012Validator:
    text = (ROOT / "contracts" / "schemas" / REGISTRY[name].dataschema).read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text), format_checker=Draft202012Validator.FORMAT_CHECKER)


def record_of(message: kafka.KafkaMessage, topic: str) -> KafkaRecord:
    key = message.key.encode() if isinstance(message.key, str) else message.key
    return KafkaRecord(topic, 0, 0, LATER, key, message.value, list(message.headers.items()))


def test_the_generated_files_are_what_the_code_says() -> None:
    assert check(ROOT) == []


def test_a_stale_an_absent_and_a_stray_file_are_named(tmp_path: Path) -> None:
    generate(tmp_path)
    schemas = tmp_path / "contracts" / "schemas"
    (schemas / "AgreementSent.v1.json").unlink()
    (schemas / "AgreementSigned.v1.json").write_text("{\n}\n")
    (schemas / "Nothing.v1.json").write_text("{}")
    readme = tmp_path / "contracts" / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8") + "more\n", encoding="utf-8")

    assert check(tmp_path) == [
        "contracts/schemas/AgreementSent.v1.json is absent.",
        "contracts/schemas/AgreementSigned.v1.json is stale from line 2.",
        "contracts/README.md is stale at its end.",
        "contracts/schemas/Nothing.v1.json is not generated any more.",
    ]


def test_generating_mends_all_of_it(tmp_path: Path) -> None:
    generate(tmp_path)
    (tmp_path / "contracts" / "schemas" / "Nothing.v1.json").write_text("{}")
    (tmp_path / "contracts" / "README.md").unlink()

    generate(tmp_path)

    assert check(tmp_path) == []


@pytest.mark.parametrize("name", EventName)
def test_a_schema_is_a_schema_and_takes_its_example(name: EventName) -> None:
    schema = schema_of(name)

    Draft202012Validator.check_schema(schema.schema)
    schema.validate(structured(EXAMPLES[name])["data"])


@pytest.mark.parametrize("name", EventName)
def test_a_schema_is_open_for_readers_of_later_events(name: EventName) -> None:
    schema_of(name).validate({**structured(EXAMPLES[name])["data"], "later": {"field": 1}})


@pytest.mark.parametrize("name", EventName)
def test_a_schema_misses_each_required_field(name: EventName) -> None:
    data = structured(EXAMPLES[name])["data"]
    required = {field for field, info in REGISTRY[name].model.model_fields.items() if info.is_required()}

    for field in required:
        with pytest.raises(ValidationError, match=f"'{field}' is a required property"):
            schema_of(name).validate({other: value for other, value in data.items() if other != field})


@pytest.mark.parametrize("name", EventName)
def test_another_library_reads_what_we_write(name: EventName) -> None:
    message = encode(EXAMPLES[name])
    ours = structured(EXAMPLES[name])
    theirs = kafka.from_binary(kafka.KafkaMessage(dict(message.headers), message.key, message.value), JSONFormat())
    attributes = {**theirs.get_attributes(), "time": ours["time"]}

    assert {**attributes, "data": theirs.get_data()} == ours


@pytest.mark.parametrize("write", [kafka.to_binary, kafka.to_structured], ids=["binary", "structured"])
@pytest.mark.parametrize("name", EventName)
def test_we_read_what_another_library_writes(name: EventName, write: object) -> None:
    assert callable(write)
    message = encode(EXAMPLES[name])
    event = kafka.from_binary(kafka.KafkaMessage(dict(message.headers), message.key, message.value), JSONFormat())
    assert isinstance(event, CloudEvent)

    theirs = read(record_of(write(event, JSONFormat()), message.topic))

    assert theirs == read(KafkaRecord(message.topic, 0, 0, LATER, message.key, message.value, message.headers))
