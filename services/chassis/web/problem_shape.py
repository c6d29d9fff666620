"""How errors look in the API documents: RFC 9457, and which of them a route may answer with."""

from http import HTTPStatus
from typing import Any

from services.chassis.web.problem import MEDIA_TYPE

Json = dict[str, Any]
_TEXT = {"type": "string"}
PROBLEM: Json = {
    "title": "Problem",
    "description": "RFC 9457.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:klarmeld:problem:not-found"]},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "One sentence, with the remedy in it."},
        "instance": {"type": "string", "description": "The path that was asked for; for 404 its template."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "JSON pointer into the body, or /path, /query, /header.",
                    },
                    "detail": _TEXT,
                },
            },
        },
    },
}

_SENTENCES = {
    HTTPStatus.UNAUTHORIZED: "No valid access token.",
    HTTPStatus.FORBIDDEN: "None of the token's roles may do this.",
    HTTPStatus.NOT_FOUND: "There is no such thing, or none that the caller may know of: the two answer alike.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Something in the request is wrong; `errors` names each field.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong on our side; it has been logged.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The log, the database or the issuer can't be reached; try again.",
    HTTPStatus.GATEWAY_TIMEOUT: "The position in `after` is not reached in time; ask again.",
}


def _name(status: HTTPStatus) -> str:
    return status.phrase.title().replace(" ", "").replace("-", "")


def _answer(status: HTTPStatus, sentence: str) -> Json:
    example = {
        "type": f"urn:klarmeld:problem:{status.phrase.lower().replace(' ', '-')}",
        "title": status.phrase,
        "status": int(status),
        "detail": sentence,
        "instance": "/v1/rollouts/efaktura-8b",
    }
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    return {"description": sentence, "content": {MEDIA_TYPE: content}}


def problem_answer(description: str) -> Json:
    """Return a problem that one route answers with, in its own words."""
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


#: The answers that many routes share, by name.
ANSWERS: Json = {_name(status): _answer(status, sentence) for status, sentence in _SENTENCES.items()}
_NOT_MODIFIED = {"description": "The caller has this already."}


def answers_of(path: str, operation: Json) -> Json:
    """Return the answers that a guarded route has beside its own, by status."""
    given = {parameter["name"].lower() for parameter in operation.get("parameters", [])}
    statuses = [HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE]
    statuses.append(HTTPStatus.INTERNAL_SERVER_ERROR)
    if "{" in path:
        statuses.append(HTTPStatus.NOT_FOUND)
    if given - {"if-none-match"} or "requestBody" in operation:
        statuses.append(HTTPStatus.UNPROCESSABLE_ENTITY)
    if "after" in given:
        statuses.append(HTTPStatus.GATEWAY_TIMEOUT)
    shared = {str(int(status)): {"$ref": f"#/components/responses/{_name(status)}"} for status in statuses}
    return {**shared, **({"304": _NOT_MODIFIED} if "if-none-match" in given else {})}
