"""What is owed from the set-up on: forwarding, the task that may be completed, and what is outstanding."""

from datetime import datetime

import pytest

from services.chassis.outward.contacts import Recipient
from services.notifications.notice import Template, key
from tests.facts_made import EANS, fact
from tests.notices_owed import DIGEST, ENROLLED, KP, ORIENTED, OWNER, SENT, day, hearing, one, owed_after


def test_set_up_may_begin_once_the_agreement_is_signed():
    assert hearing(owed_after(ENROLLED, SENT, fact("AgreementSigned", 3)), Template.SETUP_MAY_BEGIN) == {OWNER}


def test_who_has_set_up_forwarding_is_not_told_to_begin():
    notices = owed_after(ENROLLED, SENT, fact("AgreementSigned", 3), fact("ForwardingConfigured", 2))

    assert hearing(notices, Template.SETUP_MAY_BEGIN) == set()


def test_forwarding_that_works_is_told():
    notices = owed_after(
        ENROLLED,
        fact("ForwardingConfigured"),
        fact("ForwardingVerified", 2),
        contacts={KP: Recipient("kp@kommune.example")},
    )

    assert hearing(notices, Template.FORWARDING_VERIFIED) == {OWNER, KP}


def test_an_ean_that_fails_is_told_by_its_number():
    notices = owed_after(ENROLLED, fact("ForwardingConfigured"), fact("ForwardingFailed", 2))

    assert one(notices, Template.FORWARDING_FAILED).details == {"ean": EANS[0], "code": "REJECTED"}


def test_the_same_failure_of_a_corrected_set_up_is_told_anew():
    failures = [fact("ForwardingFailed", 2), fact("ForwardingFailed", 4, revision=2)]
    corrected = fact("ForwardingConfigured", 3, revision=2)

    before = one(owed_after(ENROLLED, fact("ForwardingConfigured"), failures[0]), Template.FORWARDING_FAILED)
    after = one(
        owed_after(ENROLLED, fact("ForwardingConfigured"), failures[0], corrected, failures[1]),
        Template.FORWARDING_FAILED,
    )

    assert key(before) != key(after)


def test_the_task_may_be_completed_once_the_municipality_is_oriented():
    assert hearing(owed_after(ENROLLED, *ORIENTED), Template.TASK_MAY_BE_COMPLETED) == {OWNER}


def test_a_completed_task_is_not_asked_for():
    assert hearing(owed_after(ENROLLED, *ORIENTED, fact("TaskCompleted", 2)), Template.TASK_MAY_BE_COMPLETED) == set()


@pytest.mark.parametrize(
    ("now", "weeks"), [(day(9, 6), set()), (day(9, 7), {"2026-W07"}), (day(15), {"2026-W07"}), (day(16), {"2026-W08"})]
)
def test_what_is_outstanding_is_told_once_a_week_to_those_who_want_it(now: datetime, weeks: set[str]):
    notices = owed_after(ENROLLED, SENT, now=now, contacts=DIGEST)

    assert {(each.role, each.revision) for each in notices if each.template is Template.WEEKLY_DIGEST} == {
        (OWNER, week) for week in weeks
    }


def test_where_nothing_is_outstanding_there_is_no_digest():
    done = (*ORIENTED, fact("TaskCompleted", 2))

    assert hearing(owed_after(ENROLLED, *done, contacts=DIGEST), Template.WEEKLY_DIGEST) == set()
