"""The shape of a scenario: the sentence, the facts, the moment asked about, and the values written down by hand."""

from dataclasses import dataclass, field
from typing import Any

from tests.facts_made import Plain, fact

#: A municipality that is enrolled and oriented, so that a scenario needs to say only what is its own.
ENROLLED = fact("MunicipalityEnrolled", 1)
ADMIN = fact("StakeholderOriented", 1, named="admin-oriented")
SYSTEM = fact("StakeholderOriented", 2, named="system-oriented", role="systemansvarlig_bogfoering")
ORIENTED = (ADMIN, SYSTEM)


@dataclass(frozen=True)
class Scenario:
    """`expected` holds paths: `agreement.state` in the tracks, `stage`, `turn`, `others`, `anomalies` (code → ids)."""

    sentence: str
    expected: dict[str, Any]
    own: tuple[Plain, ...] = ()
    rollout: tuple[Plain, ...] = ()
    as_of: str | None = None
    known_at: int | None = None
    anomalies: dict[str, set[str]] = field(default_factory=dict)


def day(number: int) -> str:
    """Return `number` February 2026 at nine, as the view shows it."""
    return f"2026-02-{number:02}T09:00:00Z"
