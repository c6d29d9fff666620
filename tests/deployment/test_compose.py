"""The compose file: valid by its own schema, closed to other machines, and as durable as it says."""

import http.server
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http import HTTPStatus
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
import yaml

from deploy.cli.setting_owners import SERVICES
from deploy.cli.setting_rows import rows_of
from deploy.fleet import FLEET, PORTAL
from deploy.local.ports import HOST
from services.portal.settings import Settings as PortalSettings
from tests.stack import REPOSITORY

FILE = REPOSITORY / "deploy" / "compose.yaml"
COLLECTOR = REPOSITORY / "deploy" / "collector" / "config.yaml"
OURS = {**SERVICES, PORTAL: PortalSettings}
#: What whoever starts it has to give, as it is given here.
GIVEN = {"KLARMELD_SESSION_KEY": "A" * 43 + "=", "KLARMELD_ANSWERS_KEY": "a" * 32}


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


def test_what_a_broker_keeps_lies_on_its_volume(services: dict[str, Any]):
    for name in ("kafka-1", "kafka-2", "kafka-3"):
        [volume] = services[name]["volumes"]
        assert volume == f"{name}:{services[name]['environment']['KAFKA_LOG_DIRS']}"


def test_a_root_that_is_read_only_leaves_a_place_to_write_to(services: dict[str, Any]):
    writing = {name for name, each in services.items() if each.get("read_only") and name != "collector"}

    assert writing
    for name in writing:
        volumes = [each for each in services[name].get("volumes", []) if not each.endswith(":ro")]
        assert services[name].get("tmpfs") == ["/tmp"] or volumes, name


@pytest.mark.parametrize("name", OURS)
def test_every_setting_is_one_that_is_read_and_valid(
    services: dict[str, Any], name: str, monkeypatch: pytest.MonkeyPatch
):
    given = {key: filled(value) for key, value in services[name]["environment"].items()}
    for key, value in given.items():
        monkeypatch.setenv(key, value)

    known = {row.name for row in rows_of(OURS[name])}
    assert given.keys() <= known


def filled(value: str) -> str:
    """Return a value as compose would make it of what its reader gives."""
    return re.sub(r"\$\{(\w+):\?[^}]*\}", lambda name: GIVEN.get(name[1], "https://login.klarmeld.example"), value)


def test_a_setting_that_nobody_reads_would_be_found():
    assert "KLARMELD_KAFKA__BOOTSTRAPS" not in {row.name for row in rows_of(OURS["tasks"])}


@pytest.mark.parametrize("name", OURS)
def test_spans_go_to_the_collector_and_from_there_to_where_they_are_read(services: dict[str, Any], name: str):
    config = yaml.safe_load(COLLECTOR.read_text())
    told = urlsplit(services[name]["environment"]["KLARMELD_TRACING__ENDPOINT"])
    taken = config["receivers"]["otlp"]["protocols"]["http"]["endpoint"]
    handed_on = urlsplit(config["exporters"]["otlphttp"]["endpoint"])

    assert (told.hostname, told.path) == ("collector", "/v1/traces")
    assert taken == f"0.0.0.0:{told.port}"
    assert config["service"]["pipelines"]["traces"]["exporters"] == ["otlphttp"]
    assert services["collector"]["profiles"] == services[str(handed_on.hostname)]["profiles"] == ["obs"]


def test_the_collector_reads_its_own_file_and_is_asked_where_it_answers(services: dict[str, Any]):
    config = yaml.safe_load(COLLECTOR.read_text())
    answers = f"http://{config['extensions']['health_check']['endpoint']}/"

    assert services["collector"]["volumes"] == ["./collector/config.yaml:/etc/otelcol/config.yaml:ro"]
    assert config["service"]["extensions"] == ["health_check"]
    assert services["collector"]["healthcheck"]["test"][-1] == answers
    assert answers in (COLLECTOR.parent / "Dockerfile").read_text()


def test_browsers_and_mails_are_told_the_ports_that_are_there(services: dict[str, Any]):
    own = services[PORTAL]["environment"]["KLARMELD_ADDRESS"]
    mails = services["notifications"]["environment"]

    assert services[PORTAL]["ports"] == [f"127.0.0.1:{urlsplit(own).port}:8080"]
    assert mails["KLARMELD_NOTICES__PORTAL"] == own
    assert services["notifications"]["ports"][0].startswith(
        f"{mails['KLARMELD_ANSWERS__ADDRESS'].removeprefix('http://')}-"
    )


def test_prometheus_asks_every_replica_where_it_answers(services: dict[str, Any]):
    config = yaml.safe_load((REPOSITORY / "deploy/prometheus/prometheus.yaml").read_text())
    asked = [where for job in config["scrape_configs"] for where in job["dns_sd_configs"]]

    assert {(name, where["type"], where["port"]) for where in asked for name in where["names"]} == {
        (member.name, "A", 8080) for member in FLEET
    }
    assert services["prometheus"]["volumes"][0].endswith(":/etc/prometheus/prometheus.yml:ro")


def test_no_check_is_made_to_succeed(services: dict[str, Any]):
    asked = [" ".join(each["healthcheck"]["test"]) for each in services.values() if "healthcheck" in each]

    assert [each for each in asked if re.search(r"\|\||exit 0|; *true|--version", each)] == []


class Answering(http.server.BaseHTTPRequestHandler):
    """Answers every question with the status of its server."""

    def do_GET(self) -> None:
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def answering(request: pytest.FixtureRequest) -> Iterator[int]:
    """Return a port that answers with the status of the parameter; None: where nobody listens."""
    with http.server.ThreadingHTTPServer((HOST, 0), Answering) as server:
        server.status = request.param  # type: ignore[attr-defined]
        if request.param is None:
            server.server_close()
            yield server.server_port
            return
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize(
    ("answering", "well"),
    [(HTTPStatus.OK, True), (HTTPStatus.SERVICE_UNAVAILABLE, False), (None, False)],
    indirect=["answering"],
)
def test_a_service_is_well_while_it_says_so_and_not_otherwise(services: dict[str, Any], answering: int, *, well: bool):
    kind, _, *words = services["tasks"]["healthcheck"]["test"]
    here = [word.replace("127.0.0.1:8080", f"{HOST}:{answering}") for word in words]

    said = subprocess.run([sys.executable, *here], capture_output=True, check=False)
    assert kind == "CMD"
    assert (said.returncode == 0) == well
