"""All of a municipality at once: the tasks service answers in one what its queries answer one by one."""

import json

import pytest

from contracts.examples.tasks import CARD
from tests.desk import OWN, Desk
from tests.integration.commands.office import enrol

ORIENT = {"role": "aftaleadministrator", "topics": ["plan", "await_eg"]}


@pytest.fixture
async def desk(tasks, prefix) -> Desk:
    """A rollout in which one municipality is enrolled."""
    desk = tasks.desk(prefix)
    await enrol(desk, tasks.app, OWN)
    return desk


async def test_all_of_a_municipality_at_once_is_what_its_parts_say(desk):
    card = json.loads(CARD.model_dump_json())
    await desk.call("PUT", "/card", card, role="koordinator")
    told = await desk.say("orientations", ORIENT)
    one = f"/municipalities/{OWN}"
    parts = [await desk.call("GET", f"{one}{part}") for part in ("", "/explanations", "/facts?whole=true")]
    view, explanations, facts = [part.json() for part in parts]

    whole = await desk.call("GET", f"{one}/whole?after={told.json()['position']}")

    assert whole.json() == {
        "view": view,
        "explanations": explanations["items"],
        "facts": facts["items"],
        "card": card,
    }


async def test_a_rollout_without_a_card_is_whole_all_the_same(desk):
    assert (await desk.call("GET", f"/municipalities/{OWN}/whole")).json()["card"] is None
