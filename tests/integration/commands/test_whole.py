"""All of a municipality at once: the tasks service answers in one what its queries answer one by one."""

import json

import pytest

from contracts.examples import example
from contracts.examples.tasks import CARD
from contracts.names import EventName
from tests.desk import OWN, Desk
from tests.integration.commands.office import FOREIGN, enrol, put

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


async def test_what_is_told_in_between_stands_in_the_next_answer_and_is_tagged_anew(desk):
    before = [await desk.call("GET", f"/municipalities/{OWN}/whole") for _ in range(2)]
    told = await desk.say("orientations", ORIENT)
    after = await desk.call("GET", f"/municipalities/{OWN}/whole?after={told.json()['position']}")

    assert before[0].content == before[1].content
    assert [len(each.json()["facts"]) for each in (*before, after)] == [1, 1, 2]
    assert before[0].headers["etag"] == before[1].headers["etag"] != after.headers["etag"]


async def test_so_many_facts_as_are_asked_for_are_told_each_time(desk):
    await desk.until((await desk.say("orientations", ORIENT)).json()["position"])
    found = [(await desk.call("GET", f"/municipalities/{OWN}/whole?limit={each}")).json() for each in (2, 1)]
    assert [len(each["facts"]) for each in found] == [2, 1]


async def test_what_others_are_told_shows_at_once_where_it_concerns_the_municipality(desk, tasks):
    conflicts = []
    for code in (OWN, FOREIGN):
        forwarding = EventName.ForwardingConfigured
        await put(desk, tasks.app, example(forwarding, id=f"f-{code}", rollout=desk.rollout, municipality=code))
        whole = (await desk.call("GET", f"/municipalities/{OWN}/whole")).json()
        conflicts.append(whole["view"]["ean_conflicts"])
    assert conflicts == [[], ["5798000416604", "5798009811578"]]
