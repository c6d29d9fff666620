"""Agreements sent for signature at once to all: who gets one, and what became of each municipality."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from hashlib import blake2b
from typing import Any, NamedTuple

from contracts.events import AgreementBatchDispatched, AgreementSent, Document
from contracts.facts import Fact
from contracts.instants import shown
from contracts.names import EventName
from contracts.reader import NO_EXTRA_COST
from contracts.refusals import FieldError
from contracts.roles import Role
from contracts.settle import Settled
from contracts.tracks import agreement, enrolment
from services.agreements.commands import DispatchBatch
from services.agreements.deadline import day_of, is_over
from services.chassis.doors.decision import Refused, Why, conflict, invalid


class SendOutcome(StrEnum):
    """What became of one municipality in a batch."""

    SENT = "sent"
    ALREADY_SENT = "already_sent"
    NOT_ENROLLED = "not_enrolled"
    HAS_AGREEMENT = "has_agreement"
    NOT_IN_BATCH = "not_in_batch"
    TAKEN_BACK = "taken_back"
    FULL = "full"


class Held(NamedTuple):
    """What is known of one municipality: its counting facts, every event id told of it, and whether it is full."""

    own: Settled
    ids: frozenset[str]
    full: bool = False


class Line(NamedTuple):
    """One municipality's outcome: the agreement to send, the fact that says it was sent, or why there is none."""

    municipality: str
    outcome: SendOutcome
    detail: str = ""
    sent: AgreementSent | None = None
    fact: Fact | None = None


World = Mapping[str, Held]


def dispatch(
    command: DispatchBatch, world: World, whole: Settled, now: str
) -> AgreementBatchDispatched | Fact | Refused:
    """Return the dispatch with its roster, the fact that says so already, or why nothing can be sent."""
    return (
        _extra_cost(command)
        or _other_content(command, world)
        or dispatched(whole, command.batch_id)
        or _supersedes_unknown(command, world)
        or _over_already(command, now)
        or _new(command, world, now)
    )


def dispatched(whole: Settled, batch_id: str) -> Fact | None:
    """Return the dispatch of a batch: of several the one recorded first, so that all who look find the same."""
    found = (fact for fact in whole.of(EventName.AgreementBatchDispatched) if fact.data["batch_id"] == batch_id)
    return min(found, key=lambda fact: fact.place, default=None)


def lines(command: DispatchBatch, world: World, rollout: str, roster: Iterable[str]) -> list[Line]:
    """Return what becomes of each municipality, in the order asked for, or by code where all are meant."""
    held = frozenset(roster)
    codes = command.municipalities or sorted(held | {code for code, each in world.items() if _enrolled(each)})
    return [_line(command, world, code, listed=code in held, rollout=rollout) for code in codes]


def event_id(rollout: str, batch_id: str, municipality: str) -> str:
    """Return the id of the one event that sends a municipality its agreement of a batch."""
    said = f"{rollout}\n{batch_id}\n{municipality}"
    return f"sent-{blake2b(said.encode(), digest_size=16).hexdigest()}"


def _extra_cost(command: DispatchBatch) -> Refused | None:
    if command.extra_cost_dkk == 0:
        return None
    return invalid("/extra_cost_dkk", f"It must be 0, for the card says: »{NO_EXTRA_COST}«")


def _other_content(command: DispatchBatch, world: World) -> Refused | None:
    """Refuse another document, supplier or day under the id of a batch that has gone out."""
    earlier = (_sent(each, command.batch_id) for each in world.values())
    other = next((fact for fact in earlier if fact is not None and _content(fact.data) != _asked(command)), None)
    if other is None:
        return None
    return conflict(
        f"The batch {command.batch_id} was sent at {_short(other)} with another document, supplier or day to sign by; "
        "what is new needs a batch_id of its own."
    )


def _supersedes_unknown(command: DispatchBatch, world: World) -> Refused | None:
    for code, earlier in command.supersedes.items():
        if command.municipalities is not None and code not in command.municipalities:
            return invalid(f"/supersedes/{code}", f"{code} is not among `municipalities`.")
        if code not in world or earlier not in {each["agreement_id"] for each in _agreements(world[code])}:
            return invalid(f"/supersedes/{code}", f"There is no agreement {earlier} of {code}.")
    return None


def _over_already(command: DispatchBatch, now: str) -> Refused | None:
    if not is_over(command.sign_by, day_of(now)):
        return None
    return invalid("/sign_by", f"{command.sign_by} is over: nobody could sign in time.")


def _new(command: DispatchBatch, world: World, now: str) -> AgreementBatchDispatched | Refused:
    codes = command.municipalities or sorted(world)
    roster = tuple(code for code in codes if _why_not(command, world, code) is None)
    if roster:
        return AgreementBatchDispatched(batch_id=command.batch_id, roster=roster, roster_as_of=day_of(now))
    return _nobody(lines(command, world, "", ()))


def _nobody(found: Sequence[Line]) -> Refused:
    """Refuse a batch that would reach nobody, with what keeps each municipality out of it."""
    errors = tuple(FieldError("/municipalities", f"{each.municipality}: {each.detail}") for each in found)
    return Refused(Why.CONFLICT, "Nothing was sent: no municipality can get an agreement in this batch.", errors)


def _line(command: DispatchBatch, world: World, code: str, *, listed: bool, rollout: str) -> Line:
    """Return one outcome; who stands on the roster gets its agreement, whatever happened since the dispatch."""
    held = world.get(code, _NOTHING)
    already = _sent(held, command.batch_id)
    if already is not None:
        return Line(code, SendOutcome.ALREADY_SENT, f"It was sent at {_short(already)}.", fact=already)
    if listed and event_id(rollout, command.batch_id, code) in held.ids:
        return Line(code, SendOutcome.TAKEN_BACK, "Its agreement of this batch was retracted; send another batch.")
    if listed and not held.full:
        return Line(code, SendOutcome.SENT, sent=_agreement(command, code))
    return _why_not(command, world, code) or Line(
        code, SendOutcome.NOT_IN_BATCH, "It was not on the batch's roster; send it an agreement in a batch of its own."
    )


def _why_not(command: DispatchBatch, world: World, code: str) -> Line | None:
    """Return why a municipality can't stand on the roster of a new batch."""
    held = world.get(code, _NOTHING)
    if not _enrolled(held):
        return Line(code, SendOutcome.NOT_ENROLLED, "It is not on the rollout's roster of users of ØS Indsigt.")
    if held.full:
        return Line(code, SendOutcome.FULL, "It holds as many facts as it can; operations must look at it first.")
    already = _sent(held, command.batch_id)
    if already is not None:
        return Line(code, SendOutcome.ALREADY_SENT, f"It was sent at {_short(already)}.", fact=already)
    open_one = _open_agreement(held, command.supersedes.get(code))
    if open_one is not None:
        detail = f"Its agreement {open_one['agreement_id']} is {open_one['state']}; name it in `supersedes`."
        return Line(code, SendOutcome.HAS_AGREEMENT, detail)
    return None


def _enrolled(held: Held) -> bool:
    state, _ = enrolment.derive(held.own)
    return bool(state["state"] == "enrolled")


def _open_agreement(held: Held, superseded: str | None) -> Mapping[str, Any] | None:
    """Return an agreement that is open or signed and would stand beside the new one."""
    heads = (each for each in _agreements(held) if not each["superseded"] and each["agreement_id"] != superseded)
    return next((each for each in heads if each["state"] in agreement.OPEN_OR_SIGNED), None)


def _agreements(held: Held) -> list[Mapping[str, Any]]:
    track, _ = agreement.derive(held.own)
    agreements: list[Mapping[str, Any]] = track["agreements"]
    return agreements


def _sent(held: Held, batch_id: str) -> Fact | None:
    sent = held.own.of(EventName.AgreementSent)
    return next((fact for fact in sent if fact.data.get("batch_id") == batch_id), None)


def _agreement(command: DispatchBatch, code: str) -> AgreementSent:
    return AgreementSent(
        agreement_id=f"{command.batch_id}-{code}",
        batch_id=command.batch_id,
        document=Document(**command.document.model_dump()),
        supplier=command.supplier,
        signer_role=Role.AFTALEADMINISTRATOR,
        sign_by=command.sign_by,
        extra_cost_dkk=0,
        supersedes=command.supersedes.get(code),
    )


def _asked(command: DispatchBatch) -> tuple[Any, ...]:
    return command.document.model_dump(), command.supplier, command.sign_by


def _content(data: Mapping[str, Any]) -> tuple[Any, ...]:
    document = {name: data["document"][name] for name in ("title", "version", "sha256")}
    return document, data["supplier"], data.get("sign_by")


def _short(fact: Fact) -> str:
    return shown(f"{fact.time[:19]}.000000Z")


_NOTHING = Held(Settled(()), frozenset())
