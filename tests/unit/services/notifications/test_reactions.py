"""What is owed to whom: each rule by itself, and all of them in any order of the facts."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.outward.contacts import Recipient
from services.notifications.notice import Template, key
from services.notifications.owing.case import Resting
from tests.facts_made import KINDS, OTHER_SHA, Plain, fact, placed, retraction
from tests.notices_owed import (
    ALL,
    DIGEST,
    ENROLLED,
    KP,
    ORIENTED,
    OWNER,
    SENT,
    SIGNER,
    day,
    hearing,
    name_of,
    one,
    owed_after,
    owed_by,
)


def test_a_municipality_that_is_not_enrolled_is_owed_nothing():
    assert owed_after(SENT, fact("GuidancePublished"), fact("WebinarScheduled")) == ()


def test_a_municipality_that_was_withdrawn_is_owed_nothing():
    assert owed_after(ENROLLED, SENT, fact("MunicipalityWithdrawn", 2)) == ()


RESTS = Resting("hook-1", "portal.example", 1_769_900_000_000)


def test_a_webhook_that_rests_is_told_to_who_looks_after_the_erp():
    told = one(owed_after(ENROLLED, resting=[RESTS]), Template.WEBHOOK_RESTS)

    assert (str(told.role), told.subject, told.details["host"]) == (OWNER, "hook-1", "portal.example")


def test_a_webhook_that_rests_again_is_told_again():
    first, second = (
        one(owed_after(ENROLLED, resting=[each]), Template.WEBHOOK_RESTS) for each in (RESTS, RESTS._replace(since=7))
    )

    assert key(first) != key(second)


def test_of_its_webhooks_a_municipality_that_is_not_enrolled_hears_nothing():
    assert owed_after(SENT, resting=[RESTS]) == ()


def test_the_plan_is_announced_to_those_who_are_to_be_oriented():
    assert hearing(owed_after(ENROLLED), Template.PLAN_ANNOUNCED) == ALL


def test_who_is_oriented_already_is_not_told_the_plan():
    assert hearing(owed_after(ENROLLED, ORIENTED[0]), Template.PLAN_ANNOUNCED) == {OWNER, KP}


def test_nobody_is_told_the_plan_once_the_municipality_is_oriented():
    assert hearing(owed_after(ENROLLED, *ORIENTED), Template.PLAN_ANNOUNCED) == set()


def test_the_stand_in_hears_where_nobody_looks_after_the_erp():
    contacts = {"erp_dialog": Recipient("erp@kommune.example")}

    assert hearing(owed_after(ENROLLED, contacts=contacts), Template.PLAN_ANNOUNCED) == {SIGNER, "erp_dialog", KP}


def test_an_agreement_to_be_signed_is_told_to_the_aftaleadministrator():
    notice = one(owed_after(ENROLLED, SENT), Template.AGREEMENT_READY)

    assert (notice.role, notice.subject, notice.details["title"]) == (SIGNER, "AG-1", "Serviceaftale")


def test_an_agreement_of_which_only_the_delivery_is_known_waits_for_its_details():
    assert hearing(owed_after(ENROLLED, fact("AgreementDelivered", 2)), Template.AGREEMENT_READY) == set()


ENDINGS = [
    fact("AgreementSigned", 3),
    fact("AgreementDeclined", 3),
    fact("AgreementExpired", 3),
    fact("AgreementVoided", 3),
    fact("AgreementSigned", 3, document_sha256=OTHER_SHA),
]


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda each: f"{name_of(each)}-{each['data'].get('document_sha256')}")
@pytest.mark.parametrize("number", [4, 9, 16, 23, 28])
def test_a_signature_is_never_asked_for_after_the_agreement_has_ended(ending: Plain, number: int):
    notices = owed_after(ENROLLED, SENT, ending, now=day(number))

    assert hearing(notices, Template.AGREEMENT_READY) | hearing(notices, Template.AGREEMENT_REMINDER) == set()


def test_a_signature_is_never_asked_for_after_its_last_day():
    sent = fact("AgreementSent", 2, sign_by="2026-02-08")

    assert hearing(owed_after(ENROLLED, sent, now=day(9)), Template.AGREEMENT_REMINDER) == set()


@pytest.mark.parametrize(
    ("now", "reminder"),
    [(day(9, 6), None), (day(9, 7), "1"), (day(15), "1"), (day(16), "2"), (day(23), "3"), (day(28), "3")],
)
def test_an_unsigned_agreement_is_reminded_of_by_the_schedule(now: datetime, reminder: str | None):
    notices = owed_after(ENROLLED, SENT, now=now)

    assert [each.revision for each in notices if each.template is Template.AGREEMENT_REMINDER] == [reminder][
        : reminder is not None
    ]


@pytest.mark.parametrize(("now", "reminders"), [("2026-04-08", []), ("2026-04-09", ["1"])])
def test_a_reminder_counts_no_day_on_which_denmark_is_closed(now: str, reminders: list[str]):
    """Sent on the Monday before Easter; Maundy Thursday, Good Friday and Easter Monday are no working days."""
    sent = {**fact("AgreementSent", sign_by="2026-12-31"), "time": "2026-03-30T10:00:00+02:00"}
    notices = owed_after(ENROLLED, sent, now=datetime.fromisoformat(f"{now}T10:00:00+02:00"))

    assert [each.revision for each in notices if each.template is Template.AGREEMENT_REMINDER] == reminders


def test_a_reminder_takes_the_place_of_a_first_mail_that_was_never_sent():
    assert hearing(owed_after(ENROLLED, SENT, now=day(9)), Template.AGREEMENT_READY) == set()


def test_a_successor_is_what_is_to_be_signed():
    successor = fact("AgreementSent", 3, named="successor", agreement_id="AG-2", supersedes="AG-1")

    assert one(owed_after(ENROLLED, SENT, successor, now=day(4)), Template.AGREEMENT_READY).subject == "AG-2"


@pytest.mark.parametrize(
    ("name", "template"),
    [
        ("AgreementDeclined", Template.AGREEMENT_DECLINED),
        ("AgreementBounced", Template.AGREEMENT_BOUNCED),
        ("AgreementExpired", Template.AGREEMENT_EXPIRED),
    ],
)
def test_an_agreement_that_failed_is_told_to_the_supplier_side_and_the_responsible(name: str, template: Template):
    assert hearing(owed_after(ENROLLED, SENT, fact(name, 3)), template) == {"eg", OWNER}


def test_who_was_made_responsible_hears_as_the_responsible():
    assigned = fact("TaskAssigned", responsible_role="oekonomiafdeling")

    assert hearing(owed_after(ENROLLED, assigned, *ORIENTED), Template.TASK_MAY_BE_COMPLETED) == {"oekonomiafdeling"}


def test_a_renewed_guidance_is_told_anew():
    notices = owed_after(ENROLLED, fact("GuidancePublished"), fact("GuidancePublished", 2, version=2))

    assert {each.revision for each in notices if each.template is Template.GUIDANCE_PUBLISHED} == {"2"}


def test_a_guidance_that_was_acknowledged_is_not_told_any_more():
    notices = owed_after(ENROLLED, fact("GuidancePublished"), fact("GuidanceAcknowledged", 2))

    assert hearing(notices, Template.GUIDANCE_PUBLISHED) == set()


def test_each_role_is_invited_to_the_webinar():
    assert hearing(owed_after(ENROLLED, fact("WebinarScheduled")), Template.WEBINAR_INVITED) == ALL


def test_who_was_invited_is_not_invited_again():
    notices = owed_after(ENROLLED, fact("WebinarScheduled"), fact("WebinarInvited", 2))

    assert hearing(notices, Template.WEBINAR_INVITED) == {OWNER, KP}


MOVED = fact("WebinarRescheduled", 2, starts_at="2026-03-02T09:00:00+01:00", ends_at="2026-03-02T10:00:00+01:00")


def test_a_webinar_that_moves_is_told_to_those_who_were_invited_before():
    notices = owed_after(ENROLLED, fact("WebinarScheduled"), fact("WebinarInvited"), MOVED)

    assert hearing(notices, Template.WEBINAR_CHANGED) == {SIGNER}
    assert hearing(notices, Template.WEBINAR_INVITED) == {OWNER, KP}


def test_who_was_invited_to_the_moved_webinar_is_told_of_no_change():
    invited = fact("WebinarInvited", 3, sequence=1)

    assert hearing(owed_after(ENROLLED, fact("WebinarScheduled"), MOVED, invited), Template.WEBINAR_CHANGED) == set()


def test_a_cancelled_webinar_is_told_to_those_who_were_invited():
    notices = owed_after(ENROLLED, fact("WebinarScheduled"), fact("WebinarInvited"), fact("WebinarCancelled", 2))

    assert hearing(notices, Template.WEBINAR_CANCELLED) == {SIGNER}
    assert hearing(notices, Template.WEBINAR_INVITED) == set()


def test_nobody_is_invited_to_what_is_over():
    after = datetime(2026, 3, 1, 9, tzinfo=UTC)

    assert hearing(owed_after(ENROLLED, fact("WebinarScheduled"), now=after), Template.WEBINAR_INVITED) == set()


def test_the_recording_is_told_to_all():
    notices = owed_after(ENROLLED, fact("WebinarScheduled"), fact("WebinarRecordingPublished", 3))

    assert hearing(notices, Template.WEBINAR_RECORDING) == ALL


def test_a_retracted_agreement_is_not_told():
    assert hearing(owed_after(ENROLLED, SENT, retraction(SENT, 3)), Template.AGREEMENT_READY) == set()


@st.composite
def told(draw: st.DrawFn) -> list[Plain]:
    """Return some facts, placed; two of one kind and day are the same fact."""
    names = st.sampled_from(sorted(set(KINDS) - {"FactRetracted", "TaskCardPublished"}))
    kinds = draw(st.lists(st.tuples(names, st.integers(1, 20)), max_size=12))
    facts: dict[Any, Plain] = {each: fact(each[0], each[1]) for each in kinds}
    retracted = draw(st.lists(st.sampled_from(list(facts.values())), max_size=2)) if facts else []
    return placed([ENROLLED, *facts.values(), *(retraction(each, 21) for each in retracted)])


@settings(deadline=None)
@given(told(), st.integers(1, 28), st.randoms(use_true_random=False))
def test_what_is_owed_does_not_depend_on_the_order_or_number_of_tellings(
    facts: list[Plain], number: int, chance: random.Random
):
    again = [*facts, *chance.sample(facts, len(facts) // 2)]
    chance.shuffle(again)

    assert owed_by(again, day(number), DIGEST) == owed_by(facts, day(number), DIGEST)


@settings(deadline=None)
@given(told(), st.integers(1, 28))
def test_no_two_notices_that_are_owed_at_once_share_a_key(facts: list[Plain], number: int):
    notices = owed_by(facts, day(number), DIGEST)

    assert len({key(each) for each in notices}) == len(notices)
