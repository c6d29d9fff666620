"""What can be odd about the facts of a municipality: shown to people, and without effect on what counts."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from contracts.facts import Fact

Anomaly = dict[str, Any]


class Oddity(StrEnum):
    """The codes of anomalies."""

    CONFLICT = "conflict"
    RETRACTION_CYCLE = "retraction_cycle"
    HASH_MISMATCH = "hash_mismatch"
    RIVAL = "rival"
    TERMINATED_WITHOUT_SIGNATURE = "terminated_without_signature"
    SUPERSEDES_CYCLE = "supersedes_cycle"
    PARALLEL_AGREEMENTS = "parallel_agreements"
    NOT_ENROLLED = "not_enrolled"
    LATE_ORIENTATION = "late_orientation"
    RETIRED_EAN_USED = "retired_ean_used"


def anomalies(code: Oddity, facts: Iterable[Fact]) -> list[Anomaly]:
    """Return one anomaly over `facts`, or none when there are no such facts."""
    ids = [fact.id for fact in facts]
    return [{"code": code.value, "facts": ids}] if ids else []
