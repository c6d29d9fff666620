"""What a service answers about a municipality and a rollout, on the real log and database."""

import json
from dataclasses import replace

import httpx
import pytest

from contracts.access import UserRole
from contracts.examples import EXAMPLES
from contracts.names import EventName
from services.chassis.queries.view_shape import Progress, Tracks, View
from tests.in_process import client_of, ready, running_service, tell
from tests.lasting import LASTING
from tests.tokens import running_issuer

ROLLOUT, CODE, QUIET = "queries-8b", "0630", "0101"
BASE = f"/v1/rollouts/{ROLLOUT}"
TOLD = (
    (EventName.MunicipalityEnrolled, "2026-03-01T08:00:00Z"),
    (EventName.AgreementSent, "2026-04-01T08:00:00Z"),
    (EventName.AgreementViewed, "2026-05-01T08:00:00Z"),
)


@pytest.fixture(scope="module")
async def service(stack, tmp_path_factory):
    async with (
        running_issuer(tmp_path_factory.mktemp("issuer")) as issuer,
        running_service("tasks", stack, issuer, "queries_") as app,
        client_of(app) as client,
    ):
        await ready(client)
        client.headers.update(issuer.bearer(UserRole.COORDINATOR))
        events = [
            replace(LASTING[name], id=f"q-{name}", rollout=ROLLOUT, municipality=CODE, time=time) for name, time in TOLD
        ]
        positions = await tell(app, *events)
        for position in positions:
            answer = await client.get(f"{BASE}/municipalities/{CODE}", params={"after": position, "wait": 20})
            assert answer.status_code == httpx.codes.OK, answer.text
        yield client, positions, app


async def get(service, path, /, **query):
    return await service[0].get(BASE + path, params=query)


async def test_a_view_has_every_field_of_the_contract_and_no_other(service):
    view = (await get(service, f"/municipalities/{CODE}")).json()
    assert view.keys() == View.model_fields.keys()
    assert view["progress"].keys() == {*Progress.model_fields, "enrolment", "facts", "rules"}
    assert view["progress"]["tracks"].keys() == Tracks.model_fields.keys()
    assert view["progress"]["stage"] == "to_sign"
    assert view["progress"]["turn"]["primary"]["action"] == "sign_agreement"


async def test_the_positions_are_those_that_the_log_gave(service):
    view = (await get(service, f"/municipalities/{CODE}")).json()
    told = dict(position.rsplit("-", 1) for position in service[1])
    assert view["positions"] == {partition: int(offset) for partition, offset in told.items()}


async def test_every_one_of_the_98_answers_once_the_rollout_has_a_fact(service):
    view = (await get(service, f"/municipalities/{QUIET}")).json()
    assert view["progress"]["stage"] == "not_applicable"
    assert view["progress"]["turn"] == {
        "primary": {"actor": "nobody", "action": "none", "role": None, "since": None, "because": []}, "others": []
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/municipalities/0411", "/municipalities/9999", "/municipalities/063", "/nothing"])
async def test_what_does_not_exist_is_a_problem_with_404(service, path):
    answer = await get(service, path)
    assert answer.status_code == httpx.codes.NOT_FOUND
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().keys() >= {"type", "title", "status", "detail", "instance"}


async def test_an_unknown_rollout_does_not_exist(service):
    for path in ("", "/municipalities", f"/municipalities/{CODE}"):
        answer = await service[0].get(f"/v1/rollouts/never-heard-of{path}")
        assert answer.status_code == httpx.codes.NOT_FOUND


async def test_a_view_that_the_client_has_is_not_sent_again(service):
    for path in (f"/municipalities/{CODE}", f"/municipalities/{CODE}/facts", "/municipalities", ""):
        first = await get(service, path)
        again = await service[0].get(BASE + path, headers={"If-None-Match": first.headers["etag"]})
        other = await service[0].get(BASE + path, headers={"If-None-Match": '"another"'})
        assert (again.status_code, again.content) == (httpx.codes.NOT_MODIFIED, b"")
        assert other.status_code == httpx.codes.OK


async def test_a_position_that_is_not_reached_is_said_after_the_wait(service):
    answer = await get(service, f"/municipalities/{CODE}", after="tasks-0-999999", wait="0.1")
    assert answer.status_code == httpx.codes.GATEWAY_TIMEOUT
    assert answer.headers["retry-after"] == "1"
    assert "tasks-0-999999" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"as_of": "yesterday"}, "/query/as_of"),
        ({"known_at": "2026-02-30T00:00:00Z"}, "/query/known_at"),
        ({"wait": "31"}, "/query/wait"),
        ({"wait": "x"}, "/query/wait"),
    ],
)  # fmt: skip
async def test_a_query_that_cannot_be_meant_names_its_field(service, query, pointer):
    answer = await get(service, f"/municipalities/{CODE}", **query)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("after", ["", "x", "agreements-1", "agreements-x-1", "events-1-1", "agreements-1--1"])
async def test_a_position_that_is_none_is_refused(service, after):
    answer = await get(service, f"/municipalities/{CODE}", after=after)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY


async def test_the_past_is_shown_as_it_held(service):
    then = (await get(service, f"/municipalities/{CODE}", as_of="2026-04-15T00:00:00+02:00")).json()
    assert then["progress"]["tracks"]["agreement"]["state"] == "sent"
    before = (await get(service, f"/municipalities/{CODE}", as_of="2026-03-15T00:00:00Z")).json()
    assert before["progress"]["tracks"]["agreement"]["state"] == "awaiting_eg"


async def test_the_past_is_shown_as_it_was_known(service):
    unknown = (await get(service, f"/municipalities/{CODE}", known_at="2020-01-01T00:00:00Z")).json()
    assert unknown["progress"]["stage"] == "not_applicable"


async def test_two_moments_are_compared(service):
    query = {"from": "2026-04-15T00:00:00Z", "to": "2026-05-15T00:00:00Z"}
    found = (await get(service, f"/municipalities/{CODE}/diff", **query)).json()["differences"]
    changed = {each["path"]: (each["before"], each["after"]) for each in found}
    assert changed["tracks.agreement.state"] == ("sent", "viewed")
    same = (await get(service, f"/municipalities/{CODE}/diff", **{"from": "2026-05-15T00:00:00Z"})).json()
    assert same["differences"] == []


async def test_the_timeline_is_newest_first_and_comes_in_pages(service):
    path, pages = f"{BASE}/municipalities/{CODE}/facts?limit=1", []
    while path:
        answer = await service[0].get(path)
        pages.append(answer.json()["items"])
        path = answer.links.get("next", {}).get("url")
    assert [item["type"].split(".")[2] for page in pages for item in page] == [name for name, _ in reversed(TOLD)]
    assert all(item["counts"] for page in pages for item in page)


@pytest.mark.parametrize("cursor", ["x", "bm9uZQ", "WyIxIl0", "%00"])
async def test_a_cursor_of_somebody_else_is_refused(service, cursor):
    answer = await get(service, f"/municipalities/{CODE}/facts", cursor=cursor)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY


async def test_a_value_is_explained_by_its_facts_and_its_rule(service):
    found = (await get(service, f"/municipalities/{CODE}/explain", path="agreement.state")).json()
    assert found["value"] == "viewed"
    assert {each["id"] for each in found["facts"]} == {"q-AgreementSent", "q-AgreementViewed"}
    assert found["rule"].keys() == {"da", "en"}
    assert found["missing"]


async def test_an_unknown_path_names_those_that_there_are(service):
    answer = await get(service, f"/municipalities/{CODE}/explain", path="agreement.colour")
    assert answer.status_code == httpx.codes.NOT_FOUND
    assert "agreement.state" in answer.json()["detail"]


async def test_the_overview_has_a_row_for_each_of_the_98(service):
    items = (await get(service, "/municipalities")).json()["items"]
    assert len(items) == 98
    assert [row["stage"] for row in items if row["municipality"] == CODE] == ["to_sign"]


async def test_the_overview_is_filtered_and_comes_as_a_spreadsheet(service):
    rows = (await get(service, "/municipalities", stage="to_sign")).json()["items"]
    assert [row["municipality"] for row in rows] == [CODE]
    sheet = await get(service, "/municipalities", stage="to_sign", format="csv")
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert sheet.content.startswith(b"\xef\xbb\xbf")
    assert len(sheet.text.splitlines()) == 2


@pytest.mark.parametrize(
    "query", [{"stage": "lost"}, {"turn": "x"}, {"older_than": "-1"}, {"sort": "x"}, {"colour": "red"}]
)
async def test_a_filter_that_does_not_exist_is_refused(service, query):
    answer = await get(service, "/municipalities", **query)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert [each["pointer"] for each in answer.json()["errors"]] == [f"/query/{next(iter(query))}"]


async def test_the_roll_up_has_every_field_of_the_contract(service):
    found = (await get(service, "")).json()
    assert found["rollout"] == ROLLOUT
    assert found["rollup"] | {"batches": [], "not_invited": []} == {
        "applicable": 1, "oriented": 0, "goal_percent": 0.0, "receiving": 0, "result_percent": 0.0,
        "stages": {"to_sign": 1}, "batches": [], "not_invited": [], "ean_conflicts": [],
    }  # fmt: skip
    assert found["rollup"]["not_invited"] == [CODE]


async def test_no_answer_holds_a_number_that_is_none(service):
    for path in ("", "/municipalities", f"/municipalities/{CODE}"):
        json.loads((await get(service, path)).text, parse_constant=pytest.fail)


async def test_lists_and_figures_show_a_fact_as_soon_as_the_view_does(service):
    client, _, app = service
    base = "/v1/rollouts/followed-8b"
    for number, code in enumerate(("0101", "0147", "0151"), 1):
        event = replace(EXAMPLES[EventName.MunicipalityEnrolled], rollout="followed-8b", municipality=code)
        [after] = await tell(app, event)
        await client.get(f"{base}/municipalities/{code}", params={"after": after, "wait": 20})
        chosen = (await client.get(f"{base}/municipalities", params={"stage": "to_orient"})).json()["items"]
        assert [row["municipality"] for row in chosen] == ["0101", "0147", "0151"][:number]
        assert (await client.get(base)).json()["rollup"]["applicable"] == number
