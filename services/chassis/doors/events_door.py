"""CloudEvents over HTTP onto this service's own topic: all of a request's events are valid, or none is published."""

import time
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from contracts import codec
from contracts.http_binding import NotCloudEventsError, records_of
from contracts.records import KafkaRecord
from contracts.refusals import FieldError, Refusal
from contracts.topics import Topic
from services.chassis import clock
from services.chassis.doors.door_shape import AcceptedEvents, request_of
from services.chassis.errors import InvalidRequestError
from services.chassis.log.publisher import Publisher
from services.chassis.web.access import caller_of
from services.chassis.web.problem_shape import problem_answer
from services.chassis.web.rate import Rate
from services.chassis.web.request_bodies import TooLargeError, read_body

MOST_EVENTS = 500
MOST_BYTES = 4 * 1024 * 1024


def door(topic: Topic, publisher: Publisher, rate: Rate) -> APIRouter:
    """Return `POST /v1/events` for the service that owns `topic`; `rate` bounds each client."""
    router = APIRouter(prefix="/v1", tags=["events"])

    @router.post(
        "/events",
        summary="Publish CloudEvents: binary, structured or a batch",
        status_code=202,
        response_model=AcceptedEvents,
        responses=_ANSWERS,
        openapi_extra=request_of(topic),
    )
    async def publish(request: Request) -> JSONResponse:
        """All of a request's events are published, or none is; the same event again changes nothing."""
        records = _records(topic, request, await read_body(request, MOST_BYTES, "send fewer events at a time"))
        rate.spend(caller_of(request).client, len(records), time.monotonic())
        positions = await publisher.publish([codec.to_message(record) for record in _valid(records)])
        accepted = [
            {"id": _id_of(record), "position": position} for record, position in zip(records, positions, strict=True)
        ]
        return JSONResponse({"events": accepted}, HTTPStatus.ACCEPTED)

    return router


_ANSWERS: dict[int | str, dict[str, Any]] = {
    202: {"description": "All are on the log."},
    413: problem_answer(f"More than {MOST_EVENTS} events or {MOST_BYTES:,} bytes."),
    422: problem_answer("Nothing was published; `errors` names each event and field to mend."),
    429: problem_answer("More events a second than one client may send; `Retry-After` says how long to wait."),
}


def _records(topic: str, request: Request, body: bytes) -> list[KafkaRecord]:
    try:
        records = records_of(topic, request.headers, body, clock.now_ms())
    except NotCloudEventsError as error:
        raise InvalidRequestError(str(error), [FieldError(error.pointer, str(error))]) from None
    if len(records) > MOST_EVENTS:
        raise TooLargeError(f"One request takes at most {MOST_EVENTS} events; send fewer at a time.")
    return records


def _valid(records: Sequence[KafkaRecord]) -> Sequence[KafkaRecord]:
    """Return the records if each can be a fact; InvalidRequestError lists every event and field that is wrong."""
    errors = []
    for number, record in enumerate(records):
        read = codec.read(record)
        if isinstance(read, Refusal):
            errors += _errors(number, read, alone=len(records) == 1)
    if errors:
        raise InvalidRequestError("Nothing was published; `errors` names each event and field to mend.", errors)
    return records


def _errors(number: int, refusal: Refusal, *, alone: bool) -> list[FieldError]:
    event = "" if alone else f"/{number}"
    if not refusal.errors:
        return [FieldError(event, f"{refusal.reason}: {refusal.detail}")]
    alone_in_it = len(refusal.errors) == 1
    details = [refusal.detail if alone_in_it else error.detail for error in refusal.errors]
    pointers = [f"{event}/data{error.pointer}" for error in refusal.errors]
    return [FieldError(at, f"{refusal.reason}: {detail}") for at, detail in zip(pointers, details, strict=True)]


def _id_of(record: KafkaRecord) -> str:
    read: Any = codec.read(record)
    return str(read.fact.id)
