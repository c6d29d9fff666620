"""A record of the log becomes a fact, or a refusal that says why not: total, pure, and never raises."""

import re
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from contracts.attributes import check_key, check_not_future, check_place, check_present, instant_of, spec_of
from contracts.canonical import NotJsonError, read_json, text_and_bytes
from contracts.envelope import Envelope, envelope_of
from contracts.events import AgreementSent, Event
from contracts.facts import Fact, Heard
from contracts.records import Record
from contracts.refusals import FieldError, Reason, Refusal, RefusedError
from contracts.registry import EventSpec

LARGEST = 16_384
MOST_ERRORS = 20
#: The card's own words on what an agreement may cost.
NO_EXTRA_COST = (
    "Du skal være opmærksom på, at det ikke er forbundet med en meromkostning "
    "at etablere snitfladen mellem ØS Indsigt og KP."
)


def read(record: Record, judged_at: int | None = None) -> Heard | Refusal:
    """Return the fact that `record` tells and whose it is, or why it is none.

    `judged_at` (ms since 1970) stands for the record's own timestamp where the fact must not lie in the future: the
    time of a redrive.
    """
    try:
        return _read(record, judged_at)
    except RefusedError as error:
        return error.refusal
    except Exception as error:  # noqa: BLE001  a record that surprises us is parked like any other, and blocks nothing
        return Refusal(
            Reason.SCHEMA, f"Reading the event failed with {type(error).__name__}; report this record to klarmeld."
        )


def _read(record: Record, judged_at: int | None) -> Heard:
    envelope = envelope_of(record.headers, _value(record.value))
    attributes = envelope.attributes
    check_present(attributes)
    instant = instant_of(attributes)
    spec = spec_of(attributes)
    check_place(spec, record.topic, attributes["source"])
    check_key(spec, attributes, record.key)
    body = _body(spec, envelope)
    check_not_future(instant, record.timestamp if judged_at is None else judged_at)
    return _heard(record, attributes, instant, body)


def _value(value: bytes | None) -> bytes:
    if value is None:
        raise RefusedError(Reason.TOMBSTONE, "The record has no value; send the event's data as its value.")
    if len(value) > LARGEST:
        raise RefusedError(Reason.TOO_LARGE, f"The value has {len(value):,} bytes; send at most {LARGEST:,}.")
    return value


#: Returns the text itself, or an equal one that came before: what many facts say stands in memory once.
_shared = lru_cache(maxsize=16_384)(str)


def _heard(record: Record, attributes: dict[str, str], instant: str, body: str) -> Heard:
    fact = Fact(
        record.timestamp,
        record.topic,
        record.partition,
        record.offset,
        _shared(attributes["source"]),
        attributes["id"],
        _shared(attributes["type"]),
        _shared(attributes["subject"]),
        instant,
        body,
    )
    return Heard(attributes["rollout"], attributes.get("municipality"), fact)


def _body(spec: EventSpec, envelope: Envelope) -> str:
    """Return the canonical text of data that satisfy every rule on them."""
    if envelope.data is None:
        raise RefusedError(Reason.NOT_JSON, f"The data cannot be read: {envelope.flaw}; send one JSON object.")
    try:
        value = read_json(envelope.data)
        text, encoded = text_and_bytes(value)  # the validator takes the bytes: it would keep a text's beside the text
    except NotJsonError as error:
        raise RefusedError(
            Reason.NOT_JSON, f"The data cannot be read: {error}; send one JSON object in UTF-8."
        ) from None
    if len(encoded) > LARGEST:
        raise RefusedError(Reason.TOO_LARGE, f"The data written out pass {LARGEST:,} bytes; send smaller numbers.")
    _check_subject(spec, envelope.attributes, _validated(spec, encoded))
    _check_cost(spec, value)
    return text


def _validated(spec: EventSpec, encoded: bytes) -> Event:
    try:
        data: Event = spec.model.__pydantic_validator__.validate_json(encoded)
    except ValidationError as error:
        raise _schema(spec, _field_errors(error)) from None
    return data


def _field_errors(error: ValidationError) -> tuple[FieldError, ...]:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return tuple(FieldError(_pointer(each["loc"]), each["msg"]) for each in found[:MOST_ERRORS])


def _pointer(location: tuple[int | str, ...]) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in location)


def _schema(spec: EventSpec, errors: tuple[FieldError, ...]) -> RefusedError:
    first = errors[0]
    field = f"the field {first.pointer}" if first.pointer else "the event as a whole"
    more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
    detail = (
        f"The data do not follow {spec.dataschema}: {field}: {first.detail}{more}; mend it and send the event again."
    )
    return RefusedError(Reason.SCHEMA, detail, errors)


_OPAQUE_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def _check_subject(spec: EventSpec, attributes: dict[str, str], data: Event) -> None:
    """Refuse a subject that does not repeat its field; where that may be left out, the subject alone says it."""
    subject, field = attributes["subject"], spec.subject_field
    if field is None:
        if subject != attributes["municipality"]:
            raise _schema(spec, (FieldError("", "the attribute subject is not the municipality"),))
        return
    said = getattr(data, field)
    if said != subject and not (said is None and _OPAQUE_ID.fullmatch(subject)):
        raise _schema(spec, (FieldError(f"/{field}", "the attribute subject does not repeat this field"),))


def _check_cost(spec: EventSpec, value: Any) -> None:
    if spec.model is AgreementSent and value["extra_cost_dkk"] != 0:
        wrong = FieldError("/extra_cost_dkk", "must be 0")
        raise RefusedError(
            Reason.EXTRA_COST,
            f"The field /extra_cost_dkk is not 0, but the card says: »{NO_EXTRA_COST}« Send 0.",
            (wrong,),
        )
