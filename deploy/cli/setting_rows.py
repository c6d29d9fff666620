"""A settings class as rows: each value with its secrets masked, and whether it is a default or was set."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings

_USER_INFO = re.compile(r"(?<=://)[^/@]+@")


class Named(Protocol):
    """Whatever has the name of a setting."""

    @property
    def name(self) -> str: ...


Row = TypeVar("Row", bound=Named)


class SettingRow(NamedTuple):
    """One setting; `name` is that of its environment variable."""

    name: str
    value: Any
    origin: str
    meaning: str


def rows_of(kind: type[BaseSettings]) -> list[SettingRow]:
    """Return every setting of `kind`; a ValidationError names those that are not valid."""
    settings = kind()
    prefix = str(kind.model_config.get("env_prefix", ""))
    return list(_rows(settings, prefix, str(kind.model_config.get("env_nested_delimiter"))))


def shared_first(found: Mapping[str, Sequence[Row]]) -> dict[str, Sequence[Row]]:
    """Return what all owners have in common once, as that of "every service", and what each has besides."""
    shared = set.intersection(*[{row.name for row in rows} for rows in found.values()])
    own = {name: [row for row in rows if row.name not in shared] for name, rows in found.items()}
    every = [row for row in next(iter(found.values())) if row.name in shared]
    return {"every service": every, **{name: rows for name, rows in own.items() if rows}}


def _rows(model: BaseModel, prefix: str, delimiter: str) -> Iterator[SettingRow]:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        variable = f"{prefix}{name}".upper()
        if isinstance(value, BaseModel):
            yield from _rows(value, f"{variable}{delimiter}", delimiter)
        else:
            origin = "set" if name in model.model_fields_set else "default"
            yield SettingRow(variable, _masked(value), origin, field.description or "")


def _masked(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return "********"
    if isinstance(value, str):
        return _USER_INFO.sub("********@", value)
    return value if isinstance(value, int | float | None) else str(value)
