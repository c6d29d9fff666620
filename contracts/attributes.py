"""Checks of a CloudEvent's attributes, in the order in which they name the reason for parking."""

import re
from collections.abc import Mapping
from functools import lru_cache

from contracts.envelope import KNOWN, REQUIRED
from contracts.instants import is_later, read_instant
from contracts.municipalities import MUNICIPALITIES
from contracts.names import PREFIX, EventName
from contracts.refusals import Reason, RefusedError
from contracts.registry import SPEC_OF_TYPE, EventSpec, Scope
from contracts.topics import OPEN_TO_EG, OWN_SOURCES

LONGEST_ID = 64
#: How far a fact may lie ahead of the log's own time, for clocks that go fast.
LEEWAY_MS = 5 * 60 * 1000

_REQUIRED = frozenset(REQUIRED)
_ROLLOUT = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_TYPE = re.compile(re.escape(PREFIX) + r"([A-Za-z]+)\.v[0-9]+")
_EG_SOURCE = re.compile(r"/eg/[A-Za-z0-9._:~-]{1,64}")
_MUNICIPALITY, _WHOLE_ROLLOUT = Scope.MUNICIPALITY, Scope.ROLLOUT
#: A log has few rollouts and few who write; so many names that are right are remembered. What is refused is not, for
#: it has no bound on its length.
_REMEMBERED = 1_024


def check_present(attributes: Mapping[str, str]) -> None:
    """`bad_header`: a required one is absent, a known one is empty, or the id or the rollout has no proper form."""
    if not attributes.keys() >= _REQUIRED or "" in attributes.values():
        _check_one_by_one(attributes)
    if len(attributes["id"]) > LONGEST_ID:
        raise RefusedError(Reason.BAD_HEADER, f"The attribute id is longer than {LONGEST_ID} characters; shorten it.")
    _check_rollout(attributes["rollout"])


@lru_cache(_REMEMBERED)
def _check_rollout(text: str) -> None:
    if not _ROLLOUT.fullmatch(text):
        raise RefusedError(
            Reason.BAD_HEADER,
            "The attribute rollout is not 1 to 64 lower-case letters, digits, dots, underscores and hyphens; "
            "send the id of the rollout, e.g. efaktura-8b.",
        )


def _check_one_by_one(attributes: Mapping[str, str]) -> None:
    """Refuse the first that is absent, else the first known one that is empty; an unknown one may be."""
    for name in REQUIRED:
        if name not in attributes:
            raise RefusedError(Reason.BAD_HEADER, f"The attribute {name} is absent; send it.")
    for name, text in attributes.items():
        if not text and name in KNOWN:
            raise RefusedError(Reason.BAD_HEADER, f"The attribute {name} is empty; give it a value.")


def instant_of(attributes: Mapping[str, str]) -> str:
    """Return `time` as an instant of fixed width, or refuse it as `bad_header`."""
    try:
        return read_instant(attributes["time"])
    except ValueError as error:
        raise RefusedError(
            Reason.BAD_HEADER, f"The attribute time is {error}; send e.g. 2026-02-01T09:00:00Z."
        ) from None


def spec_of(attributes: Mapping[str, str]) -> EventSpec:
    """Return what the type is, or refuse it as `unknown_type` or `unknown_version`."""
    event_type = attributes["type"]
    spec = SPEC_OF_TYPE.get(event_type)
    if spec is not None:
        return spec
    match = _TYPE.fullmatch(event_type)
    if match and match[1] in EventName.__members__:
        raise RefusedError(
            Reason.UNKNOWN_VERSION,
            f"The attribute type {event_type[:100]!r} names a version that is not known here; "
            "send v1, or upgrade and redrive this record.",
        )
    raise RefusedError(
        Reason.UNKNOWN_TYPE,
        f"The attribute type {event_type[:100]!r} is not in the catalogue; send dk.klarmeld.<Name>.v<N>.",
    )


def check_place(spec: EventSpec, topic: str, source: str) -> None:
    """`wrong_topic`, `wrong_source`: the topic's ACL is the proof of the writer, so both must fit."""
    if topic not in spec.topics:
        raise RefusedError(
            Reason.WRONG_TOPIC,
            f"The type {spec.name} does not belong on {topic}; send it to {' or '.join(spec.topics)}.",
        )
    _check_source(topic, source)


@lru_cache(_REMEMBERED)
def _check_source(topic: str, source: str) -> None:
    own = OWN_SOURCES[topic]
    if source != own and not (topic in OPEN_TO_EG and _EG_SOURCE.fullmatch(source)):
        allowed = f"{own} or /eg/<system>" if topic in OPEN_TO_EG else own
        raise RefusedError(Reason.WRONG_SOURCE, f"The attribute source may not speak on {topic}; only {allowed} may.")


def check_key(spec: EventSpec, attributes: Mapping[str, str], key: bytes | None) -> None:
    """`bad_key`: key, partitionkey and municipality (or rollout) must say the same."""
    municipality = attributes.get("municipality")
    if municipality is None and spec.scope is _MUNICIPALITY:
        raise _bad_key(f"The attribute municipality is absent; {spec.name} is about one, so send its kommunekode.")
    if municipality is not None and spec.scope is _WHOLE_ROLLOUT:
        raise _bad_key(f"The attribute municipality is there; {spec.name} is about the whole rollout, so leave it out.")
    if municipality is not None and municipality not in MUNICIPALITIES:
        raise _bad_key(
            "The attribute municipality is not the kommunekode of one of the 98; send four digits, e.g. 0101."
        )
    if attributes["partitionkey"] != (municipality or attributes["rollout"]):
        raise _bad_key("The attribute partitionkey is not the municipality (without one: the rollout); make it that.")
    if key != attributes["partitionkey"].encode():
        raise _bad_key("The record's key is not the attribute partitionkey; send the same in both.")


def _bad_key(detail: str) -> RefusedError:
    return RefusedError(Reason.BAD_KEY, detail)


def check_not_future(instant: str, judged_at: int) -> None:
    """`future_time`: the fact would hold more than five minutes after `judged_at` (ms)."""
    if is_later(instant, judged_at + LEEWAY_MS):
        raise RefusedError(
            Reason.FUTURE_TIME,
            "The attribute time is more than five minutes after the record's own; mend the clock or the time, "
            "or redrive this record once the time has come.",
        )
