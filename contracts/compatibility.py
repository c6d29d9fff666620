"""Whether what one version of a schema writes is taken by another version's readers, field by field."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Schema = Mapping[str, Any]

#: Keywords that say nothing about which values are taken.
SILENT = frozenset({"$schema", "$id", "$defs", "$ref", "title", "description", "default", "examples", "deprecated"})
LEAST = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
MOST = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
_FOLLOWED = frozenset({"type", "const", "enum", "anyOf", "properties", "required", "items"})


class Misfit(NamedTuple):
    """One thing that a writer may say of `field` (a JSON pointer, `*` for any item) and a reader refuses."""

    field: str
    may: str
    wants: str


def misfits(writer: Schema, reader: Schema) -> list[Misfit]:
    """Return why a reader could refuse what a writer may write; what cannot be judged counts as refused.

    Both schemas are open: a reader ignores what it does not know, and a writer writes only what it does know.
    """
    return list(dict.fromkeys(_Comparison(writer, reader).at("", writer, reader)))


class _Comparison(NamedTuple):
    """Two whole schemas, in which references are looked up."""

    writer: Schema
    reader: Schema

    def at(self, field: str, writer: Schema, reader: Schema) -> Iterator[Misfit]:
        """Yield the misfits of one field: each way of writing it must fit at least one way of reading it."""
        ways = list(_ways(reader, self.reader))
        for written in _ways(writer, self.writer):
            tried = [list(self._one(field, written, way)) for way in ways]
            if all(tried):
                yield from min(tried, key=_distance)

    def _one(self, field: str, writer: Schema, reader: Schema) -> Iterator[Misfit]:
        if "const" in writer:
            if not _takes(reader, writer["const"]):
                yield Misfit(field, f"may say {_json(writer['const'])}", "do not take that")
        elif "const" in reader:
            yield Misfit(field, "may say something else", f"take only {_json(reader['const'])}")
        elif not _same_kind(writer, reader):
            yield Misfit(field, f"may send {_kind(writer)}", f"take only {_kind(reader)}")
        else:
            yield from _narrower(field, writer, reader)
            yield from self._inside(field, writer, reader)

    def _inside(self, field: str, writer: Schema, reader: Schema) -> Iterator[Misfit]:
        known = writer.get("properties", {})
        for name in sorted(set(reader.get("required", ())) - set(writer.get("required", ()))):
            yield Misfit(f"{field}/{name}", "may leave it out", "need it")
        for name, inner in reader.get("properties", {}).items():
            if name in known:
                yield from self.at(f"{field}/{name}", known[name], inner)
        if "items" in reader:
            yield from self.at(f"{field}/*", writer.get("items", {}), reader["items"])


def _ways(schema: Schema, root: Schema) -> Iterator[Schema]:
    """Yield the alternatives of a schema, with references resolved and each value of an enum by itself."""
    if "$ref" in schema:
        target = root["$defs"][schema["$ref"].rpartition("/")[2]]
        yield from _ways({**target, **{name: value for name, value in schema.items() if name != "$ref"}}, root)
    elif "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from _ways(each, root)
    elif "enum" in schema:
        yield from ({"const": value} for value in schema["enum"])
    else:
        yield schema


def _narrower(field: str, writer: Schema, reader: Schema) -> Iterator[Misfit]:
    """Yield each keyword by which a reader takes less than the writer may write, or may take less."""
    for name, wanted in reader.items():
        given = writer.get(name)
        if name in SILENT | _FOLLOWED or given == wanted:
            continue
        if given is not None and ((name in LEAST and given > wanted) or (name in MOST and given < wanted)):
            continue
        yield Misfit(field, f"have {_said(name, given)}", f"want {_said(name, wanted)}")


def _takes(schema: Schema, value: Any) -> bool:
    """Return whether a reader takes one value that a writer names."""
    if "const" in schema:
        return type(value) is type(schema["const"]) and bool(value == schema["const"])
    if "type" in schema and _kind_of(value) not in {schema["type"], _WIDER.get(schema["type"])}:
        return False
    fits_bounds = not isinstance(value, int | float) or (
        schema.get("minimum", value) <= value <= schema.get("maximum", value)
    )
    fits_text = not isinstance(value, str) or (
        re.search(schema.get("pattern", ""), value) is not None
        and schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
    )
    return fits_bounds and fits_text


#: Whoever reads numbers reads whole numbers too.
_WIDER = {"number": "integer"}
_KINDS: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}


def _kind_of(value: Any) -> str:
    return _KINDS.get(type(value), "object")


def _same_kind(writer: Schema, reader: Schema) -> bool:
    return "type" not in reader or writer.get("type") in {reader["type"], _WIDER.get(reader["type"])}


def _kind(schema: Schema) -> str:
    return str(schema.get("type", "anything"))


def _said(keyword: str, value: Any) -> str:
    return f"no {keyword}" if value is None else f"{keyword} {_json(value)}"


def _distance(found: list[Misfit]) -> tuple[bool, int]:
    """Of several ways to read, the nearest is told of: one of the same kind, with the fewest misfits."""
    return any(each.may.startswith("may send") for each in found), len(found)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
