"""Access tokens by RFC 9068: checked against the issuer's keys, with everything pinned that a caller could bend."""

import asyncio
from collections import OrderedDict
from hashlib import sha256
from typing import Any, NamedTuple

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from contracts.access import Caller, UserRole
from contracts.municipalities import MUNICIPALITIES
from services.chassis import clock
from services.chassis.errors import KeysUnavailableError, UnauthorizedError
from services.chassis.logs import logger
from services.chassis.settings import AccessSettings

log = logger(__name__)
TOKEN_TYPES = frozenset({"at+jwt", "application/at+jwt"})
#: An unknown key id makes the keys be fetched again, but no more often than this, in seconds.
REFETCH_S = 30
#: Tokens whose check is remembered; one that is forgotten is checked anew.
MOST_CHECKED = 1_000


class Keys:
    """The issuer's public keys, fetched when first needed and again when a token names one that is not among them."""

    def __init__(self, settings: AccessSettings) -> None:
        self._settings = settings
        self._keys: KeySet | None = None
        self._fetched_at = float("-inf")
        self._fetching = asyncio.Lock()

    @property
    def newest(self) -> KeySet | None:
        """The keys as they were last fetched."""
        return self._keys

    async def holding(self, key_id: str) -> KeySet:
        """Return the keys, newly fetched where `key_id` is unknown and the last fetch is long enough ago."""
        async with self._fetching:
            if not self._holds(key_id) and self._may_fetch():
                await self._fetch()
        if self._keys is None:
            raise KeysUnavailableError("The issuer's keys can't be fetched, so no token can be checked.", retry_after=5)
        return self._keys

    def _holds(self, key_id: str) -> bool:
        return self._keys is not None and any(key.kid == key_id for key in self._keys.keys)

    def _may_fetch(self) -> bool:
        wait = REFETCH_S if self._keys else 1
        return asyncio.get_running_loop().time() - self._fetched_at >= wait

    async def _fetch(self) -> None:
        self._fetched_at = asyncio.get_running_loop().time()
        try:
            async with httpx.AsyncClient(timeout=3, follow_redirects=False) as client:
                answer = (await client.get(self._settings.jwks_uri)).raise_for_status()
            self._keys = KeySet.import_key_set(answer.json())
        except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
            log.warning("keys_not_fetched", fault=type(error).__name__)


class Checked(NamedTuple):
    """What a token has been found to say, by which keys: with the same keys it says so until it expires."""

    caller: Caller
    expires: int
    keys: KeySet


class Tokens:
    """Checks bearer tokens for one audience; one that comes again before it expires is not decoded again."""

    def __init__(self, settings: AccessSettings) -> None:
        self._settings = settings
        self._keys = Keys(settings)
        self._checked: OrderedDict[bytes, Checked] = OrderedDict()
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(clock.now().timestamp()),
            leeway=settings.leeway_s,
            iss={"essential": True, "value": settings.issuer},
            aud={"essential": True, "value": settings.audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def caller(self, token: str) -> tuple[Caller, int]:
        """Return who the token speaks for and when it expires (seconds since 1970); UnauthorizedError for a bad one."""
        mark = sha256(token.encode()).digest()
        if checked := self._known(mark):
            return checked.caller, checked.expires
        header = _header(token)
        keys = await self._keys.holding(str(header.get("kid", "")))
        try:
            decoded = jwt.decode(token, keys, algorithms=list(self._settings.algorithms))
            self._claims.validate(decoded.claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _refused(type(error).__name__) from None
        found = Checked(_caller(decoded.claims), int(decoded.claims["exp"]), keys)
        self._checked[mark] = found
        if len(self._checked) > MOST_CHECKED:
            self._checked.popitem(last=False)
        return found.caller, found.expires

    def _known(self, mark: bytes) -> Checked | None:
        """Return what a token says that was checked by the keys of now and has not expired since."""
        found = self._checked.get(mark)
        if found is None:
            return None
        valid = found.keys is self._keys.newest and clock.now().timestamp() < found.expires
        return found if valid else None


def _header(token: str) -> dict[str, Any]:
    """Return the header of a token that may be ours; `jku`, `x5u` and `jwk` in it are never looked at."""
    try:
        header: dict[str, Any] = extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError, KeyError, TypeError):
        raise _refused("it is no JWT") from None
    if str(header.get("typ", "")).lower() not in TOKEN_TYPES or not isinstance(header.get("kid"), str):
        raise _refused("it is no access token with a key id")
    return header


def _caller(claims: dict[str, Any]) -> Caller:
    roles = claims.get("roles")
    known = (
        frozenset(UserRole(role) for role in roles if role in set(UserRole)) if isinstance(roles, list) else frozenset()
    )
    municipality = claims.get("kommunekode")
    if municipality is not None and not (isinstance(municipality, str) and municipality in MUNICIPALITIES):
        raise _refused("its kommunekode is not a municipality's")
    return Caller(str(claims.get("client_id", claims["sub"])), known, municipality)


def _refused(why: str) -> UnauthorizedError:
    log.info("token_refused", why=why)
    return UnauthorizedError("The access token is missing, expired or not valid here; get a new one from the issuer.")
