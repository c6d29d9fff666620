"""The events as AsyncAPI messages: headers, key, data and an example of each."""

import json
from collections.abc import Sequence
from typing import Any

from contracts.catalogue import schema
from contracts.examples import EXAMPLES
from contracts.meanings import ATTRIBUTES
from contracts.registry import EventSpec, Scope
from contracts.writer import encode

Json = dict[str, Any]
KAFKA = {"bindingVersion": "0.5.0"}
_ROLLOUT = "^[a-z0-9][a-z0-9._-]{0,63}$"
_CODE = "^[0-9]{4}$"


def message(spec: EventSpec) -> Json:
    """Return one event as a message."""
    written = encode(EXAMPLES[spec.name])
    headers = {name: (value or b"").decode() for name, value in written.headers}
    return {
        "name": spec.type,
        "title": spec.name.value,
        "summary": schema(spec)["description"],
        "contentType": "application/json",
        "headers": _headers(spec),
        "payload": {"$ref": f"#/components/schemas/{spec.name.value}"},
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "bindings": {"kafka": {"key": _key(spec), **KAFKA}},
        "examples": [{"name": spec.name.value, "headers": headers, "payload": json.loads(written.value)}],
    }


def payloads(specs: Sequence[EventSpec]) -> Json:
    """Return the schema of each event's data and of the parts that they share, each once."""
    found: Json = {}
    for spec in specs:
        made = json.loads(json.dumps(schema(spec)).replace("#/$defs/", "#/components/schemas/"))
        found |= {**made.pop("$defs", {}), spec.name.value: _plain(made)}
    return found


def _plain(made: Json) -> Json:
    return {key: value for key, value in made.items() if key not in {"$schema", "$id"}}


def _headers(spec: EventSpec) -> Json:
    """Return the schema of the headers: every attribute, with what this event's own must be."""
    exact: Json = {
        "specversion": {"const": "1.0"},
        "id": {"minLength": 1, "maxLength": 64},
        "type": {"const": spec.type},
        "time": {"format": "date-time"},
        "dataschema": {"const": spec.dataschema},
        "rollout": {"pattern": _ROLLOUT},
        "municipality": {"pattern": _CODE},
    }
    known = [(name, needed, meaning) for name, needed, meaning in ATTRIBUTES if _has(spec, name)]
    required = [name for name, needed, _ in known if needed or (name == "municipality" and _is_own(spec))]
    return {
        "type": "object",
        "required": [f"ce_{name}" for name in required],
        "properties": {
            **{
                f"ce_{name}": {"type": "string", "description": meaning, **exact.get(name, {})}
                for name, _, meaning in known
            },
            "content-type": {"type": "string", "description": "What the value is.", "const": "application/json"},
        },
    }


def _key(spec: EventSpec) -> Json:
    own = {"type": "string", "pattern": _CODE, "description": "The municipality, as `ce_partitionkey`."}
    whole = {"type": "string", "pattern": _ROLLOUT, "description": "The rollout, as `ce_partitionkey`."}
    return {Scope.MUNICIPALITY: own, Scope.ROLLOUT: whole}.get(spec.scope, {"anyOf": [own, whole]})


def _has(spec: EventSpec, attribute: str) -> bool:
    return attribute != "municipality" or spec.scope is not Scope.ROLLOUT


def _is_own(spec: EventSpec) -> bool:
    return spec.scope is Scope.MUNICIPALITY
