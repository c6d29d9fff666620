"""The compose file: valid by its own schema, closed to other machines, and as durable as it says."""

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
import yaml

from deploy.fleet import FLEET
from tests.stack import REPOSITORY

FILE = REPOSITORY / "deploy" / "compose.yaml"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return found


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = compose["services"]
    return found


def test_it_is_what_the_compose_specification_says(compose: dict[str, Any]):
    schema = json.loads((files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json").read_text())

    jsonschema.validate(compose, schema)


def test_nothing_listens_for_other_machines(services: dict[str, Any]):
    ports = [port for each in services.values() for port in each.get("ports", [])]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_everything_belongs_to_a_profile(services: dict[str, Any]):
    assert {tuple(each["profiles"]) for each in services.values()} == {("core",), ("ui",), ("obs",)}


def test_whatever_goes_on_running_says_whether_it_is_well(services: dict[str, Any]):
    assert {name for name, each in services.items() if "healthcheck" not in each} == {"mongodb-set"}


def test_what_another_needs_is_waited_for_until_it_is_well(services: dict[str, Any]):
    conditions = {
        (name, needed): how["condition"]
        for name, each in services.items()
        for needed, how in each.get("depends_on", {}).items()
    }

    assert {needed for _, needed in conditions} <= services.keys()
    assert {how for (_, needed), how in conditions.items() if needed != "mongodb-set"} == {"service_healthy"}
    assert {how for (_, needed), how in conditions.items() if needed == "mongodb-set"} == {
        "service_completed_successfully"
    }


def test_every_service_runs_twice_without_rights(services: dict[str, Any]):
    for member in FLEET:
        each = services[member.name]
        assert each["command"] == [f"services.{member.name}"]
        assert each["deploy"]["replicas"] == 2
        assert each["read_only"]
        assert each["cap_drop"] == ["ALL"]
        assert each["security_opt"] == ["no-new-privileges:true"]
        assert not each["user"].startswith("0")


def test_a_record_is_on_two_of_three_brokers_before_it_counts(services: dict[str, Any]):
    for name in ("kafka-1", "kafka-2", "kafka-3"):
        settings = services[name]["environment"]
        assert settings["KAFKA_DEFAULT_REPLICATION_FACTOR"] == "3"
        assert settings["KAFKA_MIN_INSYNC_REPLICAS"] == "2"
        assert settings["KAFKA_LOG_RETENTION_MS"] == "-1"


def test_no_secret_stands_in_the_file():
    given = [line for line in FILE.read_text().splitlines() if "PASSWORD" in line or "KEY" in line]

    assert given
    assert all("${" in line and ":?" in line for line in given)
