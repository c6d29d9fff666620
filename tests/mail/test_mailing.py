"""A mail for everybody who is owed one, once, and what becomes of it when the mail server does not play along."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from services.chassis import clock
from services.chassis.outward.webhooks import Failing, Pending, Secret, Told, Webhook, Webhooks
from tests.mail.post import KP, OWNER, ROLES, SIGNER, Post, until

#: Each test speaks of a municipality of its own, so that nobody hears of two rollouts at once.
SOON = {"starts_at": "2099-03-01T09:00:00+01:00", "ends_at": "2099-03-01T10:00:00+01:00"}


@pytest.fixture(autouse=True)
async def service(post: Post) -> AsyncIterator[Any]:
    async with post.service() as app:
        yield app


def address(role: str, code: str) -> str:
    return f"{role}.{code}@kommune.example"


async def put_off(post: Post) -> bool:
    """Whether each mail has been put off at least once."""
    entries = await post.entries()
    return len(entries) == len(ROLES) and all(each["state"] == "claimed" and each["attempts"] for each in entries)


def an_hour_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    now, now_ms = clock.now, clock.now_ms
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(hours=1))
    monkeypatch.setattr(clock, "now_ms", lambda: now_ms() + 3_600_000)


async def test_whoever_is_owed_a_notice_gets_one_mail(post: Post):
    await post.name("0101", *ROLES)
    await post.enrol("0101")

    await post.become({"sent": 3})

    assert post.taken == {address(role, "0101"): 1 for role in ROLES}


async def test_a_mail_that_was_sent_is_told_as_a_fact(post: Post):
    await post.name("0147", SIGNER)
    await post.enrol("0147")

    await post.become({"sent": 1, "suppressed": 2})

    [(_, _, body)] = await post.facts("NotificationSent")
    [taken] = post.server.taken
    said = json.loads(body)
    assert (said["notification_key"], said["role"], said["template"]) == (taken.key, SIGNER, "plan_announced")


async def test_a_municipality_that_is_not_enrolled_gets_no_mail(post: Post):
    await post.name("0151", *ROLES)
    await post.name("0153", SIGNER)
    await post.tell("AgreementSent", "0151")
    await post.enrol("0153")

    await post.become({"sent": 1, "suppressed": 2})

    assert post.taken == {address(SIGNER, "0153"): 1}


async def test_an_invitation_that_was_sent_is_told_as_an_invitation_too(post: Post):
    await post.name("0155", OWNER)
    await post.enrol("0155")
    await post.tell("WebinarScheduled", **SOON)

    await post.become({"sent": 2, "suppressed": 4})

    [(_, _, body)] = await post.facts("WebinarInvited")
    assert json.loads(body) == {"webinar_id": "webinar-8b", "sequence": 0, "role": OWNER}


async def test_a_notice_that_nobody_hears_is_suppressed_and_told_so(post: Post):
    await post.enrol("0157")

    await post.become({"suppressed": 3})

    assert {json.loads(body)["reason"] for *_, body in await post.facts("NotificationSuppressed")} == {"no_contact"}


async def test_what_nobody_heard_is_sent_once_somebody_is_named(post: Post):
    await post.enrol("0159")
    await post.become({"suppressed": 3})

    await post.name("0159", KP)
    await post.become({"sent": 1, "suppressed": 2})

    assert post.taken == {address(KP, "0159"): 1}


async def test_who_wants_a_pause_gets_none(post: Post):
    await post.name("0161", *ROLES, paused=True)
    await post.enrol("0161")

    await post.become({"suppressed": 3}, reason="paused")

    assert post.taken == {}


async def test_an_address_that_the_server_refuses_is_a_failure_and_not_tried_again(post: Post):
    post.server.refuse_recipient = lambda found: "550 No such user" if found.startswith(SIGNER) else None
    await post.name("0163", *ROLES)
    await post.enrol("0163")

    await post.become({"sent": 2, "failed": 1})

    [(_, _, body)] = await post.facts("NotificationFailed")
    assert json.loads(body)["reason"] == "refused_550"
    assert post.taken[address(SIGNER, "0163")] == 0


async def test_a_mail_whose_content_the_server_refuses_is_a_failure(post: Post):
    post.server.script = lambda _: "554 Not here"
    await post.name("0165", OWNER)
    await post.enrol("0165")

    await post.become({"failed": 1, "suppressed": 2})

    assert len(post.server.seen) == 1


async def test_a_mail_that_is_put_off_is_sent_later_and_once(post: Post):
    post.server.script = lambda _: "451 Later" if len(post.server.seen) <= 4 else "accept"
    await post.name("0167", OWNER)
    await post.enrol("0167")

    await post.become({"sent": 1, "suppressed": 2})

    assert post.taken == {address(OWNER, "0167"): 1}


@pytest.mark.parametrize(("code", "fault"), [("0223", "drop"), ("0230", "421 Going away"), ("0240", "451 Greylisted")])
async def test_what_goes_wrong_before_a_mail_is_handed_over_is_tried_again(post: Post, code: str, fault: str):
    asked = 0

    def at_first(_: str) -> str | None:
        nonlocal asked
        asked += 1
        return fault if asked <= 3 else None

    post.server.refuse_recipient = at_first
    await post.name(code, OWNER)
    await post.enrol(code)

    await post.become({"sent": 1, "suppressed": 2})

    assert (asked, post.taken) == (4, {address(OWNER, code): 1})
    [entry] = await post.entries(state="sent")
    assert entry["attempts"] > 0


async def test_a_mail_that_was_taken_without_an_answer_is_unknown_and_never_sent_again(post: Post):
    post.server.script = lambda _: "drop"
    await post.name("0169", OWNER)
    await post.enrol("0169")
    await post.become({"unknown": 1, "suppressed": 2})
    post.server.accept_all()

    await post.tell("GuidancePublished")
    await post.become({"unknown": 1, "sent": 1, "suppressed": 4})

    assert set(post.server.per_key.values()) == {1}
    assert [each["template"] for each in await post.entries(state="unknown")] == ["plan_announced"]


async def test_a_server_that_never_answers_leaves_a_mail_unknown(post: Post):
    post.server.script = lambda _: "hang"
    await post.name("0173", OWNER)
    await post.enrol("0173")

    await post.become({"unknown": 1, "suppressed": 2})

    assert len(post.server.seen) == 1


async def test_what_is_owed_less_what_was_sent_is_unknown_failed_or_suppressed(post: Post):
    """Two municipalities are owed a plan and a guidance for three roles each; one role of one has named nobody."""
    lost, refused = (SIGNER, "0217"), (OWNER, "0219")
    post.server.script = lambda found: "drop" if found.recipient == address(*lost) else "accept"
    post.server.refuse_recipient = lambda found: "550 No such user" if found == address(*refused) else None
    await post.name("0217", *ROLES)
    await post.name("0219", SIGNER, OWNER)
    await post.enrol("0217", "0219")
    await post.tell("GuidancePublished")
    owed = 2 * 2 * len(ROLES)

    await post.become({"sent": 6, "unknown": 2, "failed": 2, "suppressed": 2})

    assert owed - (await post.states())["sent"] == 2 + 2 + 2
    assert set(post.server.per_key.values()) == {1}
    sent = {each["_id"] for each in await post.entries(state="sent")}
    unknown = {each["_id"] for each in await post.entries(state="unknown")}
    assert (sent <= post.server.per_key.keys(), post.server.per_key.keys() - sent <= unknown) == (True, True)


async def test_a_slow_server_is_waited_for(post: Post):
    post.server.script = lambda _: "slow"
    await post.name("0187", OWNER)
    await post.enrol("0187")

    await post.become({"sent": 1, "suppressed": 2})

    assert len(post.server.seen) == 1


async def test_an_hour_without_a_server_loses_and_doubles_nothing(post: Post, monkeypatch: pytest.MonkeyPatch):
    post.server.script = lambda _: "451 Later"
    await post.name("0190", *ROLES)
    await post.enrol("0190")
    await until(lambda: put_off(post), post.entries)
    await post.server.down()

    an_hour_passes(monkeypatch)
    post.server.accept_all()
    await post.server.up()

    await post.become({"sent": 3})
    assert set(post.server.per_key.values()) == {1}


async def test_while_the_server_is_down_mails_wait_and_then_each_leaves_once(post: Post):
    await post.server.down()
    await post.name("0175", OWNER)
    await post.enrol("0175")
    await post.become({"suppressed": 2})

    await post.server.up()
    await post.become({"sent": 1, "suppressed": 2})

    assert post.taken == {address(OWNER, "0175"): 1}


async def test_a_log_that_is_told_twenty_times_sends_nothing_again(post: Post):
    await post.name("0183", *ROLES)
    told = [post.message("MunicipalityEnrolled", "0183"), post.message("GuidancePublished")]
    await post.retell(told)
    await post.become({"sent": 6})

    await post.retell(told * 20)
    await post.tell("GuidancePublished", number=2, version=2)
    await post.become({"sent": 9})

    assert set(post.server.per_key.values()) == {1}


async def test_a_webhook_that_rests_is_told_in_one_mail_each_time_that_it_does(post: Post):
    await post.name("0185", OWNER)
    await post.enrol("0185")
    await post.become({"sent": 1, "suppressed": 2})
    webhooks = Webhooks(post.database)
    rests = resting(post.rollout, "0185", since=1_769_900_000_000)

    await webhooks.add(rests, most=5)
    await post.become({"sent": 2, "suppressed": 2})
    await webhooks.erase("0185", rests.id)
    await webhooks.add(rests._replace(failing=Failing(1_770_000_000_000, 9, 0)), most=5)
    await post.become({"sent": 3, "suppressed": 2})

    about = [str(each.mail["Subject"]) for each in post.server.taken]
    assert sum("webhooken er sat på pause" in each for each in about) == 2
    assert set(post.server.per_key.values()) == {1}
    assert await webhooks.erase("0185", rests.id)


def resting(rollout: str, code: str, *, since: int) -> Webhook:
    """Return a webhook that failed for too long with a message still untaken."""
    return Webhook(
        id=f"hook-{rollout}",
        municipality=code,
        url="https://portal.example/hook",
        created=since,
        secrets=(Secret("c2VjcmV0LW9mLWEtdGVzdC1hbmQtbm8tb3RoZXI="),),
        told=(Told(rollout, pending=Pending("message", "mark", "{}")),),
        failing=Failing(since, 9, 0),
        disabled="failed_too_long",
    )
