"""Operations redrive or discard parked records over HTTP: without a fingerprint the plan, with one the deed."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from contracts.instants import fixed
from contracts.refusals import FieldError, Reason
from services.chassis import clock
from services.chassis.errors import InvalidRequestError, KlarmeldError
from services.chassis.logs import logger
from services.chassis.operations.parked_shapes import Tries
from services.chassis.projection.journal import Signature
from services.chassis.projection.parked_choice import OPEN, Choice, State
from services.chassis.queries.answers import tagged
from services.chassis.replay.redrive import By, Plan, Redrive, RedriveOutcome, Tried, confirmed
from services.chassis.web.access import caller_of
from services.chassis.web.problem_shape import problem_answer
from services.chassis.web.request_bodies import ListingRoute

log = logger(__name__)
#: Asked for with `Accept`: a line for each chunk while it is done, and the whole as the last line.
LINES = "application/x-ndjson"
Accept = Annotated[str, Header(description=f"`{LINES}` tells of each chunk once it is done.")]
Deed = AsyncIterator[list[Tried]]


_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {LINES: {"schema": {"type": "string"}}}},
    409: problem_answer("The plan is not that of the fingerprint any more; look at it again."),
}


class Selection(BaseModel):
    """Which parked records are meant; with the plan's `fingerprint`, `who` and `why` it is done."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "unknown_version"}]})

    topic: str | None = Field(None, description="Of this topic.", examples=["klarmeld.agreements"])
    partition: int | None = Field(None, ge=0, le=2**31 - 1, description="Of this partition.")
    offset: int | None = Field(None, ge=0, le=2**63 - 1, description="At this offset.")
    reason: Reason | None = Field(None, description="Parked for this reason.")
    type: str | None = Field(None, max_length=200, description="Of this type of event.")
    ids: list[str] | None = Field(None, max_length=10_000, description="At these places, e.g. `agreements-3-1042`.")
    state: Literal["parked", "discarded"] | None = Field(
        None, description="Else those that are parked; of `ids` the discarded ones too."
    )
    fingerprint: str | None = Field(None, max_length=64, description="Of the plan that is to be carried out.")
    who: str | None = Field(None, min_length=1, max_length=200, description="Who wants it.")
    why: str | None = Field(None, min_length=1, max_length=2_000, description="And why.")

    @property
    def choice(self) -> Choice:
        named = OPEN if self.ids is not None else (State.PARKED,)
        states = named if self.state is None else (State(self.state),)
        return Choice(self.topic, self.partition, self.offset, self.reason, self.type, self.ids, states)


class RedriveSelection(Selection):
    """A selection that may leave out what would fail again."""

    fixable: bool = Field(False, description="Only those that would be taken today.")


def redrives(redrive: Redrive) -> APIRouter:
    """Return `POST /v1/admin/parked/redrive` and `/discard`."""
    router = APIRouter(prefix="/v1/admin/parked", tags=["operations"], route_class=ListingRoute)

    @router.post("/redrive", summary="Try parked records again", responses=_ANSWERS, response_model=Tries)
    async def again(request: Request, body: RedriveSelection, accept: Accept = "") -> Response:
        """Show what would become of each record; carry it out where `fingerprint` is that plan's, else 409."""
        plan = await redrive.plan(body.choice, judged_at=clock.now_ms(), fixable=body.fixable)
        return await _answer(request, body, plan, redrive.carry_out, lines=LINES in accept)

    @router.post("/discard", summary="Set parked records aside for good", responses=_ANSWERS, response_model=Tries)
    async def discard(request: Request, body: Selection, accept: Accept = "") -> Response:
        """Show what would be discarded; carry it out where `fingerprint` is that plan's, else 409. Nothing is lost."""
        body = body.model_copy(update={"state": State.PARKED})
        plan = await redrive.plan_discard(body.choice, judged_at=clock.now_ms())
        return await _answer(request, body, plan, redrive.discard, lines=LINES in accept)

    return router


async def _answer(request: Request, body: Selection, plan: Plan, act: Any, *, lines: bool) -> Response:
    if body.fingerprint is None:
        return tagged(_told(plan, plan.tries, executed=False), None)
    deed: Deed = act(confirmed(plan, body.fingerprint), _by(request, body))
    if lines:
        return StreamingResponse(_lines(request, plan, deed), media_type=LINES)
    return tagged(await _done(request, plan, deed), None)


async def _done(request: Request, plan: Plan, deed: Deed) -> dict[str, Any]:
    tries = [each async for chunk in deed for each in chunk]
    return _receipt(request, plan, tries)


async def _lines(request: Request, plan: Plan, deed: Deed) -> AsyncIterator[str]:
    """Tell of each chunk; a fault ends the lines with a sentence, and what was done by then stays done."""
    tries: list[Tried] = []
    try:
        async for chunk in deed:
            tries += chunk
            yield json.dumps({"done": len(tries), "of": len(plan.tries)}) + "\n"
    except KlarmeldError as error:
        log.warning("redrive_ended_early", done=len(tries), fault=type(error).__name__)
        yield json.dumps({"error": error.detail}) + "\n"
        return
    yield json.dumps(_receipt(request, plan, tries), ensure_ascii=False) + "\n"


def _receipt(request: Request, plan: Plan, tries: Sequence[Tried]) -> dict[str, Any]:
    told = _told(plan, tries, executed=True)
    counts = {name: told[name] for name in ("selected", *_OUTCOMES)}
    log.info("parked_records_settled", fingerprint=plan.fingerprint, client=caller_of(request).client, **counts)
    return told


def _by(request: Request, body: Selection) -> By:
    """Return who wants it and why; InvalidRequestError names what is not said."""
    silent = [FieldError(f"/{name}", "is needed beside a fingerprint") for name in ("who", "why") if _no(body, name)]
    if silent:
        raise InvalidRequestError("Say who wants it and why; both are kept with each record.", silent)
    signature = Signature(str(body.who), str(body.why), fixed(clock.now()))
    return By(signature, caller_of(request).client)


def _no(body: Selection, name: str) -> bool:
    return not (getattr(body, name) or "").strip()


_OUTCOMES = tuple(str(each) for each in RedriveOutcome)


def _told(plan: Plan, tries: Sequence[Tried], *, executed: bool) -> dict[str, Any]:
    counts = Counter(str(each.outcome) for each in tries)
    return {
        "executed": executed,
        "fingerprint": plan.fingerprint,
        "selected": len(tries),
        **{name: counts[name] for name in _OUTCOMES},
        "records": [
            {"id": each.id, "outcome": each.outcome, "reason": each.reason, "detail": each.detail} for each in tries
        ],
    }
