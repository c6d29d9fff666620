"""MongoDB goes away under the service whose ledger is asked, or that service itself does: 3, and no verdict is lost."""

from collections.abc import AsyncIterator

import pytest

from contracts.access import UserRole
from deploy.local.ports import free_block
from deploy.local.stack import Stack
from services.chassis.outward.ledger import Ledger
from services.chassis.outward.ledger_entry import About, Entry, Fate
from services.chassis.projection.mongo_client import connect
from tests.faults.absence import World, ended_without, uri_of
from tests.faults.events import CODES, story
from tests.faults.trial import Trial, port_of
from tests.faults.way import At, mongodb, of_kafka, of_mongodb, way
from tests.tokens import running_issuer

KEYS = ("a" * 32, "b" * 32)
MOVE = mongodb("findAndModify", "ledger")


@pytest.fixture(scope="module")
async def world(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    trial, files = Trial(stack, "absent-ledger", "notifications"), tmp_path_factory.mktemp("absent-ledger")
    await trial.tell(story(trial.rollout, CODES[:1]))
    async with (
        running_issuer(files) as issuer,
        way(stack.ports.kafka, of_kafka) as log,
        way(stack.ports.mongod, of_mongodb) as database,
        way(stack.ports.mongod, of_mongodb) as service,
    ):
        child = await trial.started(
            access__issuer=issuer.url, access__jwks_uri=f"{issuer.url}/jwks", mongo__uri=uri_of(service)
        )
        environment = {
            "KLARMELD_ACCESS__TOKEN": issuer.token(UserRole.OPERATIONS),
            "KLARMELD_SERVICES__NOTIFICATIONS": f"http://127.0.0.1:{port_of(child)}",
        }
        world = World(trial, child, log, database, service, files, environment)
        await world.ready()
        yield world
        await trial.close()


@pytest.fixture
async def ledger(world: World) -> AsyncIterator[Ledger]:
    """Two mails of which nobody knows whether they left."""
    async with connect(world.trial.stack.mongo_uri, timeout_s=20) as client:
        await client[world.trial.database].ledger.delete_many({"_id": {"$in": KEYS}})
        ledger = Ledger(client[world.trial.database])
        about = [
            About(key, "elsewhere-8b", CODES[0], "aftaleadministrator", "agreement_ready", "A-1", "0") for key in KEYS
        ]
        await ledger.add([Entry(each, Fate.UNKNOWN, None, 0, 1, "no_answer", 1, 1, told=True) for each in about])
        yield ledger


async def states(ledger: Ledger) -> set[Fate]:
    return {each.state for each in (await ledger.of(KEYS)).values()}


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("ledger list --state unknown", mongodb("find", "ledger")),
        (f"ledger resolve {KEYS[0]} --as sent", mongodb("find", "ledger")),
    ],
    ids=["listed", "planned"],
)
@pytest.mark.parametrize("silent", [False, True], ids=["away", "silent"])
@pytest.mark.usefixtures("ledger")
async def test_mongodb_goes_while_the_ledger_is_read(world: World, words: str, at: At, *, silent: bool):
    line = await ended_without(world.service, world, words, at, silent=silent)

    assert "The notifications service at http://127.0.0.1" in line
    # who waits for a silent database is told so by the service, or gives up before that
    assert "MongoDB" in line or (silent and "has said nothing" in line)
    await world.ready()
    assert (await world.klarmeld(words)).code == 0


@pytest.mark.parametrize("times", [1, 2])
async def test_a_verdict_whose_answer_nobody_saw_is_finished_by_the_same_command(
    world: World, ledger: Ledger, times: int
):
    words = f"ledger resolve {KEYS[0]} {KEYS[1]} --as sent --who night --why seen --execute"
    await ended_without(world.service, world, words, MOVE, times=times)
    await world.ready()

    again = await world.klarmeld(words)

    assert (again.code, await states(ledger)) == (0, {Fate.SENT}), again.complained


async def test_a_service_that_is_away_is_named(world: World):
    nobody = f"http://127.0.0.1:{free_block().portal}"
    alone = world._replace(environment={**world.environment, "KLARMELD_SERVICES__NOTIFICATIONS": nobody})

    ended = await alone.klarmeld(f"ledger resolve {KEYS[0]} --as sent --why seen --execute")

    assert (ended.code, ended.said) == (3, "")
    assert nobody in ended.complained
