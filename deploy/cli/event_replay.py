"""`klarmeld events replay`: a selection of the log told again to another topic or to a webhook, at a steady rate."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import typer

from contracts.codec import to_message
from contracts.topics import Topic
from deploy.cli.errors import UnreachableError, UsageError
from deploy.cli.event_export import Bar, log_of
from deploy.cli.event_options import From, Held, Municipality, Name, OnTopics, RolloutOption, To, selection
from deploy.cli.options import PortBase
from deploy.cli.place import place
from deploy.producer import ANSWER_S, LogAwayError, connected, send
from deploy.record_spans import partitions
from deploy.selection import Place, Selection, chosen_facts
from services.chassis.settings import KafkaConnection

ToTopic = Annotated[str | None, typer.Option(help="A topic that is not one of klarmeld's own; it must exist.")]
ToUrl = Annotated[str | None, typer.Option(help="A webhook that takes structured CloudEvents by POST.")]
PerSecond = Annotated[float, typer.Option(min=0.1, help="Events a second at most.")]
Execute = Annotated[bool, typer.Option("--execute", help="Do it; without this only the plan is shown.")]
Tell = Callable[[Place], Awaitable[None]]


class NotTakenError(Exception):
    """Who was to be told did not take an event: where that is, and what it said."""


def replay(  # noqa: PLR0913  the options of the contract
    *,
    to_topic: ToTopic = None,
    to_url: ToUrl = None,
    start: From = None,
    end: To = None,
    by_time: Held = False,
    rollout: RolloutOption = None,
    municipality: Municipality = None,
    name: Name = None,
    topics: OnTopics = None,
    per_second: PerSecond = 100,
    execute: Execute = False,
    port_base: PortBase = None,
) -> None:
    """Count what would be told again; with --execute tell it, in the order of each partition."""
    target = _target(to_topic, to_url)
    chosen = selection(
        start=start, end=end, by_time=by_time, rollout=rollout, municipality=municipality, name=name, topics=topics
    )
    kafka = place(port_base).log
    if not execute:
        count = asyncio.run(_counted(kafka, chosen))
        print(f"{count:,} events would go to {target} at {per_second:g} a second. Add --execute to do it.")
        return
    count = asyncio.run(_told(kafka, chosen, to_topic, to_url, per_second))
    print(f"{count:,} events went to {target}.")


def _target(to_topic: str | None, to_url: str | None) -> str:
    if (to_topic is None) == (to_url is None):
        raise UsageError("Say where to.", remedy="One of --to-topic TOPIC and --to-url URL.")
    if to_topic in set(Topic):
        raise UsageError(
            f"{to_topic} is where the events are; telling them there again changes nothing.",
            remedy="Name another topic.",
        )
    return f"the topic {to_topic}" if to_topic else str(to_url)


async def _counted(kafka: KafkaConnection, chosen: Selection) -> int:
    async with log_of(kafka, chosen) as (consumer, within):
        return sum([each is not None async for each in chosen_facts(consumer, within, chosen)])


async def _told(
    kafka: KafkaConnection, chosen: Selection, to_topic: str | None, to_url: str | None, per_second: float
) -> int:
    count, loop = 0, asyncio.get_running_loop()
    started = loop.time()
    async with _teller(kafka, to_topic, to_url) as tell, log_of(kafka, chosen) as (consumer, within):
        with Bar("Telling again", within.records) as step:
            async for each in chosen_facts(consumer, within, chosen):
                step()
                if each is not None:
                    await asyncio.sleep(started + count / per_second - loop.time())
                    await _or_say_where(tell, each, count)
                    count += 1
    return count


async def _or_say_where(tell: Tell, each: Place, told: int) -> None:
    try:
        await tell(each)
    except NotTakenError as error:
        raise UnreachableError(
            f"{told:,} events were told; {each.position} was not taken ({error}).",
            remedy="Telling all of them again is harmless to a receiver that knows an event by its source and id.",
        ) from None


@asynccontextmanager
async def _teller(kafka: KafkaConnection, to_topic: str | None, to_url: str | None) -> AsyncIterator[Tell]:
    if to_topic is not None:
        async with _to_topic(kafka, to_topic) as tell:
            yield tell
    else:
        async with httpx.AsyncClient(timeout=10, follow_redirects=False) as client:
            yield lambda each: _post(client, str(to_url), each.cloudevent())


@asynccontextmanager
async def _to_topic(kafka: KafkaConnection, topic: str) -> AsyncIterator[Tell]:
    try:
        await partitions(kafka, [topic])
        async with connected(kafka, within_s=ANSWER_S) as producer:

            async def tell(each: Place) -> None:
                try:
                    await send(producer, to_message(each.record)._replace(topic=topic), within_s=ANSWER_S)
                except LogAwayError as error:
                    raise NotTakenError(f"Kafka at {kafka.bootstrap}: {error}") from error

            yield tell
    except LogAwayError as error:
        raise UnreachableError(f"Kafka at {kafka.bootstrap} can't be told: {error}.") from None


async def _post(client: httpx.AsyncClient, url: str, event: dict[str, Any]) -> None:
    content = json.dumps(event, ensure_ascii=False).encode()
    try:
        answer = await client.post(url, content=content, headers={"Content-Type": "application/cloudevents+json"})
    except httpx.HTTPError as error:
        raise NotTakenError(f"{url}: {type(error).__name__}") from error
    if not answer.is_success:
        raise NotTakenError(f"{url}: HTTP status {answer.status_code}")
