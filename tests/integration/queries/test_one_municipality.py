"""What each service shows of one municipality, of whom it knows nothing, and under which tag."""

import httpx
import pytest

from contracts.examples import example
from contracts.municipalities import MUNICIPALITIES
from contracts.names import EventName
from tests.integration.queries.three import KOLDING, NOT_FOUND, OK, VEJLE, Three, assert_problem


async def test_a_view_says_where_the_municipality_stands(three: Three, rollout: str):
    view = (await three.view(rollout)).json()

    assert (view["rollout"], view["municipality"], view["name"]) == (rollout, VEJLE, "Vejle")
    assert view["progress"]["stage"] == "to_sign"
    assert view["ean_conflicts"] == []


@pytest.mark.parametrize(
    ("of", "tracks"),
    [
        ("tasks", {"orientation", "agreement", "information", "forwarding", "task"}),
        ("agreements", {"orientation", "agreement", "forwarding", "task"}),
        ("notifications", {"orientation", "agreement", "information", "forwarding", "task"}),
    ],
)
async def test_each_service_shows_the_tracks_that_it_can_know(three: Three, rollout: str, of: str, tracks: set[str]):
    [position] = await three.tell(example(EventName.AgreementViewed, rollout=rollout))

    view = (await three.view(rollout, of=of, after=position)).json()

    assert view["progress"]["tracks"].keys() >= tracks - {"task", "orientation"}
    assert view["progress"]["tracks"].keys() <= {*tracks, "local_items"}


@pytest.mark.parametrize("of", ["agreements", "notifications", "tasks"])
async def test_each_of_the_98_answers_once_a_rollout_is_known(three: Three, rollout: str, of: str):
    [position] = await three.tell(example(EventName.AgreementBatchDispatched, rollout=rollout))
    assert (await three.view(rollout, of=of, after=position)).status_code == OK

    answers = [await three.view(rollout, code, of=of) for code in MUNICIPALITIES if code != VEJLE]

    assert {answer.status_code for answer in answers} == {OK}
    assert {answer.json()["progress"]["stage"] for answer in answers} == {"not_applicable"}


@pytest.mark.parametrize("code", ["0411", "9999", "101", "Vejle"])
@pytest.mark.parametrize("what", ["", "/facts", "/explain?path=stage", "/stream"])
async def test_what_is_no_municipality_is_not_found(three: Three, rollout: str, code: str, what: str):
    assert_problem(await three.get(f"/v1/rollouts/{rollout}/municipalities/{code}{what}"), NOT_FOUND)


@pytest.mark.parametrize("path", ["", "/municipalities", f"/municipalities/{VEJLE}", f"/municipalities/{VEJLE}/facts"])
async def test_a_rollout_that_nobody_told_of_is_not_found(three: Three, path: str):
    assert_problem(await three.get(f"/v1/rollouts/nobody-told{path}"), NOT_FOUND)


async def test_what_is_missing_answers_the_same_whatever_is_asked_for(three: Three, rollout: str):
    answers = [await three.view(rollout, "0411"), await three.view("nobody-told")]

    assert answers[0].json() == answers[1].json()


async def test_a_view_that_has_not_changed_is_not_sent_again(three: Three, rollout: str):
    etag = (await three.view(rollout)).headers["etag"]

    again = await three.view(rollout, headers={"If-None-Match": etag})

    assert (again.status_code, again.content, again.headers["etag"]) == (httpx.codes.NOT_MODIFIED, b"", etag)


async def test_a_view_that_has_changed_is_sent_with_another_etag(three: Three, rollout: str):
    etag = (await three.view(rollout)).headers["etag"]
    [position] = await three.tell(example(EventName.AgreementViewed, rollout=rollout))

    again = await three.view(rollout, headers={"If-None-Match": etag}, after=position)

    assert again.status_code == OK
    assert again.headers["etag"] != etag


@pytest.mark.parametrize("given", ['"other", {}', "W/{}", "*"])
async def test_the_ways_of_naming_a_known_view_are_understood(three: Three, rollout: str, given: str):
    etag = (await three.view(rollout)).headers["etag"]

    again = await three.view(rollout, headers={"If-None-Match": given.format(etag)})

    assert again.status_code == httpx.codes.NOT_MODIFIED


async def test_an_ean_that_two_use_is_shown_to_each_without_the_other(three: Three, rollout: str):
    configured = [
        example(EventName.ForwardingConfigured, rollout=rollout, municipality=code) for code in (VEJLE, KOLDING)
    ]
    for code, position in zip((VEJLE, KOLDING), await three.tell(*configured), strict=True):
        assert (await three.view(rollout, code, after=position)).status_code == OK

    view = await three.view(rollout)

    assert view.json()["ean_conflicts"] == ["5798000416604", "5798009811578"]
    assert KOLDING not in view.text
    earlier = await three.view(rollout, as_of="2026-01-01T00:00:00Z")
    assert earlier.json()["ean_conflicts"] == []
