"""`klarmeld events`: onto the log from a file or a pipe, and from the log to files and other systems."""

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from contracts.codec import to_message
from contracts.topics import Topic
from deploy.cli.errors import UnreachableError, UsageError
from deploy.cli.event_doors import through_doors
from deploy.cli.event_export import export
from deploy.cli.event_files import Told, events_of
from deploy.cli.event_replay import replay
from deploy.cli.event_tail import tail
from deploy.cli.options import AsJson, PortBase
from deploy.cli.place import place
from deploy.producer import ANSWER_S, LogAwayError, connected, send
from services.chassis import clock
from services.chassis.settings import KafkaConnection

#: Events that are under way at once.
LOT = 1_000

app = typer.Typer(help="Events onto the log and from it.", no_args_is_help=True)

File = Annotated[
    str, typer.Argument(help="Structured CloudEvents: JSON Lines, a JSON array or one; - is standard input.")
]
To = Annotated[str | None, typer.Option(help="Kafka's bootstrap servers; the local stack's unless said otherwise.")]
ByHttp = Annotated[bool, typer.Option("--http", help="Through the services' doors, as EG's systems without Kafka do.")]
OnTopic = Annotated[Topic | None, typer.Option(help="The topic of retractions by EG's systems.")]


@app.command(epilog="Example: klarmeld events publish events.jsonl")
def publish(  # noqa: PLR0913  the options of the command
    file: File,
    *,
    to: To = None,
    http: ByHttp = False,
    topic: OnTopic = None,
    port_base: PortBase = None,
    as_json: AsJson = False,
) -> None:
    """Publish all events of a file, or none when one of them could not be a fact (exit code 2)."""
    if http and to:
        raise UsageError("--to names Kafka's servers, which --http does without.", remedy="Leave one of them out.")
    told = events_of(_content(file), now_ms=clock.now_ms(), topic=topic)
    here = place(port_base)
    positions = asyncio.run(through_doors(told, here) if http else _published(told, here.at(to)))
    accepted = [{"id": each.id, "position": position} for each, position in zip(told, positions, strict=True)]
    if as_json:
        print(json.dumps({"events": accepted}, ensure_ascii=False))
        return
    for each in accepted:
        print(f"{each['position']:<22} {each['id']}")


app.command(epilog="Example: klarmeld events export --municipality 0630 --from 2026-05-01T00:00:00Z out.jsonl")(export)
app.command(epilog="Example: klarmeld events tail --rollout efaktura-8b")(tail)
app.command(epilog="Example: klarmeld events replay --to-topic a-copy --type AgreementSigned --execute")(replay)


def _content(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}.") from None


async def _published(told: Sequence[Told], kafka: KafkaConnection) -> list[str]:
    try:
        async with connected(kafka, within_s=ANSWER_S) as producer:
            return [position for some in _lots(told) for position in await _sent(producer, some)]
    except LogAwayError as error:
        raise UnreachableError(
            f"Kafka at {kafka.bootstrap} can't be reached or did not take the events ({error}).",
            remedy="Start the local stack with `klarmeld up`; publishing the same file again is harmless.",
        ) from None


async def _sent(producer: Any, some: Sequence[Told]) -> list[str]:
    return await asyncio.gather(*[send(producer, to_message(each.record), within_s=ANSWER_S) for each in some])


def _lots(told: Sequence[Told]) -> Iterator[Sequence[Told]]:
    """Yield as many at a time as Kafka takes long before it is thought to be away."""
    yield from (told[start : start + LOT] for start in range(0, len(told), LOT))
