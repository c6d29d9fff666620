"""One service as an operator's command reaches it: where its log and database are, and how a fault ends the command."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import structlog

from deploy.cli.errors import UnreachableError, UsageError
from deploy.cli.place import Place, servers_of
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
def operating(chosen: Target, *, finishes: str = "the same command") -> Iterator[None]:
    """Turn what goes wrong in an operation into how a command ends; a service's log lines are not the command's.

    `finishes` says which command completes what was begun.
    """
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    except LogUnavailableError as error:
        raise _away(error, chosen.kafka.bootstrap, finishes) from None
    except StoreUnavailableError as error:
        raise _away(error, servers_of(chosen.mongo.uri), finishes) from None
    except KlarmeldError as error:
        raise UsageError(error.detail) from None


def _away(error: KlarmeldError, where: str, finishes: str) -> UnreachableError:
    remedy = f"It was looked for at {where}. Whatever was begun, {finishes} finishes."
    return UnreachableError(error.detail, remedy=remedy)
