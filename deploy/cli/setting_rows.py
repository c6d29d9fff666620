"""A settings class as rows: each value with its secrets masked, and whether it is a default or was set."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings

_USER_INFO = re.compile(r"(?<=://)[^/@]+@")


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
