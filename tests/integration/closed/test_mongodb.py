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
#: What MongoDB answers to whoever may, where there is nothing to do: it is there, or no such index is.
_NOTHING_TO_DO = {26, 27, 48}
COLLECTIONS = ("progress_1", "parked", "journal", "ledger", "contacts", "webhooks", "webhook_deliveries", "rebuilds")
Database = Any


@asynccontextmanager
async def entered(stack: Stack, name: str) -> AsyncIterator[Any]:
    assert stack.secrets is not None
    uri = stack.secrets.mongo(name, stack.mongo_uri)
    async with connect(uri, timeout_s=20) as client:
        yield client


async def _watch(database: Database, name: str) -> None:
    async with await database[name].watch():
        pass


async def _rename(database: Database, name: str) -> None:
    whole = f"{database.name}.{name}"
    await database.client.admin.command("renameCollection", whole, to=f"{whole}_more")


ACTIONS: Mapping[str, Callable[[Database, str], Awaitable[Any]]] = {
    "find": lambda database, name: database[name].find_one({}),
    "insert": lambda database, name: database[name].insert_one({}),
    "update": lambda database, name: database[name].update_one({"_id": "nobody"}, {"$set": {"x": 1}}),
    "remove": lambda database, name: database[name].delete_one({"_id": "nobody"}),
    "createCollection": lambda database, name: database.command("create", name),
    "createIndex": lambda database, name: database[name].create_index("x"),
    "listCollections": lambda database, _: database.list_collection_names(),
    "listIndexes": lambda database, name: database[name].index_information(),
    "collStats": lambda database, name: database.command("collStats", name),
    "changeStream": _watch,
    "dropCollection": lambda database, name: database.command("drop", name),
    "rename": _rename,
    # what nobody may
    "dropIndex": lambda database, name: database.command("dropIndexes", name, index="none"),
    "collMod": lambda database, name: database.command("collMod", name, validationLevel="off"),
    "convertToCapped": lambda database, name: database.command("convertToCapped", name, size=4_096),
    "bypassDocumentValidation": lambda database, name: database[name].insert_one({}, bypass_document_validation=True),
    "compact": lambda database, name: database.command("compact", name),
    "validate": lambda database, name: database.command("validate", name),
}
#: What MongoDB lets whoever may do all of this, which comes to the same: a generation that may be dropped may be moved.
MADE_OF = {"rename": ("find", "dropCollection", "insert", "createIndex")}
#: What would reach beyond the collections of a database; nobody may any of it.
BEYOND: Mapping[str, Callable[[Database], Awaitable[Any]]] = {
    "dropDatabase": lambda own: own.command("dropDatabase"),
    "createUser": lambda own: own.command("createUser", "more", pwd="x", roles=[]),
    "updateUser": lambda own: own.client.admin.command("updateUser", ADMIN, pwd="x"),
    "createRole": lambda own: own.command("createRole", "more", privileges=[], roles=[]),
    "grantRole": lambda own: own.client.admin.command("grantRolesToUser", Principal.OPS, roles=["root"]),
    "viewUser": lambda own: own.client.admin.command("usersInfo", ADMIN),
    "systemUsers": lambda own: own.client.admin["system.users"].find_one({}),
    "oplog": lambda own: own.client["local"]["oplog.rs"].find_one({}),
    "profile": lambda own: own.command("profile", 2),
    "setParameter": lambda own: own.client.admin.command("setParameter", 1, quiet=True),
    "replSetGetConfig": lambda own: own.client.admin.command("replSetGetConfig"),
    "fsync": lambda own: own.client.admin.command("fsync"),
    "killOp": lambda own: own.client.admin.command("killOp", op=1),
    "shutdown": lambda own: own.client.admin.command("shutdown"),
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
    given = {
        every
        for each in privileges(principal)
        if each.database == database and each.collection in {"", collection}
        for every in each.actions
    }
    return given.issuperset(MADE_OF.get(action, (action,)))


async def _let(attempt: Awaitable[Any]) -> bool:
    try:
        await attempt
    except OperationFailure as refusal:
        if refusal.code not in {_UNAUTHORIZED, *_NOTHING_TO_DO}:
            raise
        return refusal.code != _UNAUTHORIZED
    return True


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("principal", USERS)
async def test_a_user_does_with_each_collection_what_the_list_says(filled: Stack, principal: Principal, action: str):
    cells = [(database_of(service), name) for service in SERVICES for name in COLLECTIONS]

    async with entered(filled, principal) as client:
        found = {cell: await _let(ACTIONS[action](client[cell[0]], cell[1])) for cell in cells}

    assert found == {cell: listed(principal, *cell, action) for cell in cells}


def test_every_action_that_somebody_may_is_tried():
    assert {action for user in USERS for each in privileges(user) for action in each.actions} <= ACTIONS.keys()


@pytest.mark.parametrize("beyond", BEYOND)
@pytest.mark.parametrize("principal", USERS)
async def test_no_user_reaches_beyond_its_collections(filled: Stack, principal: Principal, beyond: str):
    async with entered(filled, principal) as client:
        own = client[database_of(principal if principal in SERVICES else SERVICES[0])]

        assert not await _let(BEYOND[beyond](own))


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
