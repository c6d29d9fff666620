"""`klarmeld parked` as a process, against a running service: what is shown, what is done, and how it ends."""

import json
import os
import subprocess
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest

from contracts import codec
from contracts.examples import example
from contracts.names import EventName
from contracts.records import KafkaRecord
from contracts.refusals import FieldError, Reason, Refusal
from services.chassis.projection.parked import ParkedRecord
from services.chassis.settings import AccessSettings, KafkaSettings, MongoSettings
from services.tasks.app import create
from services.tasks.settings import Settings
from tests.terminal import klarmeld
from tests.tokens import free_port, running_issuer, served

#: In milliseconds since 1970; no record of another test is as late.
LATER = 2_500_000_000_000
OLD = Refusal(Reason.SCHEMA, "An older version did not take it.", (FieldError("/agreement_id", "too long"),))


class Shell(NamedTuple):
    """A terminal of 80 columns beside a running tasks service."""

    app: Any
    environment: dict[str, str]
    offset: int

    async def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return await klarmeld("parked", *words, environment=self.environment)

    async def park(self, number: int, refusal: Refusal = OLD, **changes: Any) -> str:
        """Park a record whose bytes are a fact today, unless `changes` make it none; return its place."""
        event = example(EventName.AgreementViewed, id=f"shell-{self.offset + number}", rollout="shell-8b")
        message = codec.encode(event)
        place = (message.topic, 0, self.offset + number, 1_790_000_000_000)
        record = KafkaRecord(*place, message.key, message.value, message.headers)._replace(**changes)
        await self.app.state.parts.parked.keep([ParkedRecord(record, refusal)])
        return f"agreements-0-{record.offset}"


@pytest.fixture(scope="module")
async def surface(stack, tmp_path_factory) -> AsyncIterator[tuple[Any, dict[str, str]]]:
    async with running_issuer(tmp_path_factory.mktemp("issuer")) as issuer:
        settings = Settings(
            kafka=KafkaSettings(bootstrap=stack.bootstrap),
            mongo=MongoSettings(uri=stack.mongo_uri, database="parked_command"),
            access=AccessSettings(issuer=issuer.url, jwks_uri=f"{issuer.url}/jwks"),
            group="parked-command",
        )
        app = create(settings)
        async with served(app, free_port()) as url:
            said = {"KLARMELD_SERVICES__TASKS": url, "KLARMELD_ACCESS__ISSUER": issuer.url, "NO_COLOR": "1"}
            yield app, {**os.environ, **said, "COLUMNS": "80"}


@pytest.fixture
async def shell(surface, prefix) -> Shell:
    shell = Shell(*surface, int(prefix[1:6], 16) * 1_000)
    await shell.app.state.parts.store.prepare()
    return shell


async def test_a_list_counts_by_reason_type_and_topic(shell):
    await shell.park(1, Refusal(Reason.WRONG_TOPIC, "No."))
    answer = await shell.run("list", "--service", "tasks", "--reason", "wrong_topic")
    assert answer.returncode == 0, answer.stderr
    assert "1 × wrong_topic · tasks · klarmeld.agreements" in answer.stdout
    assert "dk.klarmeld.AgreementViewed.v1" in answer.stdout


async def test_each_record_can_be_listed_with_its_place_newest_first(shell):
    chosen = ("list", "--service", "tasks", "--reason", "not_json", "--each")
    # later than whatever others have left on the log
    places = [await shell.park(each, Refusal(Reason.NOT_JSON, "No."), timestamp=LATER + each) for each in (1, 2)]
    await shell.run("discard", "tasks", places[0], "--execute", "--why", "Prøve")
    listed, every = await shell.run(*chosen), await shell.run(*chosen, "--state", "all", "--limit", "1", "--json")
    assert listed.returncode == 0, listed.stderr
    assert f"{places[1]} · tasks · parked" in listed.stdout
    assert "not_json: No." in listed.stdout
    assert places[0] not in listed.stdout
    assert f"klarmeld parked show tasks {places[1]}" in listed.stdout
    assert [each["id"] for each in json.loads(every.stdout)["records"]] == [places[1]]


async def test_a_record_is_shown_with_its_reason_fields_and_text(shell):
    place = await shell.park(1)
    answer = await shell.run("show", "tasks", place)
    assert answer.returncode == 0, answer.stderr
    assert "/agreement_id: too long" in answer.stdout
    assert '"agreement_id":' in answer.stdout
    assert place in answer.stdout


async def test_bytes_that_are_no_text_are_shown_as_a_dump(shell):
    answer = await shell.run("show", "tasks", await shell.park(1, value=b"\xff\x00AB"))
    assert "00000000  ff 00 41 42" in answer.stdout
    assert "..AB" in answer.stdout


async def test_a_value_that_is_missing_is_shown_as_none(shell):
    answer = await shell.run("show", "tasks", await shell.park(1, value=None, headers=[], key=None))
    assert answer.stdout.rstrip().endswith("none")


async def test_without_execute_only_the_plan_is_shown(shell):
    place = await shell.park(1)
    answer = await shell.run("redrive", "tasks", place)
    assert answer.returncode == 0, answer.stderr
    assert "nothing is changed without --execute" in answer.stdout
    assert (await shell.run("show", "tasks", place)).stdout.startswith(f"{place} · parked")


async def test_with_execute_the_records_become_facts(shell):
    place = await shell.park(1)
    answer = await shell.run("redrive", "tasks", place, "--execute", "--why", "Rettet", "--who", "Ida", "--json")
    assert answer.returncode == 0, answer.stderr
    assert [(each["id"], each["outcome"]) for each in json.loads(answer.stdout)["records"]] == [(place, "processed")]
    assert (await shell.run("show", "tasks", place)).stdout.startswith(f"{place} · redriven")


async def test_a_record_that_fails_again_ends_with_1(shell):
    place = await shell.park(1, value=b"{")
    answer = await shell.run("redrive", "tasks", place, "--execute", "--why", "Rettet")
    assert answer.returncode == 1
    plan, outcome = answer.stdout.split("1 records.")
    assert plan.startswith("Plan for 1 records:")
    assert "not_json" in outcome


async def test_a_discarded_record_can_still_be_shown(shell):
    place = await shell.park(1)
    answer = await shell.run("discard", "tasks", place, "--execute", "--why", "Prøve")
    assert answer.returncode == 0, answer.stderr
    assert "Prøve" in (await shell.run("show", "tasks", place)).stdout


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("redrive", "tasks", "--execute"), "--why"),
        (("redrive", "nothing"), "nothing"),
        (("discard", "tasks"), "--reason"),
        (("show", "tasks", "somewhere"), "somewhere"),
        (("show", "tasks", "agreements-5-1"), "agreements-5-1"),
    ],
)
async def test_what_cannot_be_meant_is_a_sentence_and_exit_2(shell, words, named):
    answer = await shell.run(*words)
    assert answer.returncode == 2
    assert named in answer.stderr
    assert "Traceback" not in answer.stderr


async def test_a_service_that_is_away_is_a_sentence_and_exit_3(shell):
    away = {**shell.environment, "KLARMELD_SERVICES__TASKS": f"http://127.0.0.1:{free_port()}"}
    answer = await shell._replace(environment=away).run("redrive", "tasks")
    assert answer.returncode == 3
    assert "Traceback" not in answer.stderr
