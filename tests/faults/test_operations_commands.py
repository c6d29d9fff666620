"""Operations as commands: what they answer, and that they end at once with 3 where Kafka or MongoDB is away."""

import json
from collections.abc import AsyncIterator

import pytest

from deploy.local.stack import Stack
from tests.faults import shell
from tests.faults.events import CODES, story
from tests.faults.operating import pointer
from tests.faults.shell import Ended
from tests.faults.trial import Trial

AWAY = "127.0.0.1:1"
GENERATIONS = (["list"], ["rollback"], ["rollback", "--execute"], ["drop", "progress_7", "--execute"])
VERBS = (
    ["verify", "tasks"],
    ["rebuild", "tasks"],
    ["rebuild", "tasks", "--diff"],
    ["rebuild", "tasks", "--execute"],
    *(["generations", "tasks", *words] for words in GENERATIONS),
)
LOG_VERBS = (
    ["events", "export"],
    ["events", "tail"],
    ["events", "replay", "--to-topic", "elsewhere"],
    ["events", "replay", "--to-topic", "elsewhere", "--execute"],
    ["rewind", "klarmeld-tasks", "--to-earliest"],
    ["rewind", "klarmeld-tasks", "--to-earliest", "--execute"],
)
SERVICE_VERBS = (
    ["parked", "list"],
    ["parked", "show", "tasks", "agreements-0-1"],
    ["parked", "redrive", "tasks"],
    ["parked", "redrive", "tasks", "--execute", "--why", "a test"],
    ["parked", "discard", "tasks", "--reason", "schema", "--execute", "--why", "a test"],
)


async def klarmeld(trial: Trial, *words: str, kafka: str | None = None, mongo: str | None = None) -> Ended:
    """Run a command, where Kafka or MongoDB is elsewhere if that is said."""
    elsewhere = {"KLARMELD_KAFKA__BOOTSTRAP": kafka, "KLARMELD_MONGO__URI": mongo}
    more = {name: value for name, value in elsewhere.items() if value}
    return await shell.klarmeld(trial, *words, more={**more, "KLARMELD_MONGO__TIMEOUT_S": "1"})


@pytest.fixture(scope="module")
async def trial(stack: Stack) -> AsyncIterator[Trial]:
    trial = Trial(stack, "operated-tasks", "tasks")
    await trial.tell(story(trial.rollout, CODES[:3]))
    await trial.started()
    await trial.caught_up()
    yield trial
    await trial.close()


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
async def test_without_kafka_a_command_ends_with_3_and_a_sentence(trial: Trial, words: list[str]):
    ended = await klarmeld(trial, *words, kafka=AWAY)

    assert ended.code == 3
    assert "Kafka does not answer" in ended.complained
    assert "Traceback" not in ended.complained


@pytest.mark.parametrize("words", LOG_VERBS, ids=" ".join)
async def test_without_kafka_the_log_is_neither_read_nor_moved(trial: Trial, words: list[str]):
    ended = await klarmeld(trial, *words, kafka=AWAY)

    assert ended.code == 3
    assert "Kafka" in ended.complained
    assert "Traceback" not in ended.complained


@pytest.mark.parametrize("words", SERVICE_VERBS, ids=" ".join)
async def test_parked_records_are_left_alone_where_the_service_is_away(trial: Trial, words: list[str]):
    away = {"KLARMELD_SERVICES__TASKS": f"http://{AWAY}", "KLARMELD_ACCESS__TOKEN": "none"}
    ended = await shell.klarmeld(trial, *words, more=away)

    assert ended.code == 3
    assert "service at http" in ended.complained
    assert "can't be reached" in ended.complained
    assert "Traceback" not in ended.complained


@pytest.mark.parametrize("words", [*VERBS, ["journal", "tasks"]], ids=" ".join)
async def test_without_mongodb_a_command_ends_with_3_and_a_sentence(trial: Trial, words: list[str]):
    ended = await klarmeld(trial, *words, mongo=f"mongodb://{AWAY}/?replicaSet=rs0")

    assert ended.code == 3
    assert "MongoDB" in ended.complained
    assert "Traceback" not in ended.complained


async def test_what_the_commands_answer_can_be_read_by_programs(trial: Trial):
    verified = await klarmeld(trial, "verify", "tasks", "--json")
    planned = await klarmeld(trial, "rebuild", "tasks", "--json")
    listed = await klarmeld(trial, "generations", "tasks", "list", "--json")

    assert (verified.code, json.loads(verified.said)["agrees"]) == (0, True)
    assert (planned.code, json.loads(planned.said)["executed"]) == (0, False)
    assert json.loads(planned.said)["plan"]["records"] > 100
    assert [each["role"] for each in json.loads(listed.said)["generations"]] == ["live"]


async def test_a_plan_changes_nothing(trial: Trial):
    before = await pointer(trial)
    for words in (["rebuild", "tasks"], ["rebuild", "tasks", "--diff"]):
        ended = await klarmeld(trial, *words)
        assert "add --execute" in ended.said

    assert await pointer(trial) == before


async def test_a_rebuild_and_the_way_back_as_an_operator_does_them(trial: Trial):
    rebuilt = await klarmeld(trial, "rebuild", "tasks", "--execute", "--why", "a fix", "--who", "Vagt 1")
    back = await klarmeld(trial, "generations", "tasks", "rollback", "--execute")
    dropped = await klarmeld(trial, "generations", "tasks", "drop", "progress_2", "--execute")
    journal = await klarmeld(trial, "journal", "tasks", "--json")
    after = await klarmeld(trial, "verify", "tasks")

    assert [each.code for each in (rebuilt, back, dropped, journal, after)] == [0, 0, 0, 0, 0], rebuilt.complained
    assert await pointer(trial) == {"live": "progress_1", "also": []}
    assert "live: progress_2 → progress_1" in (await klarmeld(trial, "journal", "tasks")).said
    entries = json.loads(journal.said)["entries"]
    assert [each["what"] for each in entries][1:] == ["rebuild", "rollback", "drop progress_2"]
    assert (entries[1]["who"], entries[1]["why"]) == ("Vagt 1", "a fix")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["verify", "nothing"], 2),
        (["verify", "tasks", "--municipality", "9999"], 2),
        (["verify", "tasks", "--rollout", "nowhere-8b"], 2),
        (["generations", "tasks", "drop"], 2),
        (["generations", "tasks", "drop", "progress_1"], 2),
        (["generations", "tasks", "drop", "progress_77"], 2),
        (["generations", "tasks", "rollback"], 2),
    ],
)
async def test_what_can_not_be_meant_ends_with_2(trial: Trial, words: list[str], code: int):
    ended = await klarmeld(trial, *words, "--port-base", "9100")

    assert ended.code == code
    assert "Traceback" not in ended.complained
