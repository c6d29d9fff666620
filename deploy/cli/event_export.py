"""`klarmeld events export` and `tail`: facts of the log as JSON Lines of structured CloudEvents."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, Self, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.cli.errors import UnreachableError
from deploy.cli.event_options import From, Held, Municipality, Name, OnTopics, RolloutOption, To, selection
from deploy.cli.options import AsJson, PortBase
from deploy.cli.place import place
from deploy.cli.words import local_time
from deploy.producer import LogAwayError, answered
from deploy.record_spans import Span, partitions, reading
from deploy.selection import Place, Selection, chosen_facts, where
from services.chassis.settings import KafkaConnection

Output = Annotated[str, typer.Argument(help="The file to write; - is standard output.")]


def export(  # noqa: PLR0913, PLR0917  the options of the contract
    output: Output = "-",
    start: From = None,
    end: To = None,
    by_time: Held = False,  # noqa: FBT002  a flag of the command line
    rollout: RolloutOption = None,
    municipality: Municipality = None,
    name: Name = None,
    topics: OnTopics = None,
    port_base: PortBase = None,
) -> None:
    """Write the chosen facts as JSON Lines; publishing the file again changes nothing."""
    chosen = selection(
        start=start, end=end, by_time=by_time, rollout=rollout, municipality=municipality, name=name, topics=topics
    )
    found, skipped = asyncio.run(_exported(place(port_base).log, chosen, output))
    print(f"{found:,} events exported; {skipped:,} other records passed over.", file=sys.stderr)


def tail(  # noqa: PLR0913  the options of the contract
    *,
    rollout: RolloutOption = None,
    municipality: Municipality = None,
    name: Name = None,
    topics: OnTopics = None,
    port_base: PortBase = None,
    as_json: AsJson = False,
) -> None:
    """Show facts as the log takes them, until Ctrl-C."""
    chosen = selection(
        start=None, end=None, by_time=False, rollout=rollout, municipality=municipality, name=name, topics=topics
    )
    with suppress(KeyboardInterrupt):
        asyncio.run(_tailed(place(port_base).log, chosen, as_json=as_json))


async def _exported(kafka: KafkaConnection, chosen: Selection, output: str) -> tuple[int, int]:
    found = skipped = 0
    with _opened(output) as lines:
        async with log_of(kafka, chosen) as (consumer, within):
            with Bar("Reading the log", within.records) as step:
                async for each in chosen_facts(consumer, within, chosen):
                    step()
                    if each is None:
                        skipped += 1
                        continue
                    found += 1
                    lines.write(json.dumps(each.cloudevent(), ensure_ascii=False) + "\n")
    return found, skipped


async def _tailed(kafka: KafkaConnection, chosen: Selection, *, as_json: bool) -> None:
    async with log_of(kafka, chosen, for_ever=True) as (consumer, within):
        async for each in chosen_facts(consumer, within, chosen):
            if each is not None:
                print(json.dumps(each.cloudevent(), ensure_ascii=False) if as_json else _line(each), flush=True)


def _line(each: Place) -> str:
    rollout, municipality, fact = each.heard
    about = f"{rollout} {municipality or 'all ':<4}"
    return f"{each.position:<22} {local_time(fact.time):<18} {about} {fact.name} {fact.subject}"


@asynccontextmanager
async def log_of(
    kafka: KafkaConnection, chosen: Selection, *, for_ever: bool = False
) -> AsyncIterator[tuple[Any, Span]]:
    """Yield a reader and the part of the log to read; UnreachableError where there is no Kafka."""
    try:
        every = await partitions(kafka, chosen.topics)
        async with reading(kafka) as consumer:
            within = await where(consumer, every, chosen, for_ever=for_ever)
            if for_ever:
                async with answered():
                    within = Span(await consumer.end_offsets(every), None)
            yield consumer, within
    except LogAwayError as error:
        raise UnreachableError(
            f"Kafka at {kafka.bootstrap} can't be read ({error}).", remedy="Start the local stack with `klarmeld up`."
        ) from None


def _opened(output: str) -> TextIO:
    return open(1, "w", encoding="utf-8", closefd=False) if output == "-" else Path(output).open("w", encoding="utf-8")


class Bar:
    """A progress bar on standard error, drawn on a terminal only; calling it moves it by one."""

    def __init__(self, words: str, total: int) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
        self._task = self._progress.add_task(words, total=total)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self) -> None:
        self._progress.advance(self._task)
