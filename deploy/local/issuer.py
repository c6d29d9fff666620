"""The local stack's own issuer of access tokens; in production any OIDC issuer takes its place."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Form
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from contracts.access import UserRole
from contracts.municipalities import MUNICIPALITIES
from services.chassis import clock

AUDIENCE = "klarmeld"
LIFETIME_S = 3_600


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
        "sub": f"local-{role}-{municipality or 'all'}",
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


def create(*, key: RSAKey, issuer: str) -> FastAPI:
    """Return the issuer's application: discovery, keys, and tokens for the asking, since it only listens locally."""
    app = FastAPI(title="klarmeld local issuer", openapi_url=None)

    @app.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        return {
            "issuer": issuer,
            "jwks_uri": f"{issuer}/jwks",
            "token_endpoint": f"{issuer}/token",
            "grant_types_supported": ["client_credentials"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    @app.get("/jwks")
    async def keys() -> Any:
        return KeySet([key]).as_dict(private=False)

    @app.post("/token")
    async def token(
        grant_type: Annotated[str, Form()],
        role: Annotated[str, Form()],
        kommunekode: Annotated[str | None, Form()] = None,
    ) -> JSONResponse:
        if grant_type != "client_credentials":
            return _refused("unsupported_grant_type", "grant_type must be client_credentials")
        if role not in set(UserRole) or (kommunekode is not None and kommunekode not in MUNICIPALITIES):
            return _refused("invalid_request", "role or kommunekode is unknown")
        made = issue(key, issuer=issuer, role=UserRole(role), municipality=kommunekode)
        return JSONResponse(
            {"access_token": made, "token_type": "Bearer", "expires_in": LIFETIME_S},
            headers={"Cache-Control": "no-store"},
        )

    return app


def _refused(error: str, description: str) -> JSONResponse:
    return JSONResponse({"error": error, "error_description": description}, 400)
