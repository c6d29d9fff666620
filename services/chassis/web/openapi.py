"""A service's OpenAPI 3.1 document: FastAPI's own, completed by who may call what and how errors are answered."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from contracts.access import MUNICIPAL, PUBLIC, ROUTES, Rule
from services.chassis.web.problem import MEDIA_TYPE
from services.chassis.web.problem_shape import ANSWERS, PROBLEM, answers_of

Json = dict[str, Any]
TAGS = {
    "progress": "What the facts come to, for one municipality and for all.",
    "live": "The same as it changes: server-sent events.",
    "events": "CloudEvents over HTTP onto this service's own topic; the events themselves are at /asyncapi.",
    "notifications": "What became of each mail: sent, failed, unknown, or deliberately not sent.",
    "contacts": "Who hears for each role of a municipality: held here, and in no event.",
    "webhooks": "A municipality's own portal is told of its view, signed, whenever it changes.",
    "operations": "For those who run klarmeld.",
    "probes": "For an orchestrator.",
}


def openapi(app: FastAPI, answers: Mapping[str, Json]) -> Json:
    """Return the document of every route of `app` that is not left out of it; `answers` are examples, by path."""
    made = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        summary=app.summary,
        routes=app.routes,
        webhooks=app.webhooks.routes,
        servers=[{"url": "/", "description": "This service."}],
    )
    for path, method, operation in _operations(made):
        _complete(path, method, operation)
        if method == "get" and path in answers:
            operation["responses"]["200"]["content"]["application/json"]["example"] = answers[path]
    for item in made.get("webhooks", {}).values():
        item["post"]["responses"] = {"2XX": {"description": "Taken."}, "410": {"description": "Wanted no more."}}
    parts = made.setdefault("components", {})
    parts["schemas"] = {**_own(parts.get("schemas", {})), "Problem": PROBLEM}
    parts["responses"] = ANSWERS
    parts["securitySchemes"] = {"bearer": _BEARER}
    used = {tag for _, _, operation in _operations(made) for tag in operation["tags"]}
    made["tags"] = [{"name": tag, "description": said} for tag, said in TAGS.items() if tag in used]
    return made


_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": (
        "An access token by RFC 9068. Its claim `roles` holds brugersystemroller, `kommunekode` the one municipality "
        "that a municipality's roles reach."
    ),
}


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def _own(schemas: Json) -> Json:
    """Leave out the errors that FastAPI would answer by itself."""
    return {name: each for name, each in schemas.items() if name not in {"HTTPValidationError", "ValidationError"}}


def _complete(path: str, method: str, operation: Json) -> None:
    rule = ROUTES[method.upper(), path]
    operation["operationId"] = _operation_id(method, path)
    operation["security"] = [{"bearer": [role]} for role in sorted(rule.roles)]
    operation["description"] = "\n\n".join(filter(None, [operation.get("description"), _who(rule)]))
    if method == "get" and rule is not PUBLIC and not path.endswith("/stream"):
        _tagged(operation)
    _explain_parameters(operation)
    if rule is PUBLIC:
        return
    answers = operation["responses"]
    answers.pop("422", None)
    operation["responses"] = dict(sorted({**answers_of(path, operation), **_referring(answers)}.items()))


def _tagged(operation: Json) -> None:
    """Say that what the caller has is not sent again, where the route does not look at that itself."""
    parameters = operation.setdefault("parameters", [])
    if all(each["name"].lower() != "if-none-match" for each in parameters):
        parameters.append({**_IF_NONE_MATCH})


def _operation_id(method: str, path: str) -> str:
    return "_".join([method, *re.findall(r"[a-z]+", path.removeprefix("/v1"))])


def _who(rule: Rule) -> str:
    if rule is PUBLIC:
        return "Needs no token."
    roles = ", ".join(f"`{role}`" for role in sorted(rule.roles))
    own = " A municipality's roles reach their own municipality alone." if rule.roles & MUNICIPAL else ""
    return f"For {roles}.{own}"


def _referring(answers: Json) -> Json:
    """Say a problem's schema once, and a stream as the text that it is."""
    for answer in answers.values():
        for media_type, content in answer.get("content", {}).items():
            if media_type == MEDIA_TYPE:
                content["schema"] = {"$ref": "#/components/schemas/Problem"}
            if content.pop("itemSchema", None):
                content["schema"] = {"type": "string", "description": "Events `view`, each with the view as JSON."}
    return answers


def _explain_parameters(operation: Json) -> None:
    """Say each parameter once, and add what a route reads from its request by itself."""
    parameters = operation.get("parameters", [])
    for parameter in parameters:
        parameter["schema"] = _plain(parameter["schema"], described="description" in parameter)
    if "Accepted" in str(operation["responses"].get("202")):
        operation["parameters"] = [*parameters, _IDEMPOTENCY_KEY]
    if any(parameter["name"].lower() == "if-none-match" for parameter in parameters):
        operation["responses"]["200"]["headers"] = {"ETag": _ETAG}


def _plain(schema: Json, *, described: bool) -> Json:
    """Leave out what FastAPI repeats, and null, which no address and no header can hold."""
    match schema:
        case {"anyOf": [inner, {"type": "null"}]}:
            schema = {**schema, **inner}
            del schema["anyOf"]
    left_out = {"title", "description"} if described else {"title"}
    return {name: value for name, value in schema.items() if name not in left_out}


_ETAG = {"description": "For `If-None-Match` the next time.", "schema": {"type": "string"}}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what the caller already has.",
    "schema": {"type": "string"},
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Any text of the client's own; a command sent again with it is answered with the first one's event.",
    "schema": {"type": "string"},
}
