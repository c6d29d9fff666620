"""Who may do what in MongoDB: a user per service and database, and nothing that a service does not need."""

from typing import Any, NamedTuple

from deploy.closed.principals import SERVICES, Principal

#: What a service does in its own database. There is no `remove` and no `dropCollection` for all of it: the ledger,
#: parked records and the journal of operators are added to and never taken away.
WORK = (
    "find", "insert", "update", "createCollection", "createIndex", "listCollections", "listIndexes", "changeStream",
    "collStats",
)  # fmt: skip
#: What a municipality may have erased: addresses of contacts, and where its webhooks go.
ERASABLE = {Principal.NOTIFICATIONS: ("contacts", "webhooks", "webhook_deliveries")}
#: Operations drop old generations; MongoDB knows no wildcard for names of collections, so that they are counted out.
GENERATIONS = tuple(f"progress_{number}" for number in range(1, 301))


class Privilege(NamedTuple):
    """Actions on one collection, or on all of a database where `collection` is empty."""

    database: str
    collection: str
    actions: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return it as `createRole` takes it."""
        return {"resource": {"db": self.database, "collection": self.collection}, "actions": list(self.actions)}


def database_of(service: Principal) -> str:
    return f"klarmeld_{service}"


def privileges(principal: Principal) -> tuple[Privilege, ...]:
    """Return what `principal` may; nothing for those who have no business in MongoDB."""
    if principal in SERVICES:
        database = database_of(principal)
        erasable = [Privilege(database, name, ("remove",)) for name in ERASABLE.get(principal, ())]
        return (*_operations(database), *erasable)
    if principal is Principal.OPS:
        return tuple(each for service in SERVICES for each in _operations(database_of(service)))
    return ()


def _operations(database: str) -> tuple[Privilege, ...]:
    """Return what a rebuild needs as well, by a command or by a service: nothing goes that the log does not say."""
    return (
        Privilege(database, "", WORK),
        Privilege(database, "rebuilds", ("remove",)),  # what a rebuild had to remember until it ended
        *[Privilege(database, name, ("dropCollection",)) for name in GENERATIONS],
    )


#: Those who get a user at all.
USERS = tuple(each for each in Principal if privileges(each))
