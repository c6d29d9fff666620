"""Who looks at a page: what the session in the browser's cookie says, and until when."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from fastapi import Request

from contracts.access import MUNICIPAL, Caller, UserRole


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody who has signed in; `token` speaks for them to the services, `csrf` proves that a form is ours."""

    token: str
    expires: int
    subject: str
    roles: tuple[str, ...]
    municipality: str | None
    csrf: str

    @classmethod
    def arrived(cls, caller: Caller, *, token: str, expires: int, subject: str) -> Self:
        """Return the visitor whose token has just been checked."""
        roles = tuple(sorted(caller.roles))
        csrf = secrets.token_urlsafe(24)
        return cls(
            token=token, expires=expires, subject=subject, roles=roles, municipality=caller.municipality, csrf=csrf
        )

    @classmethod
    def kept(cls, session: Mapping[str, Any] | None) -> Self | None:
        """Return the visitor of a session, or None where it is absent or of another make."""
        if session is None or session.keys() != {field.name for field in fields(cls)}:
            return None
        return cls(**(dict(session) | {"roles": tuple(session["roles"])}))

    def session(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return asdict(self)

    @property
    def caller(self) -> Caller:
        return Caller(self.subject, frozenset(UserRole(role) for role in self.roles), self.municipality)

    @property
    def acts(self) -> bool:
        """Whether they act for a municipality, rather than look on."""
        return UserRole.ACT in self.roles

    @property
    def municipal(self) -> bool:
        return bool(MUNICIPAL & frozenset(self.roles)) and self.municipality is not None

    @property
    def role(self) -> str:
        """The role that the header names: the one that may do most."""
        order = (UserRole.ACT, UserRole.READ, UserRole.COORDINATOR, UserRole.EG, UserRole.OPERATIONS)
        return next((role.value for role in order if role in self.roles), "none")


def visitor_of(request: Request) -> Visitor:
    """Return who looks; the guard has seen to it that somebody does."""
    visitor: Visitor = request.state.visitor
    return visitor
