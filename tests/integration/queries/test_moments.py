"""A view that includes a position, and views of earlier moments."""

from dataclasses import replace

import httpx
import pytest

from contracts.examples import example
from contracts.names import EventName
from tests.integration.queries.three import INVALID, Three, assert_problem
from tests.lasting import LASTING


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
    [again] = await three.tell(replace(LASTING[EventName.AgreementSent], rollout=rollout))

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
