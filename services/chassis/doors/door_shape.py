"""How `POST /v1/events` looks in the API documents: three ways to send CloudEvents, with an example of each event."""

from typing import Any

from pydantic import BaseModel, Field

from contracts.envelope import JSON, REQUIRED, STRUCTURED
from contracts.examples import EXAMPLES
from contracts.http_binding import BATCH
from contracts.meanings import ATTRIBUTES
from contracts.registry import REGISTRY
from contracts.topics import OWN_SOURCES, Topic
from contracts.writer import structured

Json = dict[str, Any]


class AcceptedEvent(BaseModel):
    """One event on the log."""

    id: str
    position: str = Field(description="Its place on the log, for `?after=`.", examples=["agreements-3-1042"])


class AcceptedEvents(BaseModel):
    """All events of the request, in its order."""

    events: list[AcceptedEvent]


def request_of(topic: Topic) -> Json:
    """Return the request's parameters and body: binary mode in headers and body, structured and batch in the body."""
    told = {spec.name: structured(EXAMPLES[spec.name]) for spec in REGISTRY.values() if topic in spec.topics}
    types = [spec.type for spec in REGISTRY.values() if topic in spec.topics]
    examples = {str(name): {"value": event} for name, event in told.items()}
    [first, second, *_] = told.values()
    binary = {str(name): {"value": event["data"]} for name, event in told.items()}
    data = {"type": "object", "description": "The data alone; attributes go in the headers `ce-…`."}
    event = _event(topic, types)
    return {
        "parameters": [_header(name, meaning) for name, _, meaning in ATTRIBUTES],
        "requestBody": {
            "required": True,
            "content": {
                STRUCTURED: {"schema": event, "examples": examples},
                BATCH: {"schema": {"type": "array", "items": event}, "example": [first, second]},
                JSON: {"schema": data, "examples": binary},
            },
        },
    }


def _event(topic: Topic, types: list[str]) -> Json:
    exact: Json = {
        "specversion": {"const": "1.0"},
        "id": {"minLength": 1, "maxLength": 64},
        "source": {"examples": ["/eg/aftaler", OWN_SOURCES[topic]]},
        "type": {"enum": types},
        "time": {"format": "date-time"},
        "municipality": {"pattern": "^[0-9]{4}$"},
    }
    properties = {name: {"type": "string", "description": said, **exact.get(name, {})} for name, _, said in ATTRIBUTES}
    return {
        "type": "object",
        "required": [*REQUIRED, "data"],
        "properties": {**properties, "data": {"type": "object", "description": "What the schema of the type says."}},
    }


def _header(name: str, meaning: str) -> Json:
    return {
        "name": f"ce-{name}",
        "in": "header",
        "required": False,
        "description": f"{meaning}. In binary mode only.",
        "schema": {"type": "string"},
    }
