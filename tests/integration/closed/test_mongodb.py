"""What each principal may do in a closed MongoDB: every action is tried for real and held against the list."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure, ServerSelectionTimeoutError

from deploy.closed.mongodb_access import USERS, database_of, privileges
from deploy.closed.principals import SERVICES, Principal
from deploy.closed.secrets import ADMIN
from deploy.local.stack import Stack
from services.chassis.projection.mongo_client import connect

_UNAUTHORIZED, _UNKNOWN_USER = 13, 18
COLLECTIONS = ("progress_1", "parked", "journal", "ledger", "contacts")
Database = Any


@asynccontextmanager
async def entered(stack: Stack, name: str) -> AsyncIterator[Any]:
    assert stack.secrets is not None
    uri = stack.secrets.mongo(name, stack.mongo_uri)
    async with connect(uri, timeout_s=20) as client:
        yield client


async def _drop(database: Database, name: str) -> None:
    await database.command("drop", name)


ACTIONS: Mapping[str, Callable[[Database, str], Awaitable[Any]]] = {
    "find": lambda database, name: database[name].find_one({}),
    "insert": lambda database, name: database[name].insert_one({}),
    "update": lambda database, name: database[name].update_one({"_id": "nobody"}, {"$set": {"x": 1}}),
    "remove": lambda database, name: database[name].delete_one({"_id": "nobody"}),
    "createIndex": lambda database, name: database[name].create_index("x"),
    "dropCollection": _drop,
}


@pytest.fixture(scope="module")
async def filled(closed: Stack) -> AsyncIterator[Stack]:
    """Each collection of each service with a document in it; nothing is left behind."""
    async with entered(closed, ADMIN) as client:
        for service in SERVICES:
            for name in COLLECTIONS:
                await client[database_of(service)][name].insert_one({"_id": "kept"})
        yield closed
        for service in SERVICES:
            await client.drop_database(database_of(service))


def listed(principal: Principal, database: str, collection: str, action: str) -> bool:
    return any(
        each.database == database and each.collection in {"", collection} and action in each.actions
        for each in privileges(principal)
    )


async def _let(attempt: Awaitable[Any]) -> bool:
    try:
        await attempt
    except OperationFailure as refusal:
        if refusal.code != _UNAUTHORIZED:
            raise
        return False
    return True


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("principal", USERS)
async def test_a_user_does_with_each_collection_what_the_list_says(filled: Stack, principal: Principal, action: str):
    cells = [(database_of(service), name) for service in SERVICES for name in COLLECTIONS]

    async with entered(filled, principal) as client:
        found = {cell: await _let(ACTIONS[action](client[cell[0]], cell[1])) for cell in cells}

    assert found == {cell: listed(principal, *cell, action) for cell in cells}


@pytest.mark.parametrize("principal", USERS)
async def test_no_user_drops_a_database_makes_users_or_reads_the_oplog(filled: Stack, principal: Principal):
    async with entered(filled, principal) as client:
        own = client[database_of(SERVICES[0])]
        found = [
            await _let(own.command("dropDatabase")),
            await _let(own.command("createUser", "more", pwd="x", roles=[])),
            await _let(client["local"]["oplog.rs"].find_one({})),
            await _let(client.admin.command("shutdown")),
        ]

    assert found == [False] * 4


def test_nothing_takes_from_the_ledger_or_the_journal():
    taking = {"remove", "dropCollection"}
    every = [(each, database_of(service)) for each in USERS for service in SERVICES]

    assert not [cell for cell in every for name in ("ledger", "journal") for act in taking if listed(*cell, name, act)]


def test_a_service_has_its_own_database_alone():
    for service in SERVICES:
        assert {each.database for each in privileges(service)} == {database_of(service)}


@pytest.mark.parametrize("principal", sorted(set(Principal) - set(USERS)))
def test_who_has_no_business_in_mongodb_is_not_known_there(closed: Stack, principal: Principal):
    assert closed.secrets is not None
    uri = closed.secrets.mongo(principal, closed.mongo_uri)

    # the asynchronous client leaves its socket open where it is not let in
    with MongoClient[dict[str, Any]](uri) as client, pytest.raises(OperationFailure) as refused:
        client.admin.command("ping")

    assert refused.value.code == _UNKNOWN_USER


def test_an_open_connection_is_not_answered(closed: Stack):
    client = MongoClient[dict[str, Any]](closed.mongo_uri, serverSelectionTimeoutMS=1_500)

    with client, pytest.raises(ServerSelectionTimeoutError):
        client.admin.command("ping")
