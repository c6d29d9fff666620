"""One service as an operator's command reaches it: where its log and database are, and how a fault ends the command."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import structlog

from deploy.cli.errors import UnreachableError, UsageError
from deploy.cli.place import Place
from deploy.fleet import FLEET
from deploy.local import mongod
from services.chassis.errors import KlarmeldError, LogUnavailableError, StoreUnavailableError
from services.chassis.projection.target import Target


def target(name: str, here: Place) -> Target:
    """Return the service `name`; its group and database are those of its own settings."""
    names = [each.name for each in FLEET]
    if name not in names:
        raise UsageError(f"There is no service {name}.", remedy=f"Choose one of {', '.join(names)}.")
    settings = import_module(f"services.{name}.settings").Settings()
    service = import_module(f"services.{name}.app").SERVICE
    return Target(
        name=name,
        group=settings.group or f"klarmeld-{name}",
        derive=service.derive,
        topics=[str(each) for each in service.reads],
        kafka=settings.kafka.model_copy(update=here.log.model_dump()),
        mongo=settings.mongo.model_copy(update={"uri": here.mongo or mongod.uri(here.ports.mongod)}),
        database=settings.mongo.database or f"klarmeld_{name}",
    )


@contextmanager
def operating() -> Iterator[None]:
    """Turn what goes wrong in an operation into how a command ends; a service's log lines are not the command's."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    except (LogUnavailableError, StoreUnavailableError) as error:
        raise UnreachableError(error.detail, remedy="Whatever was begun, the same command finishes.") from None
    except KlarmeldError as error:
        raise UsageError(error.detail) from None
