"""What the rules look at: one municipality in a rollout, whom it has named, and the hour."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from contracts.facts import Fact
from contracts.names import EventName
from contracts.progress import derive_settled
from contracts.roles import Role, SupplierRole
from contracts.settle import Settled, settle
from services.chassis.outward.contacts import Recipient
from services.notifications.notice import Notice, Template
from services.notifications.plans import PLANNING, Plan, plan_of


class Outline(NamedTuple):
    """What the facts come to; `invitations` holds the highest sequence that each role was invited with."""

    rollout: str
    municipality: str
    progress: Mapping[str, Any]
    plans: Sequence[Plan]
    invitations: Mapping[tuple[str, str], int]


class Hour(NamedTuple):
    """What else a notice depends on: now, and after how many working days a signature is reminded of."""

    now: datetime
    reminders: Sequence[int] = ()


class Resting(NamedTuple):
    """A webhook that rests after it failed for too long: its id, its receiver's host, and since when it failed (ms)."""

    id: str
    host: str
    since: int


class Case(NamedTuple):
    """One municipality's outline, its contacts by role, the hour, and its webhooks that rest."""

    outline: Outline
    contacts: Mapping[str, Recipient]
    hour: Hour
    resting: Sequence[Resting] = ()

    @property
    def tracks(self) -> Mapping[str, Any]:
        tracks: Mapping[str, Any] = self.outline.progress["tracks"]
        return tracks

    @property
    def owner(self) -> Role:
        """Who looks after the ERP, or else whoever holds the dialogue with its supplier (card, Anbefalet udfører)."""
        stands_in = Role.SYSTEMANSVARLIG_BOGFOERING not in self.contacts and Role.ERP_DIALOG in self.contacts
        return Role.ERP_DIALOG if stands_in else Role.SYSTEMANSVARLIG_BOGFOERING

    @property
    def responsible(self) -> Role:
        """Who was made responsible, or else KP's or the ERP's systemansvarlig (card, Anbefalet ansvarlig)."""
        assigned = self.tracks["task"]["responsible_role"]
        if assigned:
            return Role(assigned)
        return Role.KP_SYSTEMANSVARLIG if Role.KP_SYSTEMANSVARLIG in self.contacts else self.owner

    @property
    def informed_together(self) -> tuple[Role, ...]:
        """Those whom the plan, the guidance and the webinar are for."""
        return Role.AFTALEADMINISTRATOR, self.owner, Role.KP_SYSTEMANSVARLIG

    def notices(
        self, template: Template, roles: Iterable[Role | SupplierRole], subject: str, revision: object, **details: Any
    ) -> Iterator[Notice]:
        """Yield a notice for each role, once; details that are None are left out."""
        told = {name: value for name, value in details.items() if value is not None}
        place = (self.outline.rollout, self.outline.municipality)
        return (Notice(*place, role, template, subject, str(revision), told) for role in dict.fromkeys(roles))


def outline_of(rollout: str, municipality: str, own: Iterable[Fact], whole: Iterable[Fact]) -> Outline:
    """Return what the facts of a municipality and of its rollout come to, in whatever order they came."""
    shared = tuple(whole)
    mine = settle(own)
    return Outline(
        rollout, municipality, derive_settled(mine, settle(shared)), _plans(rollout, shared), _invitations(mine)
    )


def _plans(rollout: str, whole: Sequence[Fact]) -> Sequence[Plan]:
    ids = sorted({fact.subject for fact in whole if fact.name in PLANNING})
    plans = (plan_of(whole, rollout=rollout, webinar_id=each) for each in ids)
    return [plan for plan in plans if plan]


def _invitations(own: Settled) -> Mapping[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for fact in own.of(EventName.WebinarInvited):
        invited = fact.data["webinar_id"], fact.data["role"]
        found[invited] = max(fact.data["sequence"], found.get(invited, 0))
    return found
