"""Who can be told events again: another topic, or a webhook that takes structured CloudEvents."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

from contracts.codec import to_message
from contracts.topics import Topic
from deploy.cli.errors import UnreachableError, UsageError
from deploy.producer import ANSWER_S, LogAwayError, connected, send
from deploy.record_spans import partitions
from deploy.selection import Place
from services.chassis.settings import KafkaConnection

Tell = Callable[[Place], Awaitable[None]]


class NotTakenError(Exception):
    """Who was to be told did not take an event: where that is, and what it said."""


class Receiver(NamedTuple):
    """A topic or a webhook; its `name` is how sentences call it."""

    topic: str | None
    url: str | None

    @property
    def name(self) -> str:
        return f"the topic {self.topic}" if self.topic else str(self.url)

    @property
    def place(self) -> str:
        """Where it is, without what an address may hold that opens a door."""
        found = urlsplit(self.url or "")
        return f"{found.scheme}://{found.netloc.rpartition('@')[2]}" if self.url else self.name

    async def lacking(self, kafka: KafkaConnection) -> str | None:
        """Return what has to be there first; a webhook is not asked, for it might take that for an event."""
        if self.topic is None:
            return None
        try:
            await partitions(kafka, [self.topic])
        except LogAwayError as error:
            return f"Kafka at {kafka.bootstrap} can't be told: {error}."
        return None


def receiver(topic: str | None, url: str | None) -> Receiver:
    """Return who is meant; UsageError where nobody or one of klarmeld's own topics is."""
    if (topic is None) == (url is None):
        raise UsageError("Say where to.", remedy="One of --to-topic TOPIC and --to-url URL.")
    if topic in set(Topic):
        raise UsageError(
            f"{topic} is where the events are; telling them there again changes nothing.", remedy="Name another topic."
        )
    if url is not None and not (urlsplit(url).scheme in {"http", "https"} and urlsplit(url).hostname):
        raise UsageError(f"--to-url {url} is no address.", remedy="E.g. https://portal.example/klarmeld.")
    return Receiver(topic, url)


@asynccontextmanager
async def telling(to: Receiver, kafka: KafkaConnection) -> AsyncIterator[Tell]:
    """Yield what tells one event and waits until it is taken; NotTakenError where it is not."""
    if to.topic is not None:
        async with _to_topic(kafka, to.topic) as tell:
            yield tell
    else:
        async with httpx.AsyncClient(timeout=ANSWER_S, follow_redirects=False) as client:
            yield lambda each: _post(client, str(to.url), each.cloudevent())


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


async def _post(client: httpx.AsyncClient, url: str, event: Mapping[str, object]) -> None:
    content = json.dumps(event, ensure_ascii=False).encode()
    try:
        answer = await client.post(url, content=content, headers={"Content-Type": "application/cloudevents+json"})
    except httpx.HTTPError as error:
        raise NotTakenError(f"{url}: {type(error).__name__}") from error
    if not answer.is_success:
        raise NotTakenError(f"{url}: HTTP status {answer.status_code}")
