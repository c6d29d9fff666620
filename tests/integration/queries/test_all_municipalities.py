"""All municipalities side by side, what they add up to, and addresses that are none."""

import httpx
import pytest

from contracts.examples import example
from contracts.municipalities import MUNICIPALITIES
from contracts.names import EventName
from tests.integration.queries.three import KOLDING, NOT_FOUND, OK, VEJLE, Three, assert_problem


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


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/nothing", "/v1/rollouts/x/y/z", "/admin"])
async def test_an_address_that_is_none_is_a_problem(three: Three, path: str):
    assert_problem(await three.get(path), NOT_FOUND)


async def test_a_method_that_an_address_does_not_take_is_a_problem(three: Three, rollout: str):
    answer = await three.clients["tasks"].delete(f"/v1/rollouts/{rollout}")

    assert_problem(answer, httpx.codes.METHOD_NOT_ALLOWED)
    assert answer.headers["allow"] == "GET"
