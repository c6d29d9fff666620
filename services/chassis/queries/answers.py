"""Answers with an ETag, 304 where the client has them already, and links to the next page."""

from typing import Any

from fastapi import Request, Response

from services.chassis.queries.views import as_json
from services.chassis.web.unchanged import etag_of, has


def tagged(body: dict[str, Any], if_none_match: str | None) -> Response:
    """Return `body` with its ETag, or 304 where the caller has it already."""
    return tagged_bytes(as_json(body), if_none_match, media_type="application/json")


def tagged_bytes(content: bytes, if_none_match: str | None, *, media_type: str) -> Response:
    """Return `content` with the ETag of its bytes, or 304 where the caller has it already."""
    etag = etag_of(content)
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    if has(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def linked(response: Response, request: Request, cursor: str | None) -> Response:
    """Add the link to the next page where there is one."""
    if cursor:
        following = request.url.include_query_params(cursor=cursor)
        response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return response
