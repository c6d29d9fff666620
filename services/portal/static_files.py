"""Styles, icons, fonts and the script, under an address that names their content: browsers keep them for good."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from mimetypes import guess_type
from pathlib import Path

from fastapi import APIRouter, Request, Response

from services.chassis.errors import NotFoundError

STATIC = Path(__file__).parent / "static"
#: What is smaller when packed; fonts are packed already.
PACKED = frozenset({".css", ".svg", ".js", ".txt", ".md"})
FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
FOR_NOW = {**FOR_GOOD, "Cache-Control": "no-cache"}
#: What a file is called on the wire, where machines disagree.
TYPES = {".js": "text/javascript", ".woff": "font/woff", ".woff2": "font/woff2", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class File:
    """One file as it is sent."""

    content: bytes
    packed: bytes | None
    media_type: str


@cache
def files() -> Mapping[str, File]:
    """Return every file by its path below `static`."""
    return {path.relative_to(STATIC).as_posix(): _file(path) for path in sorted(STATIC.rglob("*")) if path.is_file()}


@cache
def edition() -> str:
    """Return a digest of all of them: one changed file makes a new address for all, which stay beside each other."""
    digest = blake2b(digest_size=8)
    for name, file in files().items():
        digest.update(f"{name}\0{len(file.content)}\0".encode() + file.content)
    return digest.hexdigest()


def static(name: str) -> str:
    """Return the address of a file; KeyError where there is none, so that no page names one that is absent."""
    if name not in files():
        raise KeyError(name)
    return f"/static/{edition()}/{name}"


def static_routes() -> APIRouter:
    """Return the route of all files."""
    router = APIRouter()

    @router.get("/static/{edition}/{name:path}", include_in_schema=False)
    async def file(request: Request, edition: str, name: str) -> Response:
        return _sent(request, edition, name)

    return router


def _sent(request: Request, asked: str, name: str) -> Response:
    file = files().get(name)
    if file is None:
        raise NotFoundError("There is no such file.")
    # While editions change over, a page of the other one gets what there is, and does not keep it.
    kept = FOR_GOOD if asked == edition() else FOR_NOW
    if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers = {**kept, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(file.packed, headers=headers, media_type=file.media_type)
    return Response(file.content, headers=kept, media_type=file.media_type)


def _file(path: Path) -> File:
    content = path.read_bytes()
    packed = gzip.compress(content, mtime=0) if path.suffix in PACKED else None
    media_type = TYPES.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream"
    return File(content, packed, media_type)
