"""Why a value beside the tracks says what it says: the facts behind it, and the rule by which it follows from them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from contracts.awaits import missing
from contracts.names import EventName, event_type
from contracts.rule_texts import RULES, Text
from contracts.tracks.stage import Stage
from services.portal.catalogue import Language, text
from services.portal.heard import Json
from services.portal.kommune.page import Side


class Why(NamedTuple):
    """What is told of one value: the facts, the oldest first, the rule, and what is missing before the next step."""

    facts: Sequence[Json]
    rule: Text
    missing: Sequence[Text] = ()


def whys_of(side: Side) -> Mapping[str, Why]:
    """Return why of each panel by its name; nothing where the service that knows all of them is away."""
    if side.progress is None:
        return {}
    tracks = side.progress["tracks"]
    return {
        "turn": _turn(side, side.progress),
        "goal": Why(_with_ids(side, tracks["orientation"]["facts"]), _said("overview.def.goal")),
        "result": Why(
            _with_ids(side, [*tracks["agreement"]["facts"], *tracks["forwarding"]["facts"]]),
            _said("overview.def.result"),
        ),
        "webinar": Why(_with_ids(side, tracks["information"]["webinar_facts"]), RULES["information"]),
        "local": Why(_of(side, EventName.LocalItemAdded, EventName.LocalItemClosed), _said("why.local")),
        "card": Why(_of(side, EventName.TaskCardPublished), _said("why.card")),
    }


def _turn(side: Side, progress: Json) -> Why:
    """Return why it is whose turn; of who has no part in the rollout, why not."""
    if progress["stage"] == Stage.NOT_APPLICABLE:
        facts = _with_ids(side, progress["enrolment"]["facts"])
        return Why(facts, RULES["enrolment"], missing(progress, "enrolment"))
    return Why(_with_ids(side, progress["turn"]["primary"]["because"]), RULES["turn"])


def _with_ids(side: Side, ids: Iterable[str]) -> Sequence[Json]:
    wanted = set(ids)
    return [each for each in side.facts if each["id"] in wanted]


def _of(side: Side, *names: EventName) -> Sequence[Json]:
    types = {event_type(name) for name in names}
    return [each for each in side.facts if each["type"] in types]


def _said(key: str) -> Text:
    return Text(*(text(language, key) for language in Language))
