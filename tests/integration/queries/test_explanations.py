"""Why a value is what it is."""

import pytest

from tests.integration.queries.three import INVALID, NOT_FOUND, VEJLE, Three, assert_problem


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
