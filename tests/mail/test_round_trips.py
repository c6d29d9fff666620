"""How often the database is asked, whatever the number of municipalities: speed without a clock."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.monitoring import CommandListener

from contracts.municipalities import MUNICIPALITIES
from contracts.topics import Topic
from services.chassis.log.log_reader import reading
from services.chassis.metrics import Metrics
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.store import Store
from services.notifications.app import create
from services.notifications.composing import compose
from services.notifications.mailing import Mailing, mailing
from tests.mail.post import DATABASE, ROLES, Post

#: Of a mail that leaves, with its claim, its sending, its outcome and the word that it was told.
MOST_OF_A_MAIL = 0.8
#: One chunk of documents takes a reading and its continuations; the rest is asked once for all.
MOST_AT_FIRST, MOST_LATER = 40, 12


class Asked(CommandListener):
    """Counts what a client asks its server."""

    def __init__(self) -> None:
        self.commands: Counter[tuple[str, str]] = Counter()

    def started(self, event: Any) -> None:
        about = "collection" if event.command_name == "getMore" else event.command_name
        self.commands[event.command_name, str(event.command[about])] += 1

    def of(self, collection: str) -> int:
        """Return how often one collection was asked."""
        return sum(often for (_, about), often in self.commands.items() if about == collection)

    def succeeded(self, event: Any) -> None:
        """Count nothing more."""

    def failed(self, event: Any) -> None:
        """Count nothing more."""


@asynccontextmanager
async def reconciler(app: Any, post: Post, listener: Asked) -> AsyncIterator[Mailing]:
    """Yield another reconciler of the same service, on a client that counts."""
    counted = partial(AsyncMongoClient, event_listeners=[listener])
    client = connect(post.stack.mongo_uri, timeout_s=10, client_class=counted)
    database = client[DATABASE]
    parts = replace(app.state.parts, database=database, store=Store(database), metrics=Metrics())
    try:
        yield mailing(parts, settings=post.settings(), compose=compose, moment=lambda _: None)
    finally:
        await client.close()


async def test_all_municipalities_are_reconciled_in_a_few_readings(post: Post):
    async with post.service() as app:
        await post.enrol(*MUNICIPALITIES)
        await post.become({"suppressed": 3 * len(MUNICIPALITIES)})
        asked = Asked()
        async with reconciler(app, post, asked) as mail:
            await mail.outlines.look()
            first = await mail.compared()
            at_first = asked.commands.total()
            await mail.outlines.look()
            await mail.compared()

        assert first == ([], [])
        assert at_first <= MOST_AT_FIRST, asked.commands
        assert asked.commands.total() - at_first <= MOST_LATER, asked.commands


async def test_mails_share_what_is_written_of_them(post: Post):
    codes = sorted(MUNICIPALITIES)[:24]
    owed = len(ROLES) * len(codes)
    silent = post.settings()
    silent.smtp.host = None
    app = create(silent)
    async with app.router.lifespan_context(app), reading(silent.kafka, list(Topic)) as kafka:
        for code in codes:
            await post.name(code, *ROLES)
        await post.enrol(*codes)
        asked = Asked()
        async with reconciler(app, post, asked) as mail:
            while len(list(mail.outlines.looks())) < len(codes):
                await mail.outlines.look()
            await mail.round(kafka)

    assert await post.states() == {"sent": owed}
    assert set(post.server.per_key.values()) == {1}
    assert asked.of("ledger") <= MOST_OF_A_MAIL * owed, asked.commands
