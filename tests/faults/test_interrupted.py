"""Ctrl-C at any moment of a command: one sentence and 130, and the same command finishes what was under way."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator

import pytest

from deploy.local.stack import Stack
from services.chassis.projection.jobs import Job, Jobs, Kind, State
from services.chassis.projection.mongo_client import connect
from tests.faults.absence import ENDS_WITHIN_S, uri_of
from tests.faults.events import CODES, story
from tests.faults.operating import pointer
from tests.faults.shell import Ended, environment_of, klarmeld
from tests.faults.trial import Trial
from tests.faults.way import At, Way, kafka, mongodb, of_kafka, of_mongodb, way
from tests.stack import REPOSITORY

PRODUCE, FETCH, LIST_OFFSETS = 0, 1, 2
COMMIT = mongodb("commitTransaction")
#: How the command is called: it says when Python is there, for until then it is nobody's.
BEGUN = "from deploy.cli.__main__ import main; print('begun', flush=True); main()"
SENTENCE = "Stopped. What was under way is finished by the same command.\n"


@pytest.fixture(scope="module")
async def told(stack: Stack) -> AsyncIterator[Trial]:
    trial = Trial(stack, "interrupted-tasks", "tasks")
    await trial.tell(story(trial.rollout, CODES[:3]))
    await trial.started()
    await trial.caught_up()
    yield trial
    await trial.close()


@pytest.fixture
async def log(told: Trial) -> AsyncIterator[Way]:
    async with way(told.stack.ports.kafka, of_kafka) as log:
        yield log


@pytest.fixture
async def database(told: Trial) -> AsyncIterator[Way]:
    async with way(told.stack.ports.mongod, of_mongodb) as database:
        yield database


async def interrupted(
    trial: Trial,
    words: str,
    when: asyncio.Event | float,
    more: dict[str, str],
    by: signal.Signals = signal.SIGINT,
) -> Ended:
    """Run a command and press Ctrl-C, or kill it, at a moment of it, or so many seconds after Python has begun it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", BEGUN, *words.split()),
        cwd=REPOSITORY,
        env=environment_of(trial, more),
        stdout=-1,
        stderr=-1,
    )
    async with asyncio.timeout(ENDS_WITHIN_S):
        assert process.stdout
        assert await process.stdout.readline() == b"begun\n"
        await (when.wait() if isinstance(when, asyncio.Event) else asyncio.sleep(when))
        process.send_signal(by)
        said, complained = await process.communicate()
    return Ended(process.returncode or 0, said.decode(), complained.decode())


@pytest.mark.parametrize("after_s", [0.2, 0.4, 0.7, 1.0])
async def test_in_its_first_second_a_command_says_so_without_a_traceback(told: Trial, log: Way, after_s: float):
    log.falls_at(None, silent=True)  # so that it can't be through before

    ended = await interrupted(told, "verify tasks", after_s, {"KLARMELD_KAFKA__BOOTSTRAP": f"127.0.0.1:{log.port}"})

    assert (ended.code, last_line(ended)) == (130, SENTENCE)
    assert "Traceback" not in ended.complained


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("verify tasks", kafka(FETCH)),
        ("rebuild tasks --execute --why a-test", kafka(FETCH)),
        ("rebuild tasks --diff", kafka(FETCH)),
        ("events export -", kafka(FETCH)),
    ],
)
async def test_while_the_log_is_read(told: Trial, log: Way, words: str, at: At):
    log.falls_at(at, silent=True)

    ended = await interrupted(told, words, log.fallen, {"KLARMELD_KAFKA__BOOTSTRAP": f"127.0.0.1:{log.port}"})

    await finished(told, words, ended)


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("verify tasks", mongodb("find", "progress_")),
        ("rebuild tasks --execute --why a-test", mongodb("insert", "progress_")),
        ("rebuild tasks --execute --why a-test", COMMIT),
    ],
    ids=["verified", "written", "swapped"],
)
async def test_while_documents_are_read_or_written(told: Trial, database: Way, words: str, at: At):
    database.falls_at(at, silent=True)

    ended = await interrupted(told, words, database.fallen, {"KLARMELD_MONGO__URI": uri_of(database)})

    await finished(told, words, ended)


async def test_others_see_a_rebuild_at_work_then_interrupted_and_then_done(told: Trial, log: Way):
    words, elsewhere = "rebuild tasks --execute --why a-test", {"KLARMELD_KAFKA__BOOTSTRAP": f"127.0.0.1:{log.port}"}
    log.falls_at(kafka(FETCH), silent=True)
    looked = asyncio.Event()
    rebuilding = asyncio.create_task(interrupted(told, words, looked, elsewhere))
    async with asyncio.timeout(ENDS_WITHIN_S):
        await log.fallen.wait()
    at_work = await job(told)
    looked.set()
    ended = await rebuilding
    stopped = await job(told)
    again = await klarmeld(told, *words.split())

    assert (at_work.state, at_work.why) == (State.RUNNING, "a-test")
    assert (ended.code, stopped.state) == (130, State.INTERRUPTED)
    assert (again.code, (await job(told)).state) == (0, State.DONE), again.complained


async def job(told: Trial) -> Job:
    async with connect(told.stack.mongo_uri, timeout_s=20) as client:
        found = await Jobs(client[told.database]).last(Kind.REBUILD)
        assert found is not None
        return found


@pytest.mark.parametrize(
    "at",
    [mongodb("createIndexes", "progress_"), mongodb("insert", "progress_"), mongodb("find", "progress_"), COMMIT],
    ids=["begun", "written", "compared", "swapped"],
)
async def test_killed_while_a_rebuild_works_one_generation_serves_and_the_next_finishes(
    told: Trial, database: Way, at: At
):
    words = "rebuild tasks --execute --why a-test"
    database.falls_at(at, silent=True)

    ended = await interrupted(told, words, database.fallen, {"KLARMELD_MONGO__URI": uri_of(database)}, signal.SIGKILL)
    serving = (await pointer(told))["live"]
    again = await klarmeld(told, *words.split())

    assert ended.code == -signal.SIGKILL
    assert serving in await kept(told)
    assert again.code == 0, again.complained
    assert (await klarmeld(told, "verify", "tasks")).code == 0


async def kept(told: Trial) -> list[str]:
    async with connect(told.stack.mongo_uri, timeout_s=20) as client:
        return await client[told.database].list_collection_names()


async def finished(told: Trial, words: str, ended: Ended) -> None:
    assert (ended.code, last_line(ended)) == (130, SENTENCE)
    assert "Traceback" not in ended.complained
    again = await klarmeld(told, *words.split())
    assert again.code == 0, again.complained
    assert (await klarmeld(told, "verify", "tasks")).code == 0


def last_line(ended: Ended) -> str:
    return ended.complained.splitlines(keepends=True)[-1]
