"""The local stack's own issuer of access tokens; in production any OIDC issuer takes its place."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Form
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from pydantic import BaseModel

from contracts.access import UserRole
from contracts.municipalities import MUNICIPALITIES
from deploy.local.authorization import LIFETIME_S, Choice, Codes, choosing
from services.chassis import clock
from services.portal.catalogue import Language
from services.portal.static_files import static_routes

AUDIENCE = "klarmeld"


def signing_key(path: Path) -> RSAKey:
    """Return the key kept at `path`, made at first use and readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(RSAKey.generate_key(2048, private=True).as_pem(private=True))
    key = RSAKey.import_key(path.read_bytes())
    return RSAKey.import_key({**key.as_dict(private=True), "kid": key.thumbprint(), "use": "sig", "alg": "RS256"})


def issue(key: RSAKey, *, issuer: str, role: UserRole, municipality: str | None, lifetime_s: int = LIFETIME_S) -> str:
    """Return an access token by RFC 9068 for one role and, for a municipal role, its kommunekode."""
    now = int(clock.now().timestamp())
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": subject_of(role, municipality),
        "client_id": f"local-{role}",
        "iat": now,
        "nbf": now,
        "exp": now + lifetime_s,
        "jti": clock.new_id(),
        "roles": [role.value],
    }
    if municipality is not None:
        claims["kommunekode"] = municipality
    return jwt.encode({"alg": "RS256", "typ": "at+jwt", "kid": key.kid}, claims, key)


def subject_of(role: UserRole, municipality: str | None) -> str:
    """Return `sub` of whoever holds a role here: no person, but always the same."""
    return f"local-{role}-{municipality or 'all'}"


def create(*, key: RSAKey, issuer: str) -> FastAPI:
    """Return the issuer's application: discovery, keys, and tokens for the asking, since it only listens locally."""
    app = FastAPI(title="klarmeld local issuer", openapi_url=None)
    codes = Codes()
    app.include_router(choosing(codes))
    app.include_router(static_routes())

    @app.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        return {
            "issuer": issuer,
            "jwks_uri": f"{issuer}/jwks",
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid"],
            "ui_locales_supported": [*Language],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    @app.get("/jwks")
    async def keys() -> Any:
        return KeySet([key]).as_dict(private=False)

    @app.post("/token")
    async def token(asked: Annotated[Asked, Form()]) -> JSONResponse:
        if asked.grant_type == "authorization_code":
            return _exchanged(key, issuer, codes, asked)
        if asked.grant_type != "client_credentials":
            return _refused("unsupported_grant_type", "grant_type must be authorization_code or client_credentials")
        if asked.role not in set(UserRole) or (asked.kommunekode and asked.kommunekode not in MUNICIPALITIES):
            return _refused("invalid_request", "role or kommunekode is unknown")
        return _given(issue(key, issuer=issuer, role=UserRole(asked.role), municipality=asked.kommunekode or None))

    return app


class Asked(BaseModel):
    """What is asked of the token endpoint, by a program for itself or by a portal for somebody who has signed in."""

    grant_type: str
    role: str = ""
    kommunekode: str | None = None
    code: str = ""
    redirect_uri: str = ""
    client_id: str = ""
    code_verifier: str = ""


def _exchanged(key: RSAKey, issuer: str, codes: Codes, asked: Asked) -> JSONResponse:
    chosen = codes.taken(
        asked.code, client_id=asked.client_id, redirect_uri=asked.redirect_uri, verifier=asked.code_verifier
    )
    if chosen is None:
        return _refused("invalid_grant", "the code is unknown, used, too old, or another client's")
    access = issue(key, issuer=issuer, role=chosen.role, municipality=chosen.municipality, lifetime_s=chosen.lifetime_s)
    return _given(access, lifetime_s=chosen.lifetime_s, id_token=_id_token(key, issuer, chosen))


def _id_token(key: RSAKey, issuer: str, chosen: Choice) -> str:
    now = int(clock.now().timestamp())
    claims = {
        "iss": issuer,
        "aud": chosen.client_id,
        "sub": subject_of(chosen.role, chosen.municipality),
        "iat": now,
        "exp": now + 300,
        "nonce": chosen.nonce,
    }
    return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": key.kid}, claims, key)


def _given(token: str, *, lifetime_s: int = LIFETIME_S, **more: str) -> JSONResponse:
    body = {"access_token": token, "token_type": "Bearer", "expires_in": lifetime_s, **more}
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


def _refused(error: str, description: str) -> JSONResponse:
    return JSONResponse({"error": error, "error_description": description}, 400)
