"""The shape of one municipality's view, for the API documents: none of it is left out, more may be added."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from contracts.roles import Role
from contracts.tracks.stage import Stage

#: A moment as answers show it: RFC 3339 in UTC.
Shown = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
FactIds = Annotated[list[str], Field(description="The ids of the facts that this rests on.")]
Code = Annotated[str, Field(description="Kommunekode, four digits.", json_schema_extra={"pattern": "^[0-9]{4}$"})]
Gln = Annotated[str, Field(description="EAN (GLN-13).", json_schema_extra={"pattern": "^[0-9]{13}$"})]
EanState = Literal["configured", "verified", "failed"]


class OrientationTrack(BaseModel):
    """Who is oriented about EG's plan: the card's Mål."""

    state: Literal["none", "partial", "oriented"]
    since: Shown | None
    missing: list[Literal[Role.AFTALEADMINISTRATOR, Role.SYSTEMANSVARLIG_BOGFOERING]] = Field(
        description="systemansvarlig_bogfoering stands for `or erp_dialog` too."
    )
    facts: FactIds


class AgreementTrack(BaseModel):
    """The service agreement that counts."""

    state: Literal[
        "awaiting_eg", "sent", "delivered", "viewed", "bounced", "signed", "declined", "expired", "voided", "terminated"
    ]
    since: Shown | None
    agreement_id: str | None
    details_pending: bool = Field(description="Its AgreementSent is not known yet.")
    facts: FactIds


class InformationTrack(BaseModel):
    """Guidance and the one webinar."""

    guidance: Literal["none", "published", "acknowledged"]
    webinar: Literal["none", "scheduled", "invited", "declined", "tentative", "accepted", "attended", "cancelled"]
    facts: FactIds


class ForwardingTrack(BaseModel):
    """What the ERP forwards to KP, by EAN."""

    state: Literal["none", "configured", "verified", "failed", "disabled"]
    since: Shown | None
    eans: dict[Gln, EanState] = Field(description="The active EANs.")
    facts: FactIds


class TaskTrack(BaseModel):
    """The KLIK task, by the municipality's own word."""

    state: Literal["open", "completed"]
    since: Shown | None
    premature: bool = Field(description="Completed though not oriented.")
    facts: FactIds


class Tracks(BaseModel):
    """Five tracks side by side; a service leaves out those whose topics it does not read."""

    orientation: OrientationTrack
    agreement: AgreementTrack
    information: InformationTrack | None = Field(None, description="Left out where it is not known.")
    forwarding: ForwardingTrack
    task: TaskTrack


class Action(BaseModel):
    """Something that may be done now."""

    actor: Literal["municipality", "eg", "nobody"]
    action: Literal[
        "orient_roles", "await_eg", "sign_agreement", "clarify_signature", "renew_agreement", "set_up_forwarding",
        "await_first_invoice", "check_ean_setup", "may_complete_task", "none",
    ]  # fmt: skip
    role: Role | None
    since: Shown | None
    because: FactIds


class Turn(BaseModel):
    """Whose turn it is: the stage's own action, and the other possible ones."""

    primary: Action
    others: list[Action]


class Anomaly(BaseModel):
    """Facts that do not fit together; changes nothing about what counts."""

    code: str = Field(examples=["hash_mismatch"], description="Others may be added.")
    facts: FactIds


class Progress(BaseModel):
    """What the facts come to."""

    stage: Stage
    tracks: Tracks
    turn: Turn
    anomalies: list[Anomaly]


class View(BaseModel):
    """One municipality in one rollout, as this service sees it."""

    rollout: str
    municipality: Code
    name: str
    positions: dict[str, int] = Field(description="By partition, the highest offset applied to what is shown here.")
    ean_conflicts: list[Gln] = Field(description="EANs of this municipality that are active at another one too.")
    progress: Progress
