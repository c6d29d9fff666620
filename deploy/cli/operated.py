"""One service as an operator reaches it: its log and its database directly, whether or not the service runs."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from typing import Any, NamedTuple

from deploy.cli.errors import UnreachableError, UsageError
from deploy.cli.place import Place
from deploy.fleet import FLEET
from deploy.local import mongod
from services.chassis.errors import KlarmeldError, LogUnavailableError, StoreUnavailableError
from services.chassis.judging import Subject
from services.chassis.log_reader import reading
from services.chassis.store import Store, connect


class Operated(NamedTuple):
    """What an operation works on."""

    subject: Subject
    database: Any


def require_service(name: str) -> str:
    """Return the name of a service; UsageError for another word."""
    names = [each.name for each in FLEET]
    if name not in names:
        raise UsageError(f"There is no service {name}.", remedy=f"Choose one of {', '.join(names)}.")
    return name


@asynccontextmanager
async def operated(name: str, here: Place) -> AsyncIterator[Operated]:
    """Yield a service's log and database; UnreachableError where one of them is away, at any moment."""
    settings = import_module(f"services.{name}.settings").Settings()
    service = import_module(f"services.{name}.app").SERVICE
    kafka = settings.kafka.model_copy(update={"bootstrap": here.bootstrap})
    client = connect(here.mongo or mongod.uri(here.ports.mongod), timeout_s=settings.mongo.timeout_s)
    try:
        with reached():
            database = client[settings.mongo.database or f"klarmeld_{name}"]
            store = Store(database)
            await store.ping()
            async with reading(kafka, service.reads) as reader:
                group = settings.group or f"klarmeld-{name}"
                yield Operated(
                    Subject(name=name, group=group, derive=service.derive, reader=reader, store=store), database
                )
    finally:
        client.close()


@contextmanager
def reached() -> Iterator[None]:
    """Turn what goes wrong in an operation into how a command ends."""
    try:
        yield
    except (LogUnavailableError, StoreUnavailableError) as error:
        raise UnreachableError(
            error.detail, remedy="Nothing is half done that the same command does not finish."
        ) from None
    except KlarmeldError as error:
        raise UsageError(error.detail) from None
