"""What the portal leaves in a browser and nobody else can read or change: encrypted, in as many cookies as it takes."""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from starlette.requests import Request
from starlette.responses import Response

_HEADER = {"alg": "dir", "enc": "A256GCM"}
#: Browsers keep a cookie of up to 4,096 bytes, its name and attributes included.
PIECE = 3_500
MOST_PIECES = 8


class TooMuchError(ValueError):
    """More than a browser keeps."""


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """One kind of thing kept in the browser: its cookie's name, for how long, and the key."""

    name: str
    key: OctKey
    secure: bool
    lifetime_s: int

    def read(self, request: Request) -> dict[str, Any] | None:
        """Return what was kept, or None where there is nothing, or nothing of ours."""
        text = "".join(self._pieces(request.cookies))
        try:
            found = json.loads(jwe.decrypt_compact(text, self.key).plaintext or b"") if text else None
        except (JoseError, ValueError):
            return None
        # One key seals everything, so each thing says what it is: a form is never taken for a session.
        return found["kept"] if isinstance(found, dict) and found.get("as") == self.name else None

    def write(self, request: Request, response: Response, kept: Mapping[str, Any]) -> None:
        """Keep `kept` in the browser that gets `response`; TooMuchError where it is too long for that."""
        content = json.dumps({"as": self.name, "kept": kept}, separators=(",", ":")).encode()
        text = jwe.encrypt_compact(_HEADER, content, self.key)
        pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
        if len(pieces) > MOST_PIECES:
            raise TooMuchError(self.name)
        for number, piece in enumerate(pieces):
            self._set(response, number, piece, self.lifetime_s)
        self._forget(request, response, len(pieces))

    def forget(self, request: Request, response: Response) -> None:
        """Take it out of the browser that gets `response`."""
        self._forget(request, response, 0)

    def _pieces(self, cookies: Mapping[str, str]) -> list[str]:
        pieces: list[str] = []
        while (name := self._name(len(pieces))) in cookies and len(pieces) < MOST_PIECES:
            pieces.append(cookies[name])
        return pieces

    def _forget(self, request: Request, response: Response, first: int) -> None:
        for number in range(first, len(self._pieces(request.cookies))):
            self._set(response, number, "", 0)

    def _set(self, response: Response, number: int, value: str, seconds: int) -> None:
        response.set_cookie(
            self._name(number),
            value,
            max_age=seconds,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )

    def _name(self, number: int) -> str:
        return f"{host_alone(self.name, secure=self.secure)}-{number}"


def host_alone(name: str, *, secure: bool) -> str:
    """Return a cookie's name as browsers keep it to TLS and to this very host, where the portal stands behind TLS."""
    return f"__Host-{name}" if secure else name


def sealing_key(text: str | None) -> OctKey:
    """Return the key that settings hold as base64; a new one, of this process alone, where they hold none."""
    raw = base64.b64decode(text, validate=True) if text else os.urandom(32)
    if len(raw) != 32:
        raise ValueError("KLARMELD_SESSION__KEY is not base64 of 32 bytes; `openssl rand -base64 32` makes one")
    return OctKey.import_key(raw)
