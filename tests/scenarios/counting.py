"""Scenarios: which facts count."""

from tests.facts_made import FIRST_RECORDED, fact, retraction
from tests.scenarios.shape import ADMIN, SYSTEM, Scenario, day

_SENT = fact("AgreementSent", 3, named="sent")
_VIEWED = fact("AgreementViewed", 4, named="viewed")
_R1 = retraction(_VIEWED, 5, named="r1")
_LATER = {"recorded": FIRST_RECORDED + 50_000, "partition": 0, "offset": 9}
_SOONER = {"recorded": FIRST_RECORDED + 40_000, "partition": 5, "offset": 99}

COUNTING = (
    Scenario(
        "The same identity with other content is a conflict: the one recorded first counts.",
        {"agreement.agreement_id": "AG-2"},
        (
            fact("AgreementSent", 1, named="x", place=_LATER, agreement_id="AG-1"),
            fact("AgreementSent", 2, named="x", place=_SOONER, agreement_id="AG-2"),
        ),
        anomalies={"conflict": {"x"}, "not_enrolled": {"x"}},
    ),
    Scenario(
        "Of two recorded in the same millisecond, the least topic, partition, offset counts.",
        {"agreement.agreement_id": "AG-1"},
        (
            fact("AgreementSent", 2, named="x", place=_SOONER | {"partition": 2, "offset": 1}, agreement_id="AG-2"),
            fact("AgreementSent", 1, named="x", place=_SOONER | {"partition": 1, "offset": 7}, agreement_id="AG-1"),
        ),
        anomalies={"conflict": {"x"}, "not_enrolled": {"x"}},
    ),
    Scenario(
        "The same id from another source is another fact.",
        {"orientation.state": "oriented"},
        (ADMIN | {"id": "x", "source": "/a"}, SYSTEM | {"id": "x", "source": "/b"}),
    ),
    Scenario(
        "`Z` and `+00:00`, and other key order, are one fact.",
        {"agreement.state": "viewed"},
        (
            _SENT,
            fact("AgreementViewed", named="v", time="2026-02-04T09:00:00Z"),
            fact("AgreementViewed", named="v", time="2026-02-04T10:00:00.0000009+01:00"),
        ),
        anomalies={"not_enrolled": {"sent"}},
    ),
    Scenario(
        "A retraction takes its fact away.",
        {"agreement.state": "sent"},
        (_SENT, _VIEWED, _R1),
        anomalies={"not_enrolled": {"sent"}},
    ),
    Scenario(
        "A retraction may be recorded before its fact, and dated before it.",
        {"agreement.state": "sent"},
        (retraction(_VIEWED, 1), _VIEWED, _SENT),
        anomalies={"not_enrolled": {"sent"}},
    ),
    Scenario(
        "A retraction takes every content of that id with it.",
        {"agreement.state": "sent"},
        (_SENT, _VIEWED, _VIEWED | {"time": "2026-02-06T09:00:00Z"}, _R1),
        anomalies={"conflict": {"viewed"}, "not_enrolled": {"sent"}},
    ),
    Scenario(
        "A retraction names a fact within the same topic.",
        {"agreement.state": "viewed"},
        (_SENT, _VIEWED, retraction(_VIEWED, 5, topic="klarmeld.notifications")),
        anomalies={"not_enrolled": {"sent"}},
    ),
    Scenario(
        "A municipality's retraction does not reach its rollout's facts.",
        {"information.guidance": "published"},
        (retraction(fact("GuidancePublished", 3)),),
        (fact("GuidancePublished", 3),),
    ),
    Scenario(
        "A retraction can itself be retracted.",
        {"agreement.state": "viewed"},
        (_SENT, _VIEWED, _R1, retraction(_R1, 6)),
        anomalies={"not_enrolled": {"sent"}},
    ),
    Scenario(
        "Retractions that name each other have no effect.",
        {"agreement.state": "viewed"},
        (
            _SENT,
            _VIEWED,
            retraction(fact("AgreementViewed", named="r2"), named="r1"),
            retraction(fact("AgreementViewed", named="r1"), named="r2"),
        ),
        anomalies={"retraction_cycle": {"r1", "r2"}, "not_enrolled": {"sent"}},
    ),
    Scenario(
        "A retraction that takes one of a circle away leaves the others without effect.",
        {"agreement.state": "viewed"},
        (
            _SENT,
            _VIEWED,
            retraction(fact("AgreementViewed", named="r2"), named="r1"),
            retraction(fact("AgreementViewed", named="r1"), named="r2"),
            retraction(fact("AgreementViewed", named="r1"), named="r3"),
        ),
        anomalies={"retraction_cycle": {"r1", "r2"}, "not_enrolled": {"sent"}},
    ),
    Scenario(
        "A retraction that names itself has no effect.",
        {"agreement.state": "sent"},
        (_SENT, retraction(fact("AgreementViewed", named="r1"), named="r1")),
        anomalies={"retraction_cycle": {"r1"}, "not_enrolled": {"sent"}},
    ),
    Scenario(
        "Earlier and later compare the instant, then the id: of two on the same microsecond the greater id is later.",
        {"task.state": "open", "task.since": "2026-02-03T09:00:00.000001Z"},
        (
            fact("TaskReopened", named="b", time="2026-02-03T09:00:00.000001Z"),
            fact("TaskCompleted", named="a", time="2026-02-03T09:00:00.0000019Z"),
        ),
    ),
    Scenario(
        "... then the id, before the source.",
        {"agreement.state": "terminated", "agreement.since": day(5)},
        (
            _SENT,
            fact("AgreementSigned", 5, named="a", source="/eg/portal"),
            fact("AgreementTerminated", 5, named="b", source="/eg/erp"),
        ),
        anomalies={"not_enrolled": {"sent"}},
    ),
    Scenario(
        "... then the source.",
        {"agreement.state": "signed"},
        (
            _SENT,
            fact("AgreementDeclined", 5, named="a", source="/eg/portal"),
            fact("AgreementSigned", 5, named="a", source="/eg/erp"),
        ),
        anomalies={"rival": {"a"}, "not_enrolled": {"sent"}},
    ),
    Scenario(
        "An offset is part of the instant: 10:00+02:00 is earlier than 09:00Z.",
        {"task.state": "completed", "task.since": day(3)},
        (
            fact("TaskReopened", named="b", time="2026-02-03T10:00:00+02:00"),
            fact("TaskCompleted", named="a", time="2026-02-03T09:00:00Z"),
        ),
    ),
    Scenario(
        "As of T, the facts dated later than T are left out.",
        {"agreement.state": "sent"},
        (_SENT, _VIEWED),
        as_of="2026-02-03T23:00:00Z",
        anomalies={"not_enrolled": {"sent"}},
    ),
    Scenario(
        "A mistake retracted later is not shown for an earlier T.",
        {"agreement.state": "sent"},
        (_SENT, _VIEWED, retraction(_VIEWED, 20)),
        as_of="2026-02-10T00:00:00Z",
        anomalies={"not_enrolled": {"sent"}},
    ),
    Scenario(
        "... unless R lies before the retraction was known.",
        {"agreement.state": "viewed"},
        (_SENT, _VIEWED, retraction(_VIEWED, 20)),
        as_of="2026-02-10T00:00:00Z",
        known_at=FIRST_RECORDED + 1000,
        anomalies={"not_enrolled": {"sent"}},
    ),
    Scenario(
        "What is recorded at R exactly is known at R.",
        {"agreement.state": "sent"},
        (_SENT, _VIEWED),
        known_at=FIRST_RECORDED,
        anomalies={"not_enrolled": {"sent"}},
    ),
)
