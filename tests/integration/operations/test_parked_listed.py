"""Parked records on the real log and database are listed: each with its bytes, in pages, and in groups."""

from base64 import b64decode
from typing import Any

from contracts.records import Message
from contracts.refusals import Reason, Refusal


async def test_a_record_is_listed_with_its_bytes_where_they_are_text_binary_or_missing(desk):
    whole = desk.record(1)
    await desk.park(whole, whole._replace(offset=desk.offset + 2, key=None, value=None, headers=[("x", None)]))
    await desk.park(whole._replace(offset=desk.offset + 3, value=b"\xff\x00"))
    places = [desk.offset + number for number in (1, 2, 3)]
    text, missing, binary = [(await desk.listed(partition=0, offset=place))[0] for place in places]
    assert b64decode(text["value"]) == whole.value
    assert text["type"] == "dk.klarmeld.AgreementViewed.v1"
    assert (missing["key"], missing["value"], missing["headers"]) == (None, None, [["x", None]])
    assert b64decode(binary["value"]) == b"\xff\x00"


async def test_pages_follow_their_cursor_through_a_filter_newest_first(desk):
    await desk.park(*[desk.record(number) for number in range(5)], refusal=Refusal(Reason.WRONG_SOURCE, "No."))
    query = {"reason": "wrong_source", "type": "dk.klarmeld.AgreementViewed.v1", "limit": 2}
    found, cursor = [], None
    while not found or cursor:
        page = (await desk.call("GET", "/admin/parked", params=query | ({"cursor": cursor} if cursor else {}))).json()
        found += [each["offset"] - desk.offset for each in page["items"]]
        cursor = page["next"]
    assert found == [4, 3, 2, 1, 0]


async def test_groups_count_by_reason_type_and_topic(desk):
    await desk.park(*[desk.record(number) for number in range(3)], refusal=Refusal(Reason.BAD_KEY, "No."))
    chosen = {"reason": "bad_key", "type": "dk.klarmeld.AgreementViewed.v1"}
    [group] = (await desk.call("GET", "/admin/parked/groups", params=chosen)).json()["items"]
    assert group == {
        "reason": "bad_key", "type": "dk.klarmeld.AgreementViewed.v1", "topic": "klarmeld.agreements", "count": 3,
        "attempts": 0, "first": "2026-09-21T14:13:20Z", "latest": "2026-09-21T14:13:20.002000Z",
    }  # fmt: skip


async def test_a_bad_record_of_the_log_is_parked_with_its_type(desk):
    record = desk.record(1)
    bad = Message(record.topic, record.key, b"{", list(record.headers))
    [position] = await desk.app.state.parts.publisher.publish([bad])
    path = f"/rollouts/{desk.rollout}/municipalities/0630?after={position}&wait=1"
    found: list[dict[str, Any]] = []
    while not found:
        await desk.call("GET", path, role="koordinator")
        _, partition, offset = position.rsplit("-", 2)
        found = await desk.listed(partition=int(partition), offset=int(offset))
    assert (found[0]["id"], found[0]["reason"]) == (position, "not_json")
    assert found[0]["type"] == "dk.klarmeld.AgreementViewed.v1"
