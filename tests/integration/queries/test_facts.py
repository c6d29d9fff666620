"""The facts of one municipality in pages."""

import pytest

from contracts.examples import example
from contracts.names import EventName
from tests.integration.queries.three import INVALID, OK, VEJLE, Three, assert_problem


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
