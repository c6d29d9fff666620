"""The issuer of OpenID Connect as the portal meets it: its addresses, the code for tokens, and who the tokens name."""

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import extract_compact

from services.chassis import clock
from services.chassis.errors import KeysUnavailableError, UnauthorizedError
from services.chassis.logs import logger
from services.chassis.settings import AccessSettings
from services.chassis.web.tokens import Keys, Tokens
from services.portal.catalogue import Language
from services.portal.settings import SignInSettings
from services.portal.visitors import Visitor

log = logger(__name__)
DISCOVERY = "/.well-known/openid-configuration"


class Attempt(NamedTuple):
    """One attempt to sign in, kept in the browser until it comes back: what only that browser knows."""

    state: str
    nonce: str
    verifier: str
    back: str

    @classmethod
    def new(cls, back: str) -> Self:
        """Return a new attempt that leads to the page `back`."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), back)


@dataclass(frozen=True)
class Addresses:
    """Where the issuer asks people who they are, and where it gives tokens for a code."""

    authorization: str
    token: str


class Issuer:
    """Asks an issuer by the code flow with PKCE; nothing is asked of it before somebody signs in."""

    def __init__(
        self, client: httpx.AsyncClient, *, access: AccessSettings, sign_in: SignInSettings, callback: str
    ) -> None:
        self._client = client
        self._access = access
        self._sign_in = sign_in
        self._callback = callback
        self._keys = Keys(access)
        self._tokens = Tokens(access)
        self._addresses: Addresses | None = None
        self._finding = asyncio.Lock()

    async def address(self, attempt: Attempt, language: Language, hint: str | None) -> str:
        """Return the address that a browser is sent to; `hint` says who wants to sign in."""
        more = {"login_hint": hint} if hint else {}
        if self._sign_in.acr:
            more["acr_values"] = " ".join(self._sign_in.acr)
        address: str = prepare_grant_uri(
            (await self._found()).authorization,
            self._sign_in.client_id,
            "code",
            redirect_uri=self._callback,
            scope=self._sign_in.scope,
            state=attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
            ui_locales=language.value,
            **more,
        )
        return address

    async def visitor(self, attempt: Attempt, code: str) -> Visitor:
        """Return who the code speaks for; UnauthorizedError where it or its tokens are not good."""
        answer = await self._exchanged(attempt, code)
        try:
            access_token, id_token = str(answer["access_token"]), str(answer["id_token"])
            subject = await self._subject(id_token, attempt.nonce)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _refused(type(error).__name__) from None
        caller, expires = await self._tokens.caller(access_token)
        return Visitor.arrived(caller, token=access_token, expires=expires, subject=subject)

    async def _found(self) -> Addresses:
        async with self._finding:
            if self._addresses is None:
                self._addresses = _addresses(await self._discovery(), self._access.issuer)
        return self._addresses

    async def _discovery(self) -> Any:
        try:
            return (await self._client.get(self._access.issuer + DISCOVERY)).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise _away(error) from None

    async def _exchanged(self, attempt: Attempt, code: str) -> Any:
        secret = self._sign_in.client_secret
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._callback,
            "client_id": self._sign_in.client_id,
            "code_verifier": attempt.verifier,
        }
        basic = (
            httpx.BasicAuth(self._sign_in.client_id, secret.get_secret_value()) if secret else httpx.USE_CLIENT_DEFAULT
        )
        try:
            answer = await self._client.post((await self._found()).token, data=form, auth=basic)
            if answer.is_client_error:
                raise _refused(f"status {answer.status_code}")
            return answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise _away(error) from None

    async def _subject(self, id_token: str, nonce: str) -> str:
        """Return `sub` of an ID token that the issuer signed, for this portal and for this attempt."""
        keys = await self._keys.holding(str(extract_compact(id_token.encode("ascii")).headers().get("kid", "")))
        decoded = jwt.decode(id_token, keys, algorithms=list(self._access.algorithms))
        options = {"iss": {"essential": True, "value": self._access.issuer}}
        params = {"nonce": nonce, "client_id": self._sign_in.client_id}
        claims = CodeIDToken(decoded.claims, decoded.header, options, params)
        try:
            claims.validate(now=int(clock.now().timestamp()), leeway=self._access.leeway_s)
        except Exception as error:  # noqa: BLE001  authlib's errors share no base of ours; any means: not this visitor
            raise _refused(type(error).__name__) from None
        if decoded.claims["aud"] not in (self._sign_in.client_id, [self._sign_in.client_id]):
            raise _refused("it is for somebody else")
        if self._sign_in.acr and decoded.claims.get("acr") not in self._sign_in.acr:
            raise _refused("they signed in less strongly than is demanded")
        return str(decoded.claims["sub"])


def _addresses(said: Any, issuer: str) -> Addresses:
    """Return the addresses of a discovery document; one that names another issuer is none."""
    if not isinstance(said, dict) or said.get("issuer") != issuer:
        raise KeysUnavailableError("The issuer's discovery document names another issuer.")
    return Addresses(str(said["authorization_endpoint"]), str(said["token_endpoint"]))


def _refused(why: str) -> UnauthorizedError:
    log.info("sign_in_refused", why=why)
    return UnauthorizedError("The sign-in could not be completed; sign in again.")


def _away(error: Exception) -> KeysUnavailableError:
    log.warning("issuer_away", fault=type(error).__name__)
    return KeysUnavailableError("The issuer can't be reached, so nobody can sign in now.", retry_after=5)
