"""The local issuer's page where somebody says who they are, and the codes that a portal then changes into tokens."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, NamedTuple
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict

from contracts.access import MUNICIPAL, UserRole
from contracts.municipalities import MUNICIPALITIES
from deploy.local.sign_in_page import choice_page, language_of, refusal_page
from services.chassis import clock

#: How long a token opens the services, and how long a code can be changed into one, in seconds.
LIFETIME_S = 3_600
CODE_S = 60
#: Only programs of this machine are sent a code.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Choice(NamedTuple):
    """What one code stands for: who was chosen, and which attempt of which client it answers."""

    role: UserRole
    municipality: str | None
    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str
    made: float
    lifetime_s: int


@dataclass
class Codes:
    """The codes that were given and not yet changed; each is good once."""

    _choices: dict[str, Choice] = field(default_factory=dict)

    def given(self, choice: Choice) -> str:
        """Return a new code for a choice."""
        code = secrets.token_urlsafe(24)
        self._choices = {each: kept for each, kept in self._choices.items() if kept.made > choice.made - CODE_S}
        self._choices[code] = choice
        return code

    def taken(self, code: str, *, client_id: str, redirect_uri: str, verifier: str) -> Choice | None:
        """Return what a code stands for, once, and only to the client that can prove that it asked (RFC 7636)."""
        choice = self._choices.pop(code, None)
        proof = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if choice is None or choice.made < clock.now().timestamp() - CODE_S:
            return None
        asked = (client_id, redirect_uri, proof)
        return choice if asked == (choice.client_id, choice.redirect_uri, choice.challenge) else None


class Authorization(BaseModel):
    """A portal's question who somebody is, and the answer once it has been chosen."""

    model_config = ConfigDict(extra="ignore")

    response_type: str = ""
    client_id: str = ""
    redirect_uri: str = ""
    state: str = ""
    nonce: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""
    login_hint: str = ""
    role: str = ""
    kommunekode: str = ""
    lifetime_s: int = LIFETIME_S
    ui_locales: str = ""


def choosing(codes: Codes) -> APIRouter:
    """Return the page; `login_hint`, as in `kommune-behandl:0657`, is a choice that has been made already."""
    router = APIRouter()

    @router.get("/authorize")
    async def authorize(asked: Annotated[Authorization, Query()]) -> Response:
        trouble = _trouble(asked)
        if trouble:
            return refusal_page(trouble, language_of(asked.ui_locales))
        role, _, code = (asked.login_hint or f"{asked.role}:{asked.kommunekode}").partition(":")
        choice = _choice(asked, role, code)
        if choice is None:
            return choice_page(_kept(asked), language_of(asked.ui_locales))
        answer = urlencode({"code": codes.given(choice), "state": asked.state})
        joint = "&" if urlsplit(asked.redirect_uri).query else "?"
        return RedirectResponse(f"{asked.redirect_uri}{joint}{answer}", 303)

    return router


def _kept(asked: Authorization) -> Mapping[str, str]:
    """Return what a choice sends along: all that the portal asked, and nothing that is still to be chosen."""
    return asked.model_dump(exclude={"role", "kommunekode", "login_hint", "lifetime_s"})


def _trouble(asked: Authorization) -> str | None:
    """Return what is wrong with the question; nobody is sent back to an address that is not on this machine."""
    if urlsplit(asked.redirect_uri).hostname not in LOOPBACK:
        return "redirect_uri is not on this machine."
    if asked.response_type != "code" or asked.code_challenge_method != "S256" or not asked.code_challenge:
        return "Only the code flow with PKCE (S256) is answered."
    return None


def _choice(asked: Authorization, role: str, municipality: str) -> Choice | None:
    """Return what was chosen; None where nothing was, or a municipal role without its municipality."""
    if role not in set(UserRole):
        return None
    if UserRole(role) in MUNICIPAL and municipality not in MUNICIPALITIES:
        return None
    return Choice(
        role=UserRole(role),
        municipality=municipality if UserRole(role) in MUNICIPAL else None,
        client_id=asked.client_id,
        redirect_uri=asked.redirect_uri,
        challenge=asked.code_challenge,
        nonce=asked.nonce,
        made=clock.now().timestamp(),
        lifetime_s=min(max(asked.lifetime_s, 1), LIFETIME_S),
    )
