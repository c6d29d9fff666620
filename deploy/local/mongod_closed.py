"""A closed local MongoDB: TLS, passwords, and the users and roles of `deploy.closed.mongodb_access`."""

from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure

from deploy.closed.mongodb_access import USERS, privileges
from deploy.closed.secrets import ADMIN, Secrets
from deploy.closed.transport import DISABLED

_ALREADY = {51003, 51002}  # a user, a role of that name is there
_UNKNOWN = 18  # no such user, or another password


def closing(secrets: Secrets) -> tuple[str, ...]:
    """Return the arguments that close mongod; its clients are known by password, not by certificate."""
    tls = ("--tlsMode", "requireTLS", "--tlsCertificateKeyFile", str(secrets.server_file))
    spoken = ("--tlsDisabledProtocols", DISABLED)
    trust = ("--tlsCAFile", str(secrets.ca_file), "--tlsAllowConnectionsWithoutCertificates")
    return ("--auth", "--keyFile", str(secrets.key_file), *tls, *spoken, *trust)


def admin(secrets: Secrets, uri: str) -> MongoClient[dict[str, Any]]:
    """Return a client of the stack itself; the first one makes its own user, which mongod allows from this machine."""
    client = MongoClient[dict[str, Any]](secrets.mongo(ADMIN, uri), serverSelectionTimeoutMS=2_000)
    try:
        client.admin.command("ping")
    except OperationFailure as refusal:
        client.close()
        if refusal.code != _UNKNOWN:
            raise
        _make_admin(secrets, uri)
        return MongoClient[dict[str, Any]](secrets.mongo(ADMIN, uri), serverSelectionTimeoutMS=2_000)
    return client


def let_in(client: MongoClient[dict[str, Any]], secrets: Secrets) -> None:
    """Make every user with the role that the list gives it; roles that are there already become what it says now."""
    for user in USERS:
        found = [each.document() for each in privileges(user)]
        _unless_there(client, "createRole", user, privileges=found, roles=[])
        client.admin.command("updateRole", user, privileges=found)
        _unless_there(client, "createUser", user, pwd=secrets.passwords[user], roles=[user])


def _make_admin(secrets: Secrets, uri: str) -> None:
    with MongoClient[dict[str, Any]](unnamed(secrets, uri), serverSelectionTimeoutMS=2_000) as client:
        client.admin.command("createUser", ADMIN, pwd=secrets.passwords[ADMIN], roles=["root"])


def unnamed(secrets: Secrets, uri: str) -> str:
    """Return `uri` over TLS for somebody who has not said who it is."""
    return f"{uri}&tls=true&tlsCAFile={secrets.ca_file}"


def _unless_there(client: MongoClient[dict[str, Any]], command: str, name: str, **more: Any) -> None:
    try:
        client.admin.command(command, name, **more)
    except OperationFailure as refusal:
        if refusal.code not in _ALREADY:
            raise
