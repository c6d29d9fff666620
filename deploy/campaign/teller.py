"""Makes the campaign's events: each method one event of one municipality, with an id and a time that never change."""

import hashlib
from dataclasses import dataclass
from typing import Any

from contracts import events as say
from contracts.codec import NewEvent
from contracts.events import Event, Method, OrientationTopic, Partstat
from contracts.roles import Role
from contracts.topics import OWN_SOURCES, Topic
from deploy.campaign.card import TASK_ID

ROLLOUT = "efaktura-8b"
BATCH = "UDS-8B-1"
WEBINAR = "WEB-8B"
GUIDANCE = "VEJ-8B"
EG = "/eg/oes-indsigt"
AGREEMENTS, NOTIFICATIONS, TASKS = (OWN_SOURCES[topic] for topic in Topic)
ROSTER_SOURCE = "sample: public slides 2013"
_TITLE = "Serviceaftale om eFaktura-snitfladen mellem ØS Indsigt og KP"
_PLAN_AND_WAIT = (OrientationTopic.PLAN, OrientationTopic.AWAIT_EG)


def agreement_document() -> dict[str, Any]:
    """Return the document that all are to sign, as JSON has it."""
    return {"title": _TITLE, "version": 1, "sha256": _digest(1)}


def _digest(version: int) -> str:
    return hashlib.sha256(f"{_TITLE}, version {version}".encode()).hexdigest()


def new(at: str, source: str, data: Event, municipality: str | None = None, topic: Topic | None = None) -> NewEvent:
    """Return an event of 2026; `at` is like `04-20T09:15`, in UTC. Who, what and when make an id that never changes."""
    who = municipality or ROLLOUT
    told = f"{who}-{type(data).__name__}-{at.replace(':', '').replace('-', '')}"
    return NewEvent(
        data=data,
        id=told,
        source=source,
        time=f"2026-{at}:00Z",
        rollout=ROLLOUT,
        municipality=municipality,
        topic=topic,
    )


@dataclass(frozen=True)
class Teller:
    """Tells of one municipality; an agreement, a configuration and two EANs of it are named after its code."""

    code: str

    @property
    def agreement(self) -> str:
        """The id that sending to all at once gives the agreement."""
        return f"{BATCH}-{self.code}"

    def enrolled(self, at: str) -> NewEvent:
        data = say.MunicipalityEnrolled(erp="ØS Indsigt", valid_from="2013-01-01", roster_source=ROSTER_SOURCE)
        return self._new(at, EG, data)

    def oriented(self, at: str, role: Role, *topics: OrientationTopic) -> NewEvent:
        return self._new(at, TASKS, say.StakeholderOriented(role=role, topics=topics or _PLAN_AND_WAIT))

    def told_of_agreement(self, at: str) -> NewEvent:
        """Card, Metode 2: the aftaleadministrator knows that an agreement will come."""
        return self.oriented(at, Role.AFTALEADMINISTRATOR, OrientationTopic.AGREEMENT_COMING, OrientationTopic.AWAIT_EG)

    def assigned(self, at: str, responsible: Role, performer: Role) -> NewEvent:
        data = say.TaskAssigned(task_id=TASK_ID, responsible_role=responsible, performer_role=performer)
        return self._new(at, TASKS, data)

    def completed(self, at: str) -> NewEvent:
        return self._new(at, TASKS, say.TaskCompleted(task_id=TASK_ID, by_role=Role.SYSTEMANSVARLIG_BOGFOERING))

    def reopened(self, at: str, reason: str) -> NewEvent:
        data = say.TaskReopened(task_id=TASK_ID, by_role=Role.SYSTEMANSVARLIG_BOGFOERING, reason=reason)
        return self._new(at, TASKS, data)

    def item_added(self, at: str, item: str, text: str) -> NewEvent:
        return self._new(at, TASKS, say.LocalItemAdded(item_id=item, text=text))

    def item_closed(self, at: str, item: str, text: str) -> NewEvent:
        return self._new(at, TASKS, say.LocalItemClosed(item_id=item, text=text))

    def sent(
        self, at: str, batch: str | None = None, *, agreement: str = "", supersedes: str | None = None
    ) -> NewEvent:
        data = say.AgreementSent(
            agreement_id=agreement or self.agreement,
            batch_id=batch,
            document=say.Document(**agreement_document()),
            supplier=say.Supplier.EG,
            signer_role=Role.AFTALEADMINISTRATOR,
            extra_cost_dkk=0,
            supersedes=supersedes,
        )
        return self._new(at, EG, data)

    def delivered(self, at: str, agreement: str = "") -> NewEvent:
        return self._new(at, EG, say.AgreementDelivered(agreement_id=agreement or self.agreement))

    def viewed(self, at: str, agreement: str = "") -> NewEvent:
        return self._new(at, EG, say.AgreementViewed(agreement_id=agreement or self.agreement))

    def bounced(self, at: str, reason: str) -> NewEvent:
        return self._new(at, EG, say.AgreementBounced(agreement_id=self.agreement, reason=reason))

    def signed(self, at: str, method: Method, *, agreement: str = "", version: int = 1) -> NewEvent:
        """Digital signatures are given in klarmeld, others reach EG; `version` is of the document that was signed."""
        data = say.AgreementSigned(
            agreement_id=agreement or self.agreement,
            signed_by_role=Role.AFTALEADMINISTRATOR,
            method=method,
            document_sha256=_digest(version),
        )
        return self._new(at, AGREEMENTS if method is Method.DIGITAL else EG, data)

    def declined(self, at: str, reason: str) -> NewEvent:
        data = say.AgreementDeclined(agreement_id=self.agreement, reason=reason, by_role=Role.AFTALEADMINISTRATOR)
        return self._new(at, AGREEMENTS, data)

    def expired(self, at: str, sign_by: str) -> NewEvent:
        return self._new(at, EG, say.AgreementExpired(agreement_id=self.agreement, sign_by=sign_by))

    def retracted(self, at: str, mistake: NewEvent, topic: Topic, reason: str) -> NewEvent:
        data = say.FactRetracted(source=mistake.source, id=mistake.id, reason=reason)
        return new(at, mistake.source, data, self.code, topic)

    def configured(self, at: str, revision: int, *eans: str) -> NewEvent:
        rules = tuple(say.Rule(ean=ean, valid_from=f"2026-{at[:5]}") for ean in eans)
        data = say.ForwardingConfigured(config_id=self._config, revision=revision, rules=rules, target="KP")
        return self._new(at, EG, data)

    def disabled(self, at: str, revision: int, reason: str) -> NewEvent:
        return self._new(at, EG, say.ForwardingDisabled(config_id=self._config, revision=revision, reason=reason))

    def verified(self, at: str, revision: int, ean: str) -> NewEvent:
        return self._new(at, EG, say.ForwardingVerified(config_id=self._config, revision=revision, ean=ean))

    def failed(self, at: str, revision: int, ean: str, detail: str) -> NewEvent:
        data = say.ForwardingFailed(
            config_id=self._config, revision=revision, ean=ean, code="NOT_FORWARDED", detail=detail
        )
        return self._new(at, EG, data)

    def acknowledged(self, at: str, version: int) -> NewEvent:
        data = say.GuidanceAcknowledged(guidance_id=GUIDANCE, version=version, by_role=Role.SYSTEMANSVARLIG_BOGFOERING)
        return self._new(at, NOTIFICATIONS, data)

    def invited(self, at: str) -> NewEvent:
        data = say.WebinarInvited(webinar_id=WEBINAR, sequence=0, role=Role.SYSTEMANSVARLIG_BOGFOERING)
        return self._new(at, NOTIFICATIONS, data)

    def responded(self, at: str, partstat: Partstat) -> NewEvent:
        data = say.WebinarResponded(webinar_id=WEBINAR, partstat=partstat, by_role=Role.SYSTEMANSVARLIG_BOGFOERING)
        return self._new(at, NOTIFICATIONS, data)

    def attended(self, at: str, attendees: int) -> NewEvent:
        return self._new(at, EG, say.WebinarAttended(webinar_id=WEBINAR, attendees=attendees))

    @property
    def _config(self) -> str:
        return f"KONF-8B-{self.code}"

    def _new(self, at: str, source: str, data: Event) -> NewEvent:
        return new(at, source, data, self.code)
