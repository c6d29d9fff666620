"""Everything that Kommunens side shows, asked of the services at once; one that is away takes its tracks along."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from services.chassis.errors import InvalidRequestError
from services.chassis.logs import logger
from services.portal.backend import Backend, ServiceAwayError, ServiceName
from services.portal.heard import Answer, Json
from services.portal.kommune import states, steps, timeline
from services.portal.kommune.states import State
from services.portal.kommune.steps import Step
from services.portal.kommune.timeline import Line
from services.portal.kommune.tones import Tone, most_urgent, tone_of
from services.portal.kommune.turn import Link, Panel, others, panel
from services.portal.said import Said

log = logger(__name__)
T = TypeVar("T")
#: How many facts the page shows before it leads to the whole history; of those that came with it it knows more.
NEWEST = 10
#: The service whose own track it is: it is asked why a track says what it says, and for all when another is away.
OWNERS = {
    "orientation": ServiceName.TASKS,
    "agreement": ServiceName.AGREEMENTS,
    "information": ServiceName.NOTIFICATIONS,
    "forwarding": ServiceName.AGREEMENTS,
    "task": ServiceName.TASKS,
}
#: Asked whether they are there beside the service that knows all tracks; without that one, what they say of their own.
OTHERS = (ServiceName.AGREEMENTS, ServiceName.NOTIFICATIONS)
ICONS = {
    "orientation": "groups",
    "agreement": "edit",
    "information": "videocam",
    "forwarding": "forward",
    "task": "assignment",
}


@dataclass(frozen=True)
class Track:
    """One track as it is drawn; `states` is empty where its service is away."""

    name: str
    states: Sequence[State] = ()
    notes: Sequence[State] = ()
    remarks: Sequence[Said] = ()
    lines: Sequence[Sequence[Step]] = ()
    why: Json | None = None

    @property
    def icon(self) -> str:
        return ICONS[self.name]

    @property
    def every(self) -> Sequence[State]:
        """Its states and what stands beside them."""
        return [*self.states, *self.notes]

    @property
    def edge(self) -> Tone:
        """The tone of its edge: that of its most urgent state."""
        return most_urgent([tone_of(each.key) for each in self.every] or [Tone.WAITING])

    @property
    def since(self) -> str | None:
        """Since when the newest of its states holds."""
        return max((each.since for each in self.states if each.since), default=None)


@dataclass(frozen=True)
class Side:
    """The whole page; `view` is None where the service that knows all tracks is away."""

    code: str
    view: Json | None
    tracks: Sequence[Track]
    turn: Panel | None
    links: Sequence[Link]
    history: Sequence[Line] | None
    facts: Sequence[Json]
    said: Mapping[str, Json]
    card: Json | None
    #: What all of it was made of, in one word; None where that has none.
    made_of: Hashable = None

    @property
    def partly(self) -> bool:
        """Whether some service was away, so that the page is to be asked for again."""
        return self.view is None or not all(track.states for track in self.tracks)

    @property
    def progress(self) -> Json | None:
        return self.view and self.view["progress"]

    @property
    def outside(self) -> bool:
        """Whether the task is none of the municipality's, and nothing has been said of it that tracks could tell."""
        return self.progress is not None and stands_outside(self.progress)


@dataclass(frozen=True)
class Asked:
    """What the services answered: all that the first knows, which others are there, and what those say without it."""

    whole: Json | None
    there: Collection[ServiceName]
    told: Mapping[ServiceName, Json | None]
    etag: str | None = None

    @property
    def view(self) -> Json | None:
        return self.whole and self.whole["view"]

    def why(self, track: str) -> Json | None:
        """Return why a track says what it says; None where its own service is away."""
        owner = OWNERS[track]
        if self.whole:
            items = self.whole["explanations"] if owner in self.there else ()
        else:
            answer = self.told.get(owner)
            items = answer["items"] if answer else ()
        return next((each for each in items if each["path"] == track), None)


async def side(backend: Backend, rollout: str, code: str, token: str, after: str | None) -> Side:
    """Return the page of one municipality, which includes the position `after` where a command led here."""
    asked = await _ask(backend, rollout, code, token, after)
    tracks = _tracks(asked)
    progress = asked.view["progress"] if asked.view else None
    shown = {track.name: track.states[0] for track in tracks if track.states}
    facts = asked.whole["facts"] if asked.whole else None
    newest = [each for each in facts or () if not timeline.is_routine(each)] or facts or ()
    return Side(
        code=code,
        view=asked.view,
        tracks=tracks,
        turn=panel(progress, states_of(progress)) if progress else None,
        links=others(progress, code) if progress and shown else (),
        history=None if facts is None else timeline.lines(newest[:NEWEST], progress["anomalies"] if progress else ()),
        facts=(facts or ())[::-1],
        said={each["id"]: each["data"] for each in facts or ()},
        card=asked.whole and asked.whole["card"],
        made_of=asked.etag and (asked.etag, *sorted(asked.there)),
    )


async def _ask(backend: Backend, rollout: str, code: str, token: str, after: str | None) -> Asked:
    one = f"/rollouts/{rollout}/municipalities/{code}"
    whole, there = await asyncio.gather(
        _whole(backend, f"{one}/whole", token, after), _of_each(OTHERS, backend.is_there)
    )
    if whole:
        known = {ServiceName.TASKS, *(service for service in OTHERS if there[service])}
        return Asked(whole.body, known, {}, whole.etag)
    explained = partial(backend.get_or_away, path=f"{one}/explanations", token=token)
    return Asked(None, (), await _of_each(OTHERS, explained))


async def _of_each(
    services: Sequence[ServiceName], ask: Callable[[ServiceName], Awaitable[T]]
) -> Mapping[ServiceName, T]:
    return dict(zip(services, await asyncio.gather(*map(ask, services)), strict=True))


async def _whole(backend: Backend, path: str, token: str, after: str | None) -> Answer | None:
    """Return all once it includes `after`, or as it is where that takes long; None where its service is away."""
    try:
        if after is not None:
            return await backend.answer(ServiceName.TASKS, path, token, after=after, wait=2)
    except (ServiceAwayError, InvalidRequestError):
        log.info("not_yet_included", after=after)
    try:
        return await backend.answer(ServiceName.TASKS, path, token)
    except ServiceAwayError:
        return None


def _tracks(asked: Asked) -> Sequence[Track]:
    """Return the tracks; the state of each is the whole view's, or its own service's where that view is away."""
    explained = {name: asked.why(name) for name in OWNERS}
    known = {name: why["value"] for name, why in explained.items() if why}
    if asked.view:
        known = {name: asked.view["progress"]["tracks"][name] for name in known}
    conflicts = asked.view["ean_conflicts"] if asked.view else ()
    return [_track(name, known, explained[name], conflicts) for name in OWNERS]


def stands_outside(progress: Json) -> bool:
    """Return whether a municipality has no part in the rollout, and was never sent or said anything by mistake."""
    own = (track["since"] for name, track in progress["tracks"].items() if name != "information")
    return progress["stage"] == "not_applicable" and not any(own)


def states_of(progress: Json) -> Mapping[str, State]:
    """Return the state of each track by its name, of the information that of its guidance."""
    tracks = progress["tracks"]
    return {
        "orientation": states.orientation(
            tracks["orientation"], tracks["task"]["responsible_role"] or states.RESPONSIBLE
        ),
        "agreement": states.agreement(tracks["agreement"]),
        "information": states.guidance(tracks["information"]),
        "forwarding": states.forwarding(tracks["forwarding"], tracks["information"]),
        "task": states.task(tracks["task"], tracks["orientation"]),
    }


def _track(name: str, known: Mapping[str, Any], why: Json | None, conflicts: Sequence[str]) -> Track:
    """Return one track as it is drawn, from the tracks that are known."""
    track = known.get(name)
    if track is None:
        return Track(name)
    match name:
        case "orientation":
            return Track(name, [states.orientation(track)], (), (), [steps.orientation(track)], why)
        case "agreement":
            return Track(name, [states.agreement(track)], (), states.superseded(track), [steps.agreement(track)], why)
        case "information":
            both = [states.guidance(track), states.webinar(track)]
            return Track(
                name, both, states.webinar_notes(track), (), [steps.guidance(track), steps.webinar(track)], why
            )
        case "forwarding":
            state = states.forwarding(track, known.get("information"))
            return Track(name, [state], states.forwarding_notes(track, conflicts), (), [steps.forwarding(track)], why)
    oriented = known["orientation"]
    return Track(name, [states.task(track, oriented)], (), (), [steps.task(track, oriented)], why)
