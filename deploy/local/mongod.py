"""The local MongoDB: a replica set of one on 127.0.0.1, since change streams and majority writes need one."""

import asyncio
from collections.abc import Mapping
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.closed.secrets import Secrets
from deploy.local.children import Recipe
from deploy.local.directory import DataDirectory
from deploy.local.fetch import Parts
from deploy.local.mongod_closed import admin, closing, let_in, unnamed
from deploy.local.ports import HOST, Ports
from deploy.local.probes import listens

_SET = "rs0"
_NOT_INITIATED = 94
_NO_MEMBER_OF_ITS_SET = 93
_PRIMARY = 1


def mongod(
    directory: DataDirectory, ports: Ports, parts: Parts, environ: Mapping[str, str], secrets: Secrets | None = None
) -> Recipe:
    """Return how mongod runs; its memory is bounded, since by default it takes half of the machine's.

    It keeps no older versions of documents: by default it does so for five minutes, for readers in the past, and
    writes them out again and again.

    With `secrets` it is closed: TLS, and a user with a role of its own for whoever has business in it.
    """
    if parts.mongod is None:
        raise ValueError("mongod was not fetched")
    directory.mongod.mkdir(parents=True, exist_ok=True)
    where = ("--dbpath", str(directory.mongod), "--bind_ip", HOST, "--port", str(ports.mongod), "--nounixsocket")
    bounds = ("--wiredTigerCacheSizeGB", "0.5", "--oplogSize", "512", "--quiet")
    quiet = ("--setParameter", "diagnosticDataCollectionEnabled=false")
    present = ("--setParameter", "minSnapshotHistoryWindowInSeconds=0")
    closed = closing(secrets) if secrets else ()
    return Recipe(
        name="MongoDB",
        argv=(str(parts.mongod), "--replSet", _SET, *where, *bounds, *quiet, *present, *closed),
        env=environ,
        ports={"MongoDB": ports.mongod},
        log=directory.log("mongod"),
        record=directory.record("mongod"),
        ready=lambda: primary_is_ready(ports.mongod, secrets),
        stop_within=30,
    )


def uri(port: int) -> str:
    return f"mongodb://{HOST}:{port}/?replicaSet={_SET}"


async def primary_is_ready(port: int, secrets: Secrets | None = None) -> bool:
    """Whether mongod takes writes; on the way there it is made the one member of its set, at this port.

    A closed one has its users as well.
    """
    if not await listens(port):
        return False
    return await (asyncio.to_thread(_is_open_to, port, secrets) if secrets else asyncio.to_thread(_is_primary, port))


def _is_open_to(port: int, secrets: Secrets) -> bool:
    """Whether a closed mongod is primary and lets in whom it should; a set that is not begun yet is begun."""
    alone = f"mongodb://{HOST}:{port}/?directConnection=true"
    try:
        with MongoClient[dict[str, Any]](unnamed(secrets, alone), serverSelectionTimeoutMS=2_000) as client:
            hello = client.admin.command("hello")
            if "setName" not in hello:
                _begin(client, secrets, alone, port)
                return False
        if hello["isWritablePrimary"]:
            with admin(secrets, alone) as client:
                let_in(client, secrets)
        return bool(hello["isWritablePrimary"])
    except PyMongoError:
        return False


def _begin(client: MongoClient[dict[str, Any]], secrets: Secrets, alone: str, port: int) -> None:
    """Begin the set, or go on with one that was last used at another port and has its users already."""
    try:
        _become_the_set(client, port, _NOT_INITIATED)
    except OperationFailure:
        with admin(secrets, alone) as known:
            _become_the_set(known, port, _NO_MEMBER_OF_ITS_SET)


def _is_primary(port: int) -> bool:
    alone = f"mongodb://{HOST}:{port}/?directConnection=true"
    with MongoClient[dict[str, Any]](alone, serverSelectionTimeoutMS=2_000) as client:
        try:
            return _state(client, port) == _PRIMARY
        except PyMongoError:
            return False


def _state(client: MongoClient[dict[str, Any]], port: int) -> int | None:
    try:
        return int(client.admin.command("replSetGetStatus")["myState"])
    except OperationFailure as refusal:
        _become_the_set(client, port, refusal.code)
        return None


def _become_the_set(client: MongoClient[dict[str, Any]], port: int, code: int | None) -> None:
    if code == _NOT_INITIATED:
        client.admin.command("replSetInitiate", {"_id": _SET, "members": [_member(port)]})
    elif code == _NO_MEMBER_OF_ITS_SET:  # the data was last used at another port
        known = client.local.get_collection("system.replset").find_one() or {}
        now = known | {"version": known["version"] + 1, "members": [_member(port)]}
        client.admin.command("replSetReconfig", now, force=True)


def _member(port: int) -> dict[str, Any]:
    return {"_id": 0, "host": f"{HOST}:{port}"}
