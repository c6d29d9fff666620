"""The command as people and programs start it: real processes, a real stack on free ports, exit codes and output."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.codec import structured
from deploy.campaign.script import events
from deploy.local.directory import DataDirectory
from deploy.local.ports import free_block
from tests.docs.tried import beside_the_campaign
from tests.stack import REPOSITORY, give_back, parts

KLARMELD = (sys.executable, "-m", "deploy.cli")
ENVIRONMENT = {**os.environ, "KLARMELD_PARTS": str(parts()), "COLUMNS": "120", "NO_COLOR": "1"}
LONGEST_S = 240
#: Two of the campaign's events, and whose door each goes through.
THROUGH_DOORS = {"0461-AgreementDelivered-0414T0604": "agreements", "0461-WebinarAttended-0519T0900": "notifications"}


def klarmeld(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KLARMELD, *words],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        cwd=REPOSITORY,
        env=ENVIRONMENT,
        check=False,
    )


@dataclass(frozen=True)
class Place:
    """A data directory and the ports of a stack in it."""

    data: Path
    port_base: int

    @property
    def options(self) -> tuple[str, ...]:
        return ("--port-base", str(self.port_base), "--data", str(self.data))

    @property
    def ports(self) -> tuple[str, ...]:
        return ("--port-base", str(self.port_base))

    def get(self, path: str) -> Any:
        form = {"grant_type": "client_credentials", "role": "koordinator"}
        token = httpx.post(f"http://127.0.0.1:{self.port_base + 4}/token", data=form).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.get(f"http://127.0.0.1:{self.port_base + 3}{path}", headers=headers).raise_for_status().json()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(tmp_path_factory.mktemp("klarmeld på prøve"), free_block().portal)
    yield place
    give_back(DataDirectory.at(place.data))


@pytest.fixture(scope="module")
def finished(place: Place) -> subprocess.CompletedProcess[str]:
    """Run the campaign to its end on an empty data directory."""
    return klarmeld("run", "--exit", "--json", *place.options)


@dataclass(frozen=True)
class Running:
    """A second run, which stays; `lines` is what it printed until it had settled."""

    place: Place
    process: subprocess.Popen[str]
    lines: list[dict[str, Any]]


@pytest.fixture(scope="module")
def running(place: Place, finished: subprocess.CompletedProcess[str]) -> Iterator[Running]:
    command = [*KLARMELD, "run", "--json", *place.options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        lines: list[dict[str, Any]] = []
        for line in process.stdout:
            lines.append(json.loads(line))
            if lines[-1]["event"] == "settled":
                break
        yield Running(place, process, lines)
        process.send_signal(signal.SIGTERM)
        process.stdout.read()


def test_the_campaign_settles_as_its_script_says(finished):
    assert finished.returncode == 0, finished.stderr


def test_every_line_of_a_run_for_programs_is_one_json_object(finished):
    assert all(isinstance(json.loads(line), dict) for line in finished.stdout.splitlines())


def test_goal_and_result_are_told_as_two_figures(finished):
    (settled,) = [line for line in map(json.loads, finished.stdout.splitlines()) if line["event"] == "settled"]

    assert (settled["ok"], settled["goal_percent"], settled["result_percent"]) == (True, 80.0, 40.0)


def test_a_second_run_settles_too_and_knows_that_it_is_one(running):
    assert (running.lines[-1]["ok"], running.lines[-1]["played_before"]) == (True, True)


def test_the_campaigns_mails_are_sent_and_none_is_left_open(finished):
    (settled,) = [line for line in map(json.loads, finished.stdout.splitlines()) if line["event"] == "settled"]

    notices = settled["notices"]
    assert notices["sent"] > 0
    assert (notices["unknown"], notices["failed"]) == (0, 0)


def test_the_campaigns_mails_can_be_read_each_once(running):
    mails = httpx.get(f"http://127.0.0.1:{running.place.port_base + 5}/api/messages?count=500").json()["items"]

    assert len(mails) == running.lines[-1]["notices"]["sent"]
    assert "aftaleadministrator@kommune-0461.example" in {to for each in mails for to in each["to"]}


def test_a_second_run_adds_no_fact(running):
    facts = running.place.get("/v1/rollouts/efaktura-8b/municipalities/0756/facts?limit=500")["items"]

    told = [(fact["type"].split(".")[2], fact["time"]) for fact in facts if "Notification" not in fact["type"]]
    script = [(type(each.data).__name__, each.time) for each in events() if each.municipality == "0756"]
    assert sorted(told) == sorted(script)


def test_the_services_are_ready_while_it_runs(running):
    done = klarmeld("status", "--json", *running.place.ports)

    assert done.returncode == 0
    assert [each["ready"] for each in json.loads(done.stdout)["services"]] == [True, True, True]


def test_progress_shows_one_municipality(running):
    done = klarmeld("progress", "efaktura-8b", "0661", *running.place.ports)

    assert done.returncode == 0
    assert "Holstebro 0661" in done.stdout
    assert "EG: renew agreement" in done.stdout


def test_progress_shows_what_held_earlier(running):
    done = klarmeld(
        "progress", "efaktura-8b", "0661", "--as-of", "2026-05-01T00:00:00Z", "--json", *running.place.ports
    )

    assert json.loads(done.stdout)["progress"]["stage"] == "to_sign"


def test_progress_of_the_rollout_says_that_the_roster_is_a_sample(running):
    done = klarmeld("progress", "efaktura-8b", *running.place.ports)

    assert "sample: public slides 2013" in done.stdout
    assert "Hjørring" in done.stdout


def test_explain_names_the_facts_behind_a_value(running):
    done = klarmeld("explain", "efaktura-8b", "0630", "agreement.state", *running.place.ports)

    assert "0630-AgreementSigned-0415T1000" in done.stdout


def test_an_unknown_municipality_is_a_usage_error(running):
    done = klarmeld("progress", "efaktura-8b", "0411", *running.place.ports)

    assert (done.returncode, done.stdout) == (2, "")
    assert "no such municipality" in done.stderr


def test_publishing_a_file_with_one_bad_line_publishes_nothing(running):
    before = running.place.get("/v1/rollouts/efaktura-8b/municipalities/0461")["positions"]
    good = next(structured(each) for each in events() if each.municipality == "0461")

    done = klarmeld("events", "publish", "-", *running.place.ports, stdin=f"{json.dumps(good)}\n{{}}\n")

    assert (done.returncode, done.stdout) == (2, "")
    assert "line 2" in done.stderr
    assert running.place.get("/v1/rollouts/efaktura-8b/municipalities/0461")["positions"] == before


def test_publishing_prints_where_each_event_stands_on_the_log(running):
    good = next(structured(each) for each in events() if each.municipality == "0461")

    done = klarmeld("events", "publish", "-", "--json", *running.place.ports, stdin=json.dumps(good))

    (published,) = json.loads(done.stdout)["events"]
    after = running.place.get(f"/v1/rollouts/efaktura-8b/municipalities/0461?after={published['position']}")
    assert after["progress"]["stage"] == "receiving"


def test_events_go_through_the_doors_too_each_to_its_service(running):
    lines = [json.dumps(structured(each)) for each in events() if each.id in THROUGH_DOORS]

    done = klarmeld("events", "publish", "-", "--http", "--json", *running.place.ports, stdin="\n".join(lines))

    published = {each["id"]: each["position"] for each in json.loads(done.stdout)["events"]}
    assert {key: position.split("-")[0] for key, position in published.items()} == THROUGH_DOORS


def test_a_municipalitys_own_word_has_no_door(running):
    own = next(structured(each) for each in events() if type(each.data).__name__ == "StakeholderOriented")

    done = klarmeld("events", "publish", "-", "--http", *running.place.ports, stdin=json.dumps(own))

    assert (done.returncode, done.stdout) == (2, "")
    assert "has no door" in done.stderr


@pytest.mark.parametrize("words", beside_the_campaign(), ids=" ".join)
def test_a_command_ends_well_where_it_is_copied_from_a_document(running, tmp_path, words):
    place = {"KLARMELD_PORT_BASE": str(running.place.port_base), "KLARMELD_DATA": str(running.place.data)}
    done = subprocess.run(
        [*KLARMELD, *words],
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        cwd=tmp_path,
        env=ENVIRONMENT | place,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout + done.stderr


def test_another_run_on_the_same_data_says_which_process_holds_them(running):
    done = klarmeld("run", "--exit", "--port-base", str(free_block().portal), "--data", str(running.place.data))

    assert done.returncode == 3
    assert f"process {running.process.pid}" in done.stderr


def test_up_tells_what_is_ready_and_stops_cleanly_when_asked(tmp_path):
    command = [*KLARMELD, "up", "--json", "--data", str(tmp_path), "--port-base", str(free_block().portal)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        parts_ready = []
        for line in process.stdout:
            said = json.loads(line)
            if said.get("ready"):
                break
            parts_ready.append(said["part"])

        process.send_signal(signal.SIGTERM)
        process.stdout.read()

        assert sorted(parts_ready) == [
            *("agreements", "inbox", "issuer", "kafka", "mongodb", "notifications", "portal", "tasks"),
        ]
        assert process.wait(60) == 0
        assert httpx.URL(said["tasks"]).port is not None


def test_a_busy_port_is_named_with_the_way_out(tmp_path):
    base = free_block().portal
    with socket.create_server(("127.0.0.1", base + 7)):
        done = klarmeld("run", "--exit", "--data", str(tmp_path), "--port-base", str(base))

    assert done.returncode == 3
    assert f"Port {base + 7}" in done.stderr
    assert "--port-base" in done.stderr


def test_a_stack_that_is_down_is_said_to_be_so():
    done = klarmeld("progress", "efaktura-8b", "--port-base", str(free_block().portal))

    assert done.returncode == 3
    assert "klarmeld up" in done.stderr
