"""`klarmeld run` and `klarmeld up`: the whole thing on one machine, with the campaign or without."""

import asyncio
from typing import Annotated

import typer

from deploy.campaign.contacts import contacts
from deploy.campaign.producer import Voices, play
from deploy.campaign.script import Act, acts
from deploy.cli.asking import Services, asking
from deploy.cli.errors import UnreachableError
from deploy.cli.interruption import until_told
from deploy.cli.life import Watch, running
from deploy.cli.options import AsJson, Data, PortBase
from deploy.cli.place import Place, place
from deploy.cli.shown import shown
from deploy.cli.speaking import voices_of
from deploy.cli.steps import ActBegun, Settled, Tell
from deploy.cli.watching import board_so_far, keep_watching, settled
from deploy.producer import LogAwayError

#: How long one act takes when somebody watches, in seconds.
WATCHED_ACT_S = 3.0

Leave = Annotated[bool, typer.Option("--exit", help="Stop when the campaign has settled; 1 if its outcome is wrong.")]

Secure = Annotated[
    bool, typer.Option("--secure", help="Closed: TLS, a user for everybody, and what each may do; data of its own.")
]


def run(*, port_base: PortBase = None, data: Data = None, leave: Leave = False, as_json: AsJson = False) -> None:
    """Start everything on this machine and play the campaign of eFaktura 8b on a live board, until Ctrl-C."""
    ok = until_told(_run(place(port_base, data), leave=leave, as_json=as_json), told_code=1 if leave else 0)
    raise typer.Exit(0 if ok else 1)


def up(*, port_base: PortBase = None, data: Data = None, secure: Secure = False, as_json: AsJson = False) -> None:
    """Start Kafka, MongoDB and the services on this machine, without the campaign, until Ctrl-C."""
    until_told(_up(place(port_base, data), secure=secure, as_json=as_json))


async def _up(place: Place, *, secure: bool, as_json: bool) -> None:
    with shown(as_json=as_json) as tell:
        async with running(place, tell, secure=secure) as watch:
            await watch()


async def _run(place: Place, *, leave: bool, as_json: bool) -> bool:
    with shown(as_json=as_json) as tell:
        async with running(place, tell) as watch, asking(place) as services:
            watching = asyncio.create_task(keep_watching(services, tell))
            try:
                return await _campaign(place, services, watch, tell, leave=leave)
            finally:
                watching.cancel()


async def _campaign(place: Place, services: Services, watch: Watch, tell: Tell, *, leave: bool) -> bool:
    """Play, settle, and stay unless told to leave; a part that ends by itself ends it all."""
    guard = asyncio.ensure_future(watch())
    playing = asyncio.create_task(_played(place, services, tell, watched=not leave))
    try:
        await asyncio.wait({guard, playing}, return_when=asyncio.FIRST_COMPLETED)
        outcome = playing.result() if playing.done() else None
        if outcome is None or not leave:
            await guard
        return outcome is not None and outcome.ok
    finally:
        guard.cancel()
        playing.cancel()


async def _played(place: Place, services: Services, tell: Tell, *, watched: bool) -> Settled:
    script = acts()

    def begun(number: int, act: Act) -> None:
        tell(ActBegun(number, len(script), act.title))

    told_before = bool((await board_so_far(services)).rows)
    act_s = WATCHED_ACT_S if watched and not told_before else 0
    voices = voices_of(services)
    if not told_before:  # whoever has changed or erased a contact since does not get the sample's again
        await _named(voices)
    try:
        await play(script, kafka=place.log, voices=voices, act_s=act_s, begun=begun)
    except LogAwayError as error:
        raise UnreachableError(
            f"Kafka did not take the campaign's events ({error}).", remedy="Run again: it goes on from there."
        ) from None
    outcome = await settled(services, again=told_before)
    tell(await board_so_far(services))
    tell(outcome)
    return outcome


async def _named(voices: Voices) -> None:
    """Name everybody who is to hear, before the first fact by which a mail is owed."""
    for command in contacts():
        await voices.say(command)
