"""Facts are a set: however they are told, and however often, they mean the same."""

from itertools import permutations

import pytest

from contracts.progress import derive
from tests.facts_made import EANS, OTHER_SHA, fact, placed, retraction, union

ENROLLED = fact("MunicipalityEnrolled")
SENT = fact("AgreementSent", 2)
MISTAKE = fact("AgreementDeclined", 3, named="mistake")
SECOND_RULES = [{"ean": EANS[1], "valid_from": "2026-02-01"}]

STORIES = {
    "enrolment": [ENROLLED, fact("MunicipalityWithdrawn", 4), fact("MunicipalityEnrolled", 6)],
    "orientation and task": [
        fact("StakeholderOriented", 2),
        fact("StakeholderOriented", 4, role="erp_dialog"),
        fact("TaskCompleted", 3),
        fact("TaskReopened", 5),
        fact("TaskCompleted", 6),
    ],
    "a signature": [SENT, fact("AgreementViewed", 3), fact("AgreementSigned", 5), fact("AgreementTerminated", 6)],
    "a bounce": [
        SENT,
        fact("AgreementViewed", 3),
        fact("AgreementBounced", 4),
        fact("AgreementDelivered", 5),
        fact("AgreementSigned", 6, document_sha256=OTHER_SHA),
    ],
    "a mistake": [SENT, MISTAKE, retraction(MISTAKE, 5), fact("AgreementSigned", 6)],
    "a successor": [SENT, fact("AgreementSigned", 3), fact("AgreementSent", 4, agreement_id="AG-2", supersedes="AG-1")],
    "forwarding": [
        fact("ForwardingConfigured", 2),
        fact("ForwardingFailed", 3),
        fact("ForwardingConfigured", 4, revision=2, rules=SECOND_RULES),
        fact("ForwardingVerified", 5, revision=2, ean=EANS[1]),
        fact("ForwardingVerified", 6),
    ],
    "the webinar": [fact("WebinarInvited", 3), fact("WebinarResponded", 4), fact("WebinarResponded", 5)],
}
ROLLOUT = [
    fact("GuidancePublished", 2),
    fact("GuidancePublished", 3, version=2),
    fact("WebinarScheduled", 2),
    fact("WebinarRescheduled", 3),
    fact("WebinarCancelled", 4, sequence=2),
]


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_any_order_on_the_log_means_the_same(story):
    orders = [union(placed(order)) for order in permutations(story)]

    assert all(derive(order, union(placed(ROLLOUT))) == derive(orders[0], union(placed(ROLLOUT))) for order in orders)


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_told_twice_means_the_same(story):
    rollout = union(placed(ROLLOUT))

    assert derive(union(placed([*story, *story])), rollout) == derive(union(placed(story)), rollout)


def test_any_order_of_a_rollouts_own_facts_means_the_same():
    own = union(placed([fact("WebinarInvited", 3), fact("GuidanceAcknowledged", 5)]))
    views = [derive(own, union(placed(order))) for order in permutations(ROLLOUT)]

    assert all(view == views[0] for view in views)


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_the_order_of_reading_means_nothing(story):
    facts, rollout = union(placed(story)), union(placed(ROLLOUT))

    assert derive(reversed(facts), reversed(rollout)) == derive(facts, rollout)
