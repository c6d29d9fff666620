"""Who hears for the municipalities of the sample: made-up function mailboxes, below a domain that nobody can own."""

from collections.abc import Iterator

from contracts.access import UserRole
from contracts.roles import Role
from deploy.campaign.said import Said
from deploy.campaign.stories import STORIES

#: Whom the card wants oriented (Metode 1 and 2).
HEARING = (Role.AFTALEADMINISTRATOR, Role.SYSTEMANSVARLIG_BOGFOERING)
#: Its mails are in English, so that both languages can be read.
IN_ENGLISH = "0159"
_TIME = "2026-03-01T06:00:00Z"


def contacts() -> Iterator[Said]:
    """Yield the commands by which each municipality names its contacts, under tokens of its own."""
    return (_named(story.code, role) for story in STORIES for role in HEARING)


def _named(code: str, role: Role) -> Said:
    address = f"{role.replace('_', '-')}@kommune-{code}.example"
    body = {"address": address, "language": "en" if code == IN_ENGLISH else "da"}
    path = f"/v1/municipalities/{code}/contacts/{role}"
    return Said("notifications", "PUT", path, body, UserRole.ACT, code, _TIME, f"{code}-contact-{role}")
