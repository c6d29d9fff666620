"""Receipts of what is done to the log itself or with it: in the journal of each service that it concerns."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, NamedTuple

from deploy.cli.operated import operating, target
from deploy.cli.place import Place
from deploy.fleet import FLEET
from services.chassis.projection.journal import Journal, Receipt, Signature
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.store import Store
from services.chassis.projection.target import Target


class Journals(NamedTuple):
    """The journals of some services, reached."""

    kept: Sequence[tuple[Target, Any]]

    async def add(self, signature: Signature, receipt: Receipt) -> None:
        """Add a receipt to each; UnreachableError where MongoDB is away."""
        for chosen, database in self.kept:
            with operating(chosen):
                await Store(database).at_once(partial(_added, Journal(database), signature, receipt))


async def _added(journal: Journal, signature: Signature, receipt: Receipt, session: Any) -> None:
    await journal.append(signature, receipt, session=session)


def owners(topics: Iterable[str]) -> list[str]:
    """Return the services whose own topics these are."""
    named = set(topics)
    return [each.name for each in FLEET if each.owns in named]


def of_group(group: str, topics: Iterable[str], here: Place) -> list[str]:
    """Return the service whose group it is; of anybody else's group the services whose topics it reads."""
    own = [each.name for each in FLEET if target(each.name, here).group == group]
    return own or owners(topics)


@asynccontextmanager
async def journals(here: Place, services: Sequence[str]) -> AsyncIterator[Journals]:
    """Yield the journals of `services`; UnreachableError at once where MongoDB is away."""
    every = {each.database: each for each in (target(name, here) for name in services)}
    async with AsyncExitStack() as stack:
        kept = []
        for name, chosen in every.items():
            client = await stack.enter_async_context(connect(chosen.mongo.uri, timeout_s=chosen.mongo.timeout_s))
            with operating(chosen):
                await Store(client[name]).ping()
            kept.append((chosen, client[name]))
        yield Journals(kept)
