"""The queries of the three running services: views, waiting for one's own write, pages, explanations, roll-up."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import httpx
import pytest

from contracts.codec import NewEvent
from contracts.examples import example
from contracts.municipalities import MUNICIPALITIES
from contracts.names import EventName
from deploy.local.stack import Stack
from tests.in_process import client_of, ready, running_service, tell
from tests.tokens import Issuer, running_issuer

VEJLE, KOLDING = "0630", "0621"
OK, NOT_FOUND, INVALID = httpx.codes.OK, httpx.codes.NOT_FOUND, httpx.codes.UNPROCESSABLE_ENTITY


class Three(NamedTuple):
    """The three services, each with a client that may see everything; told events are on the log when it returns."""

    apps: dict[str, Any]
    clients: dict[str, httpx.AsyncClient]

    async def tell(self, *events: NewEvent) -> list[str]:
        return await tell(self.apps["tasks"], *events)

    async def view(self, rollout: str, code: str = VEJLE, *, of: str = "tasks", **query: Any) -> httpx.Response:
        return await self.get(f"/v1/rollouts/{rollout}/municipalities/{code}", of=of, **query)

    async def get(self, url: str, /, *, of: str = "tasks", **query: Any) -> httpx.Response:
        headers = query.pop("headers", None)
        return await self.clients[of].get(url, params=query or None, headers=headers)


@pytest.fixture(scope="module")
async def three(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Three]:
    async with AsyncExitStack() as running:
        issuer: Issuer = await running.enter_async_context(running_issuer(tmp_path_factory.mktemp("issuer")))
        three = Three({}, {})
        for name in ("agreements", "notifications", "tasks"):
            three.apps[name] = await running.enter_async_context(running_service(name, stack, issuer, "queries_"))
            three.clients[name] = await running.enter_async_context(client_of(three.apps[name]))
            three.clients[name].headers.update(issuer.bearer("koordinator"))
            await ready(three.clients[name])
        yield three


@pytest.fixture
async def rollout(three: Three, prefix: str) -> str:
    """A rollout in which Vejle is enrolled and its agreement sent, as tasks shows it."""
    rollout = f"{prefix}8b"
    await three.tell(*[example(name, rollout=rollout) for name in (EventName.MunicipalityEnrolled,)])
    [sent] = await three.tell(example(EventName.AgreementSent, rollout=rollout))
    assert (await three.view(rollout, after=sent)).status_code == OK
    return rollout


def assert_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body.keys() >= {"type", "title", "detail", "instance"}
    return body


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


async def test_a_reader_who_names_a_position_sees_it(three: Three, rollout: str):
    [position] = await three.tell(example(EventName.AgreementSigned, rollout=rollout))

    view = (await three.view(rollout, after=position)).json()

    assert view["progress"]["tracks"]["agreement"]["state"] == "signed"
    partition, _, offset = position.rpartition("-")
    assert view["positions"][partition] == int(offset)


async def test_a_position_of_the_rollout_is_one_of_its_municipalities_too(three: Three, rollout: str):
    [position] = await three.tell(example(EventName.GuidancePublished, rollout=rollout))

    view = (await three.view(rollout, after=position)).json()

    assert view["progress"]["tracks"]["information"]["guidance"] == "published"


async def test_a_fact_told_again_moves_the_position_but_not_the_facts(three: Three, rollout: str):
    before = (await three.view(rollout)).json()["progress"]
    [again] = await three.tell(example(EventName.AgreementSent, rollout=rollout))

    after = await three.view(rollout, after=again)

    assert after.json()["progress"] == before


async def test_a_position_that_does_not_come_is_a_timeout_with_the_remedy(three: Three, rollout: str):
    answer = await three.view(rollout, after="agreements-0-999999", wait=0.1)

    problem = assert_problem(answer, httpx.codes.GATEWAY_TIMEOUT)
    assert "ask again" in problem["detail"]
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize("query", [
    {"after": "x"}, {"after": "agreements-1"}, {"after": "klarmeld.agreements-1-2"}, {"after": "tasks-1--2"},
    {"wait": "31"}, {"wait": "-1"}, {"wait": "nan"}, {"wait": "soon"}, {"as_of": "yesterday"},
    {"known_at": "2026-02-30T00:00:00Z"}, {"as_of": "2026-02-01T00:00:00"},
])  # fmt: skip
async def test_a_query_that_makes_no_sense_is_a_problem(three: Three, rollout: str, query: dict[str, str]):
    assert_problem(await three.view(rollout, **query), INVALID)


async def test_a_view_as_of_a_moment_holds_what_was_true_then(three: Three, rollout: str):
    view = (await three.view(rollout, as_of="2026-01-31T00:00:00Z")).json()

    assert view["progress"]["tracks"]["agreement"]["state"] == "awaiting_eg"


async def test_a_view_known_at_a_moment_holds_what_was_recorded_by_then(three: Three, rollout: str):
    view = (await three.view(rollout, known_at="2020-01-01T00:00:00Z")).json()

    assert view["progress"]["stage"] == "not_applicable"


async def test_facts_come_newest_first_and_say_whether_they_count(three: Three, rollout: str):
    [position] = await three.tell(
        example(EventName.AgreementSent, rollout=rollout, id="conflict", time="2026-01-06T08:00:00Z")
    )
    await three.tell(example(EventName.AgreementDelivered, rollout=rollout, id="conflict"))
    [last] = await three.tell(example(EventName.AgreementViewed, rollout=rollout))
    for each in (position, last):
        assert (await three.view(rollout, after=each)).status_code == OK

    items = (await three.get(f"/v1/rollouts/{rollout}/municipalities/{VEJLE}/facts")).json()["items"]

    assert [item["time"] for item in items] == sorted((item["time"] for item in items), reverse=True)
    assert len([item for item in items if item["id"] == "conflict" and not item["counts"]]) <= 1
    assert {"id", "source", "type", "subject", "time", "recorded", "topic", "partition", "offset", "counts"} <= items[
        0
    ].keys()


async def test_facts_come_in_pages_that_add_up_to_the_whole(three: Three, rollout: str):
    [last] = (await three.tell(*[
        example(EventName.StakeholderOriented, rollout=rollout, id=f"oriented-{number}") for number in range(7)
    ]))[-1:]  # fmt: skip
    assert (await three.view(rollout, after=last)).status_code == OK
    path = f"/v1/rollouts/{rollout}/municipalities/{VEJLE}/facts"
    whole = (await three.get(path)).json()["items"]

    found, cursor, links = [], None, 0
    while True:
        answer = await three.get(path, limit=4, **({"cursor": cursor} if cursor else {}))
        found += answer.json()["items"]
        cursor = answer.json()["next"]
        links += 'rel="next"' in answer.headers.get("link", "")
        if cursor is None:
            break

    assert found == whole
    assert links == (len(whole) - 1) // 4


@pytest.mark.parametrize("cursor", ["x", "e30", "WzFd", "%00", "W10=", "æøå"])
async def test_a_cursor_that_nobody_gave_is_a_problem(three: Three, rollout: str, cursor: str):
    assert_problem(await three.get(f"/v1/rollouts/{rollout}/municipalities/{VEJLE}/facts", cursor=cursor), INVALID)


@pytest.mark.parametrize("limit", ["0", "501", "many"])
async def test_a_page_has_bounds(three: Three, rollout: str, limit: str):
    assert_problem(await three.get(f"/v1/rollouts/{rollout}/municipalities/{VEJLE}/facts", limit=limit), INVALID)


async def test_a_value_is_explained_by_the_facts_behind_it(three: Three, rollout: str):
    path = f"/v1/rollouts/{rollout}/municipalities/{VEJLE}/explain"

    found = (await three.get(path, path="agreement.state")).json()

    assert found["value"] == "sent"
    assert [fact["id"] for fact in found["facts"]] == ["8b-agreementsent"]
    assert found["missing"]


@pytest.mark.parametrize("path", ["agreement.mood", "", "tracks", "$where", "agreement.state.x"])
async def test_a_value_that_no_view_has_is_not_found(three: Three, rollout: str, path: str):
    answer = await three.get(f"/v1/rollouts/{rollout}/municipalities/{VEJLE}/explain", path=path)

    assert_problem(answer, NOT_FOUND)


async def test_an_explanation_needs_a_path(three: Three, rollout: str):
    assert_problem(await three.get(f"/v1/rollouts/{rollout}/municipalities/{VEJLE}/explain"), INVALID)


async def test_the_overview_has_a_row_for_each_of_the_98(three: Three, rollout: str):
    rows = (await three.get(f"/v1/rollouts/{rollout}/municipalities")).json()["items"]

    assert [row["municipality"] for row in rows] == sorted(MUNICIPALITIES)
    assert {row["municipality"]: row["stage"] for row in rows}[VEJLE] == "to_sign"


async def test_the_roll_up_counts_goal_and_result_apart(three: Three, rollout: str):
    [position] = await three.tell(example(EventName.MunicipalityEnrolled, rollout=rollout, municipality=KOLDING))
    assert (await three.view(rollout, KOLDING, after=position)).status_code == OK

    found = (await three.get(f"/v1/rollouts/{rollout}")).json()["rollup"]

    assert (found["applicable"], found["goal_percent"], found["result_percent"]) == (2, 0.0, 0.0)
    assert found["not_invited"] == [KOLDING, VEJLE]


async def test_the_roll_up_has_an_etag_too(three: Three, rollout: str):
    etag = (await three.get(f"/v1/rollouts/{rollout}")).headers["etag"]

    again = await three.get(f"/v1/rollouts/{rollout}", headers={"If-None-Match": etag})

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


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/nothing", "/v1/rollouts/x/y/z", "/admin"])
async def test_an_address_that_is_none_is_a_problem(three: Three, path: str):
    assert_problem(await three.get(path), NOT_FOUND)


async def test_a_method_that_an_address_does_not_take_is_a_problem(three: Three, rollout: str):
    answer = await three.clients["tasks"].delete(f"/v1/rollouts/{rollout}")

    assert_problem(answer, httpx.codes.METHOD_NOT_ALLOWED)
    assert answer.headers["allow"] == "GET"
