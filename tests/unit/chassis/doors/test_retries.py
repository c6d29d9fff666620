"""Commands told again: what a key remembers, and how commands take turns."""

import asyncio
from types import SimpleNamespace

import pytest

from contracts.access import Caller, UserRole
from contracts.facts import Fact
from services.chassis.doors.retries import Key, Turns, key_of, told_before
from services.chassis.errors import InvalidRequestError
from services.chassis.projection.documents import Document


def asked(key="k1", *, client="portal", method="POST", path="/v1/x", body=b"{}"):
    async def read() -> bytes:
        return body

    return SimpleNamespace(
        headers={"idempotency-key": key} if key is not None else {},
        method=method,
        url=SimpleNamespace(path=path),
        state=SimpleNamespace(caller=Caller(client, frozenset({UserRole.ACT}), "0630")),
        body=read,
    )


def document(*ids: str) -> Document:
    facts = [
        Fact(1_000 - offset, "klarmeld.tasks", 0, offset, "/klarmeld/tasks", each, "t", "s", "2026", "{}")
        for offset, each in enumerate(ids)
    ]
    return Document("r:0630", "r", "0630", {fact.id: fact for fact in facts}, {}, None)


async def test_a_command_without_a_key_remembers_nothing():
    assert await key_of(asked(None)) is None
    assert told_before(document("a", "b"), None) is None


async def test_an_empty_key_is_none():
    assert await key_of(asked("")) is None


async def test_the_same_command_has_the_same_key():
    assert await key_of(asked()) == await key_of(asked())


@pytest.mark.parametrize("other", [{"key": "k2"}, {"client": "other"}, {"method": "PUT"}, {"path": "/v1/y"}], ids=str)
async def test_another_key_client_method_or_address_is_another_command(other):
    first, second = await key_of(asked()), await key_of(asked(**other))
    assert first.said != second.said


async def test_what_was_told_is_found_again():
    key = await key_of(asked())
    told = document("elsewhere", key.new_id())
    assert told_before(told, key).id.startswith(key.said)


async def test_of_tries_that_raced_the_first_on_the_log_counts():
    key = await key_of(asked())
    ids = [key.new_id(), key.new_id()]
    assert told_before(document(*ids), key).id == ids[1]


async def test_nothing_told_is_nothing_found():
    key = await key_of(asked())
    assert told_before(None, key) is None
    assert told_before(document("elsewhere"), key) is None


async def test_a_key_with_another_body_is_refused():
    told = document((await key_of(asked())).new_id())
    with pytest.raises(InvalidRequestError, match="another body"):
        told_before(told, await key_of(asked(body=b"[]")))


async def test_an_events_id_stays_within_its_bound():
    assert len((await key_of(asked("k" * 10_000))).new_id()) <= 64


def test_two_events_of_one_key_have_ids_of_their_own():
    key = Key("s" * 16, "b" * 8)
    assert key.new_id() != key.new_id()


async def test_commands_about_one_document_pass_one_by_one():
    turns, seen = Turns(), []

    async def command(name: str) -> None:
        async with turns.of("r:0630"):
            seen.append(f"{name} looks")
            await asyncio.sleep(0)
            seen.append(f"{name} is told")

    await asyncio.gather(command("first"), command("second"))
    assert seen == ["first looks", "first is told", "second looks", "second is told"]


async def test_commands_about_two_documents_do_not_wait_for_each_other():
    turns = Turns()
    async with turns.of("r:0630"):
        assert not turns.of("r:0661").locked()
