"""Scenarios: orientation and the KLIK task."""

from tests.facts_made import fact
from tests.scenarios.shape import ADMIN, ORIENTED, SYSTEM, Scenario, day

_STAND_IN = fact("StakeholderOriented", 4, role="erp_dialog")

TASK = (
    Scenario(
        "Nothing is known.",
        {
            "orientation.state": "none",
            "orientation.since": None,
            "orientation.missing": ["aftaleadministrator", "systemansvarlig_bogfoering"],
            "agreement.state": "awaiting_eg",
            "agreement.since": None,
            "agreement.agreement_id": None,
            "information.guidance": "none",
            "information.webinar": "none",
            "forwarding.state": "none",
            "forwarding.eans": {},
            "task.state": "open",
            "task.since": None,
            "stage": "not_applicable",
            "turn": "none",
            "others": [],
        },
    ),
    Scenario(
        "Oriented = aftaleadministrator AND systemansvarlig_bogfoering; since the second of them.",
        {"orientation.state": "oriented", "orientation.since": day(2), "orientation.missing": []},
        (SYSTEM, ADMIN),
    ),
    Scenario(
        "... OR erp_dialog, who stands in.",
        {"orientation.state": "oriented", "orientation.since": day(4)},
        (ADMIN, _STAND_IN),
    ),
    Scenario(
        "Partial = at least one role of the rule; `missing` names systemansvarlig_bogfoering for the pair.",
        {
            "orientation.state": "partial",
            "orientation.since": day(1),
            "orientation.missing": ["systemansvarlig_bogfoering"],
        },
        (ADMIN,),
    ),
    Scenario(
        "The pair alone is partial, and both of the pair are no more than one.",
        {"orientation.state": "partial", "orientation.since": day(2), "orientation.missing": ["aftaleadministrator"]},
        (SYSTEM, _STAND_IN),
    ),
    Scenario(
        "Other roles alone leave none.",
        {"orientation.state": "none", "orientation.since": None},
        tuple(
            fact("StakeholderOriented", 1, named=role, role=role)
            for role in ("kp_systemansvarlig", "oeir_koordinator", "oekonomiafdeling")
        ),
    ),
    Scenario(
        "Which topics were covered does not matter.",
        {"orientation.state": "oriented"},
        (ADMIN | {"data": {"role": "aftaleadministrator", "topics": []}}, SYSTEM),
    ),
    Scenario(
        "Oriented again later is oriented since the first time.",
        {"orientation.since": day(2)},
        (fact("StakeholderOriented", 9, named="again"), *ORIENTED),
    ),
    Scenario(
        "The later of completed / reopened wins.",
        {"task.state": "open", "task.since": day(6)},
        (*ORIENTED, fact("TaskReopened", 6), fact("TaskCompleted", 5)),
    ),
    Scenario(
        "Completed, reopened and completed again.",
        {"task.state": "completed", "task.since": day(7), "task.premature": False},
        (*ORIENTED, fact("TaskCompleted", 5), fact("TaskReopened", 6), fact("TaskCompleted", 7)),
    ),
    Scenario(
        "Completed twice is completed since the first time.",
        {"task.state": "completed", "task.since": day(5)},
        (*ORIENTED, fact("TaskCompleted", 5), fact("TaskCompleted", 7)),
    ),
    Scenario(
        "Completed while not oriented: premature, until orientation is complete.",
        {"task.state": "completed", "task.premature": True},
        (ADMIN, fact("TaskCompleted", 5)),
    ),
    Scenario(
        "A completion dated before `orientation.since` leaves late_orientation.",
        {"task.state": "completed", "task.premature": False},
        (ADMIN, fact("TaskCompleted", 3, named="early"), _STAND_IN),
        anomalies={"late_orientation": {"early"}},
    ),
    Scenario(
        "... also when reopened since.",
        {"task.state": "open", "task.premature": False},
        (ADMIN, fact("TaskCompleted", 3, named="early"), _STAND_IN, fact("TaskReopened", 5)),
        anomalies={"late_orientation": {"early"}},
    ),
    Scenario(
        "A completion at the very instant of orientation is not dated before it.",
        {"task.premature": False},
        (*ORIENTED, fact("TaskCompleted", 2, named="a")),
    ),
)
