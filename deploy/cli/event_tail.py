"""`klarmeld events tail`: facts as the log takes them."""

import asyncio
import json
from contextlib import suppress

from deploy.cli.event_options import Municipality, Name, OnTopics, RolloutOption, selection
from deploy.cli.log_read import log_of
from deploy.cli.options import AsJson, PortBase
from deploy.cli.place import place
from deploy.cli.words import local_time
from deploy.selection import Place, Selection, chosen_facts
from services.chassis.settings import KafkaConnection


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


async def _tailed(kafka: KafkaConnection, chosen: Selection, *, as_json: bool) -> None:
    async with log_of(kafka, chosen, for_ever=True) as (consumer, within):
        async for each in chosen_facts(consumer, within, chosen):
            if each is not None:
                print(json.dumps(each.cloudevent(), ensure_ascii=False) if as_json else _line(each), flush=True)


def _line(each: Place) -> str:
    rollout, municipality, fact = each.heard
    about = f"{rollout} {municipality or 'all ':<4}"
    return f"{each.position:<22} {local_time(fact.time):<18} {about} {fact.name} {fact.subject}"
