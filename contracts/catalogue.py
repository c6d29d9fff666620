"""The written form of the contract, made from the code: a JSON Schema for each event, and the catalogue for people."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from contracts.examples import EXAMPLES
from contracts.meanings import ATTRIBUTES, PREFACE, REASONS
from contracts.refusals import Reason
from contracts.registry import REGISTRY, EventSpec, Scope
from contracts.topics import OPEN_TO_EG, OWN_SOURCES, PARTITIONS, Topic
from contracts.writer import structured

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """Return the JSON Schema of each event's data by file name; open, for a reader ignores what it does not know."""
    return {
        spec.dataschema: f"{json.dumps(schema(spec), ensure_ascii=False, indent=2)}\n" for spec in REGISTRY.values()
    }


def schema(spec: EventSpec) -> dict[str, Any]:
    """Return the JSON Schema of one event's data."""
    made = spec.model.model_json_schema(schema_generator=_PlainTitles)
    return {"$schema": DIALECT, "$id": spec.dataschema, **made}


def catalogue() -> str:
    """Return the catalogue as Markdown."""
    parts = [PREFACE, *_attributes(), *_topics(), "## Events\n"]
    for spec in REGISTRY.values():
        parts += _event(spec)
    return "\n".join([*parts, *_reasons()])


class _PlainTitles(GenerateJsonSchema):
    """Leaves out titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def _table(*heads: str) -> list[str]:
    return [_row(*heads), _row(*("---" for _ in heads))]


def _row(*cells: str) -> str:
    escaped = [cell.replace("|", r"\|") for cell in cells]
    return f"| {' | '.join(escaped)} |"


def _attributes() -> list[str]:
    rows = [_row(f"`{name}`", "yes" if needed else "no", meaning) for name, needed, meaning in ATTRIBUTES]
    return ["## Attributes\n", *_table("Header `ce_…`", "Required", "Value"), *rows, ""]


def _topics() -> list[str]:
    rows = [_row(f"`{topic}`", _writers(topic), str(PARTITIONS)) for topic in Topic]
    return ["## Topics\n", *_table("Topic", "`source` of its events", "Partitions"), *rows, ""]


def _writers(topic: Topic) -> str:
    return " or ".join([*(["`/eg/<system>`"] if topic in OPEN_TO_EG else []), f"`{OWN_SOURCES[topic]}`"])


def _event(spec: EventSpec) -> list[str]:
    described = schema(spec)
    example = json.dumps(structured(EXAMPLES[spec.name]), ensure_ascii=False, indent=2)
    return [
        f"### {spec.name}\n",
        f"{described['description']}\n",
        f"Type `{spec.type}`, on {', '.join(f'`{topic}`' for topic in spec.topics)}; {_SCOPES[spec.scope]}.",
        f"`subject` is {f'the `{spec.subject_field}`' if spec.subject_field else 'the municipality'}.\n",
        *_table("Field", "Required", "Value"),
        *_fields(described, described.get("$defs", {})),
        f"\n```json\n{example}\n```\n",
    ]


_SCOPES = {
    Scope.MUNICIPALITY: "about one municipality",
    Scope.ROLLOUT: "about the whole rollout",
    Scope.EITHER: "about a municipality or the whole rollout, like the fact that it retracts",
}


def _fields(described: dict[str, Any], parts: dict[str, Any], within: str = "") -> Iterator[str]:
    for name, field in described["properties"].items():
        needed = "yes" if name in described["required"] else "no"
        yield _row(f"`{within}{name}`", needed, _value(field, parts))
        nested, mark = _nested(field, parts)
        if nested:
            yield from _fields(nested, parts, f"{within}{name}{mark}")


def _nested(field: dict[str, Any], parts: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
    """Return the object that a field holds, or a list of them, and what stands between its name and theirs."""
    inner, mark = (field["items"], "[].") if "items" in field else (field, ".")
    part = _resolved(inner, parts)
    return (part, mark) if "properties" in part else (None, "")


def _resolved(field: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    return {**parts[field["$ref"].rpartition("/")[2]], **field} if "$ref" in field else field


def _value(field: dict[str, Any], parts: dict[str, Any]) -> str:
    """Say in words what a field takes."""
    kind = _kind(_resolved(field, parts), parts)
    return f"{kind}. {field['description']}" if "description" in field else kind


def _kind(field: dict[str, Any], parts: dict[str, Any]) -> str:  # noqa: PLR0911  one line a shape
    match field:
        case {"anyOf": [inner, {"type": "null"}]}:
            return f"{_kind(_resolved(inner, parts), parts)}, or null"
        case {"anyOf": choices}:
            return " or ".join(_kind(_resolved(each, parts), parts) for each in choices)
        case {"const": value}:
            return f"`{json.dumps(value, ensure_ascii=False)}`"
        case {"enum": values}:
            return " or ".join(f"`{value}`" for value in values)
        case {"type": "array", "items": inner}:
            return f"list of {_kind(_resolved(inner, parts), parts)}"
        case {"type": "object"}:
            return "object"
        case _:
            return str(field["title"])


def _reasons() -> list[str]:
    rows = [_row(f"`{reason}`", *REASONS[reason]) for reason in Reason]
    return ["## Why a record is parked\n", *_table("Reason", "What is wrong", "What to do"), *rows, ""]
