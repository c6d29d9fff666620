"""The life of the local stack and the services under one command: started, watched, stopped in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from contracts.topics import Topic
from deploy.cli.existing import require_existing
from deploy.cli.place import Place
from deploy.cli.steps import AllReady, Fetching, Ready, Stopping, Tell
from deploy.closed.secrets import Secrets
from deploy.fleet import FLEET, NOTIFICATIONS, PORTAL, inbox_url, portal_url
from deploy.local.children import Child, stop_together
from deploy.local.errors import LocalStackError
from deploy.local.kafka_closed import admin
from deploy.local.services import inbox, issuer, mailing, portal, service
from deploy.local.stack import Stack
from services.chassis.log.log_admin import ensure_topics
from services.chassis.settings import KafkaSettings

#: Waits until a part ends by itself, which none should: LocalStackError names it.
Watch = Callable[[], Awaitable[None]]


@asynccontextmanager
async def running(place: Place, tell: Tell, *, secure: bool = False) -> AsyncIterator[Watch]:
    """Start what the place lacks, tell each part that is ready, and stop it all in reverse; `secure` closes it."""
    await require_existing(place)
    async with _stack(place, tell, closed=secure) as stack:
        tell(Ready("kafka", stack.bootstrap, "the log", existing=place.kafka is not None))
        tell(Ready("mongodb", stack.mongo_uri, "the projections", existing=place.mongo is not None))
        if stack.secrets:
            await _opened(stack, stack.secrets, tell)
        own = {NOTIFICATIONS: mailing(stack)}
        parts = {issuer(stack): Ready("issuer", place.issuer, "access tokens")} | {
            service(each.name, stack, port=each.port(place.ports), settings=own.get(each, {})): Ready(
                each.name, each.url(place.ports), each.about
            )
            for each in FLEET
        }
        mails = inbox_url(place.ports)
        parts[inbox(stack)] = Ready("inbox", mails, "every mail that is sent here")
        pages = portal_url(place.ports)
        parts[portal(stack, settings={})] = Ready(PORTAL, pages, "the pages that people use")
        try:
            await _start(parts, tell)
            urls = {
                "kafka": stack.bootstrap,
                "mongodb": stack.mongo_uri,
                "issuer": place.issuer,
                PORTAL: pages,
                "inbox": mails,
                **place.urls,
            }
            tell(AllReady(urls, place.options))
            yield lambda: _until_one_ends([*parts, *stack.children])
        finally:
            tell(Stopping())
            await stop_together(parts)


async def _opened(stack: Stack, secrets: Secrets, tell: Tell) -> None:
    """Make the topics, which no service may, and tell with what the operator's commands come in."""
    known = admin(secrets, stack.bootstrap)
    await ensure_topics(KafkaSettings.model_validate(known.model_dump()), list(Topic))
    tell(Ready("credentials", str(secrets.for_commands(stack.bootstrap, stack.mongo_uri)), "for operators: source it"))


def _stack(place: Place, tell: Tell, *, closed: bool) -> Stack:
    loop = asyncio.get_running_loop()

    def fetching(name: str, done: int, total: int | None) -> None:
        loop.call_soon_threadsafe(tell, Fetching(name, done, total))

    return Stack(
        place.data,
        place.ports,
        parts=place.parts,
        bootstrap=place.kafka,
        mongo_uri=place.mongo,
        progress=fetching,
        closed=closed,
    )


async def _start(parts: dict[Child, Ready], tell: Tell) -> None:
    """Start all at the same time; the first that can't be started ends the others."""

    async def start(child: Child, ready: Ready) -> None:
        await child.start()
        tell(ready)

    try:
        async with asyncio.TaskGroup() as starts:
            for child, ready in parts.items():
                starts.create_task(start(child, ready))
    except ExceptionGroup as group:
        raise group.exceptions[0] from None


async def _until_one_ends(children: Sequence[Child]) -> None:
    ends = {asyncio.create_task(child.ended()): child for child in children}
    try:
        ended, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in ends:
            task.cancel()
    child = ends[ended.pop()]
    raise LocalStackError(f"{child.name} has ended by itself.", remedy=f"Its log says why: {child.recipe.log}.")
