"""Every setting as a table for people, from the settings models: name, type, default, secret or not, what it does."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

_HEAD = """# Settings

Generated from the settings models by `klarmeld contracts generate`; a check fails when it is not what the code says.

A setting is an environment variable of its name.
Services and the portal read files of these names in `/run/secrets` too; a variable goes before the file of its name.
A list is written as JSON: `["RS256"]`.
`klarmeld config check` shows each value as it is here, secrets masked, and whether it is a default.
A secret is given as a file in production; it is never logged and never shown.
`KLARMELD_MONGO__URI` holds a password wherever MongoDB asks for one, so it is a file there too.
"""
_TITLES = "| Setting | Type | Default | Secret | What it does |\n| --- | --- | --- | --- | --- |\n"
_NAMES = {str: "text", int: "whole number", float: "number", bool: "true or false", Path: "path", SecretStr: "text"}
_BOUNDS = {Ge: ("≥", "ge"), Gt: (">", "gt"), Le: ("≤", "le"), Lt: ("<", "lt")}
_LENGTHS = {MinLen: ("length ≥", "min_length"), MaxLen: ("length ≤", "max_length")}


class Described(NamedTuple):
    """One setting as its model describes it; `name` is that of its environment variable."""

    name: str
    kind: str
    default: str
    secret: bool
    meaning: str


def setting_table(owners: dict[str, Sequence[Described]]) -> str:
    """Return the page: one table for each owner of settings."""
    return _HEAD + "".join(_section(owner, rows) for owner, rows in owners.items())


def described(kind: type[BaseSettings]) -> list[Described]:
    """Return every setting of `kind`, in the order of its model."""
    prefix = str(kind.model_config.get("env_prefix", ""))
    return list(_described(kind, prefix, str(kind.model_config.get("env_nested_delimiter"))))


def _described(model: type[BaseModel], prefix: str, delimiter: str) -> Iterator[Described]:
    for name, field in model.model_fields.items():
        variable = f"{prefix}{name}".upper()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _described(field.annotation, f"{variable}{delimiter}", delimiter)
        else:
            yield Described(variable, _kind(field), _default(field), _is_secret(field), field.description or "")


def _kind(field: FieldInfo) -> str:
    said = [_bound(each) for each in field.metadata if type(each) in _BOUNDS | _LENGTHS]
    return ", ".join([_named(field.annotation), *said])


def _bound(limit: Any) -> str:
    word, attribute = (_BOUNDS | _LENGTHS)[type(limit)]
    return f"{word} {getattr(limit, attribute)}"


def _named(annotation: Any) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " or ".join(f"`{each}`" for each in inner)
    if origin is Annotated:
        return _named(inner[0])
    if origin in {Union, UnionType}:
        return " or ".join(_named(each) for each in inner if each is not NoneType)
    return f"list of {_named(inner[0])}" if origin is tuple else _NAMES[annotation]


def _is_secret(field: FieldInfo) -> bool:
    return SecretStr in {field.annotation, *get_args(field.annotation)}


def _default(field: FieldInfo) -> str:
    value = field.get_default()
    if value is None:
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{[*value]}`".replace("'", '"') if isinstance(value, tuple) else f"`{value}`"


def _section(owner: str, rows: Sequence[Described]) -> str:
    lines = "".join(
        f"| `{row.name}` | {row.kind} | {row.default} | {'secret' if row.secret else ''} | {row.meaning} |\n"
        for row in rows
    )
    return f"\n## {owner}\n\n{_TITLES}{lines}"
