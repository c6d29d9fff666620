"""Why a record is no fact: the reason codes of parked records in the order of the checks, and what a refusal says."""

from enum import StrEnum
from typing import NamedTuple


class Reason(StrEnum):
    """The first check that fails names the reason."""

    TOMBSTONE = "tombstone"
    TOO_LARGE = "too_large"
    NOT_CLOUDEVENT = "not_cloudevent"
    BAD_HEADER = "bad_header"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_VERSION = "unknown_version"
    WRONG_TOPIC = "wrong_topic"
    WRONG_SOURCE = "wrong_source"
    BAD_KEY = "bad_key"
    NOT_JSON = "not_json"
    SCHEMA = "schema"
    EXTRA_COST = "extra_cost"
    FUTURE_TIME = "future_time"
    TOO_MANY_FACTS = "too_many_facts"


class FieldError(NamedTuple):
    """One field that is wrong: a JSON pointer into the event's data, and what is wrong there."""

    pointer: str
    detail: str


class Refusal(NamedTuple):
    """Why a record is no fact; `detail` is a sentence that names the attribute or field and the remedy."""

    reason: Reason
    detail: str
    errors: tuple[FieldError, ...] = ()


class RefusedError(ValueError):
    """Carries a refusal out of the checks; a reader turns it into a value, a writer lets it through."""

    def __init__(self, reason: Reason, detail: str, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(f"{reason}: {detail}")
        self.refusal = Refusal(reason, detail, errors)
