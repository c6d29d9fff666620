"""Kommunens side when every text of an event that takes any text is hostile: it is shown, and is never markup."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.requests import Request

from contracts.examples import EXAMPLES, MUNICIPALITY, ROLLOUT
from contracts.names import EventName
from contracts.progress import derive_settled
from contracts.writer import NewEvent
from services.chassis.projection.documents import Document
from services.chassis.queries.views import NOW, Pair, Views, as_json
from services.portal.catalogue import Language
from services.portal.heard import Answer
from services.portal.kommune import timeline
from services.portal.kommune.page import side
from services.portal.kommune.shown import values_of
from services.portal.rendering import Pages
from services.portal.visitors import Visitor
from services.tasks.whole import body_of
from tests.browser.situations import HOSTILE_TEXT
from tests.situations import heard

STORY = (
    EventName.TaskCardPublished, EventName.GuidancePublished, EventName.WebinarScheduled,
    EventName.MunicipalityEnrolled, EventName.AgreementSent, EventName.WebinarInvited,
)  # fmt: skip
LENGTHS = (2_000, 500, 200, 120)
MOST_BYTES = 16_000
ACTS = Visitor(token="t", expires=0, subject="s", roles=("kommune-behandl",), municipality=MUNICIPALITY, csrf="c")


class Told:
    """Services that are all there, of which one tells this of the municipality."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole

    async def answer(self, *_asked: Any, **_more: Any) -> Answer:
        return Answer(None, self._whole)

    async def is_there(self, _service: Any) -> bool:
        return True


def hostile(event: NewEvent) -> NewEvent:
    """Return the event with as long a hostile text as may be in each of its fields that takes any text."""
    model, said = type(event.data), json.loads(event.data.model_dump_json())
    for place, name in list(texts(said)):
        usual = place[name]
        for length in LENGTHS:
            place[name] = HOSTILE_TEXT[:length]
            if accepted(model, said):
                break
            place[name] = usual
    return replace(event, data=model.model_validate_json(json.dumps(said)))


def texts(said: Any) -> Iterator[tuple[Any, Any]]:
    """Yield where each text of some JSON stands: what holds it, and under which name or number."""
    for name, value in list(said.items() if isinstance(said, dict) else enumerate(said)):
        if isinstance(value, str):
            yield said, name
        elif isinstance(value, dict | list):
            yield from texts(value)


def accepted(model: Any, said: Any) -> bool:
    """Whether it may be told, as large as it has become."""
    if len(json.dumps(said)) > MOST_BYTES:
        return False
    try:
        model.model_validate_json(json.dumps(said))
    except ValidationError:
        return False
    return True


def whole_after(*events: NewEvent) -> Any:
    """Return what the tasks service tells of the municipality after these events, as it comes over HTTP."""
    told = [heard(offset, event) for offset, event in enumerate(events)]
    documents = [
        Document(f"{ROLLOUT}:{code}", ROLLOUT, code, facts, {"tasks-0": len(told)}, None)
        for code, facts in (
            (MUNICIPALITY, {str(n): each.fact for n, each in enumerate(told) if each.municipality}),
            ("*", {str(n): each.fact for n, each in enumerate(told) if not each.municipality}),
        )
    ]
    pair, views = Pair(*documents), Views(store=None, derive=derive_settled, shows_ean_conflicts=False)
    view = {"positions": pair.positions, "ean_conflicts": [], "progress": views.progress(pair, NOW)}
    return json.loads(as_json(body_of(views, pair, view, 100)))


def page_and_history(whole: Any, language: Language) -> str:
    pages = Pages(local=False, sample_data=False)
    scope = {"type": "http", "method": "GET", "path": f"/kommune/{MUNICIPALITY}", "headers": [], "query_string": b""}
    request = Request({**scope, "query_string": f"lang={language}".encode(), "state": {"visitor": ACTS}})
    found = asyncio.run(side(Told(whole), ROLLOUT, MUNICIPALITY, "t", None))
    page = pages.html(request, "kommune/side.html", **values_of(found, ACTS, language), piece=pages.pieces.of(None))
    lines = timeline.lines(whole["facts"], whole["view"]["progress"]["anomalies"])
    return page + pages.html(request, "kommune/history.html", code=MUNICIPALITY, lines=lines, next=None)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", EventName)
def test_hostile_text_in_every_field_of_an_event_is_shown_as_text(name, language):
    shown = page_and_history(
        whole_after(*(hostile(EXAMPLES[each]) for each in dict.fromkeys((*STORY, name)))), language
    )

    assert shown.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 10
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown


@pytest.mark.parametrize(
    ("name", "field"),
    [
        (EventName.LocalItemAdded, "text"),
        (EventName.AgreementDeclined, "reason"),
        (EventName.TaskReopened, "reason"),
        (EventName.WebinarCancelled, "reason"),
        (EventName.GuidancePublished, "title"),
        (EventName.TaskCardPublished, "description"),
    ],
)
def test_the_texts_that_people_write_take_a_hostile_one(name, field):
    assert getattr(hostile(EXAMPLES[name]).data, field).startswith("<script>alert(1)</script>")
