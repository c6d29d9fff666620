"""Events through the services' own doors, `POST /v1/events`, as EG's systems send them that do not speak Kafka."""

import asyncio
from collections.abc import Iterator, Sequence
from http import HTTPStatus

import httpx

from contracts.access import UserRole
from contracts.http_binding import BATCH
from contracts.topics import Topic
from deploy.cli.asking import DIRECT, asking, detail_of
from deploy.cli.errors import CommandError, UnreachableError, UsageError
from deploy.cli.event_files import Told
from deploy.cli.place import Place
from deploy.fleet import FLEET

#: As many events and bytes as a door takes at once.
MOST_EVENTS, MOST_BYTES = 500, 4 * 1024 * 1024 - 1024
_DOORS = {each.owns: each.name for each in FLEET if each.owns is not Topic.TASKS}


async def through_doors(told: Sequence[Told], place: Place) -> list[str]:
    """Return the position of each event; a door that is pressed too hard is given the time that it asks for."""
    _has_doors(told)
    positions: dict[int, str] = {}
    async with asking(place, UserRole.EG) as services, httpx.AsyncClient(timeout=30, mounts=DIRECT) as client:
        token = place.token or await services.token(UserRole.EG)
        client.headers["Authorization"] = f"Bearer {token}"
        for topic, name in _DOORS.items():
            numbered = [(number, each) for number, each in enumerate(told) if each.record.topic == topic]
            for some in _portions(numbered):
                found = await _sent(client, f"{place.urls[name]}/v1/events", [each for _, each in some])
                positions |= {number: position for (number, _), position in zip(some, found, strict=True)}
    return [positions[number] for number in range(len(told))]


def _has_doors(told: Sequence[Told]) -> None:
    closed = [each.where for each in told if each.record.topic not in _DOORS]
    if closed:
        raise UsageError(
            f"Nothing was published. klarmeld.tasks has no door ({', '.join(closed[:5])}).",
            remedy="A municipality's own word comes by the commands of the tasks service.",
        )


def _portions(numbered: Sequence[tuple[int, Told]]) -> Iterator[list[tuple[int, Told]]]:
    """Yield as many at a time as a door takes."""
    some: list[tuple[int, Told]] = []
    size = 0
    for number, each in numbered:
        length = len(each.record.value or b"") + 1
        if some and (len(some) == MOST_EVENTS or size + length > MOST_BYTES):
            yield some
            some, size = [], 0
        some.append((number, each))
        size += length
    if some:
        yield some


async def _sent(client: httpx.AsyncClient, url: str, told: Sequence[Told]) -> list[str]:
    content = b"[" + b",".join(each.record.value or b"" for each in told) + b"]"
    while True:
        try:
            answer = await client.post(url, content=content, headers={"Content-Type": BATCH})
        except httpx.HTTPError as error:
            raise UnreachableError(
                f"{url} can't be reached ({type(error).__name__}).",
                remedy="Start the local stack with `klarmeld up`; publishing the same file again is harmless.",
            ) from None
        if answer.status_code != HTTPStatus.TOO_MANY_REQUESTS:
            break
        await asyncio.sleep(float(answer.headers.get("Retry-After", "1")))
    if answer.is_server_error:
        raise UnreachableError(
            f"{url} can't take events now: {detail_of(answer)}", remedy="Publishing the same file again is harmless."
        )
    if answer.status_code != HTTPStatus.ACCEPTED:
        raise CommandError(f"{url} refuses: {' '.join([detail_of(answer), *_fields(answer)])}")
    return [str(each["position"]) for each in answer.json()["events"]]


def _fields(answer: httpx.Response) -> list[str]:
    """Return a sentence for each field that a problem names."""
    try:
        return [f"{each['pointer']}: {each['detail']}" for each in answer.json().get("errors", ())]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
