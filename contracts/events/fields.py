"""The kinds of value that event data is made of, each with its bounds and its JSON Schema."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetJsonSchemaHandler, StringConstraints
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from stdnum import ean
from stdnum.dk import cvr

from contracts.instants import read_instant
from contracts.municipalities import MUNICIPALITIES

T = TypeVar("T")
#: Bound of every free text, in characters.
LONGEST_TEXT = 2_000


@dataclass(frozen=True)
class Kind:
    """What people call a kind of value, and its JSON Schema `format`: for the schemas and the catalogue."""

    title: str
    format: str | None = None

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        named = {**handler(core), "title": self.title}
        return {**named, "format": self.format} if self.format else named


class Part(BaseModel):
    """Strict about types, deaf to fields that it does not know: an older reader takes a newer writer's event."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Event(Part):
    """The data of one event of the catalogue."""


def _holds(test: Callable[[str], object], complaint: str) -> AfterValidator:
    """Accept a text unchanged when `test` finds it true; where it raises a ValueError that is the complaint."""

    def check(text: str) -> str:
        if not test(text):
            raise ValueError(complaint)
        return text

    return AfterValidator(check)


def _not_empty(values: tuple[T, ...]) -> tuple[T, ...]:
    if not values:
        raise ValueError("there must be at least one")
    return values


# The same few numbers come again and again: each is checked once.
_is_gln = lru_cache(maxsize=4_096)(ean.is_valid)
_is_cvr = lru_cache(maxsize=4_096)(cvr.is_valid)


OpaqueId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$"), Kind("opaque id")]
#: The id of another event: any characters, as CloudEvents has it.
EventId = Annotated[str, StringConstraints(min_length=1, max_length=64), Kind("event id")]
Source = Annotated[
    str,
    StringConstraints(pattern=r"^/(eg/[A-Za-z0-9._:~-]{1,64}|klarmeld/(agreements|notifications|tasks))$"),
    Kind("event source"),
]
Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT), Kind("text")]
Url = Annotated[
    str, StringConstraints(pattern=r"^https?://[^\s/?#]+[^\s]*$", max_length=LONGEST_TEXT), Kind("URL, http or https")
]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), Kind("SHA-256, 64 lower-case hex digits")]
Count = Annotated[int, Field(ge=0, le=2**31 - 1), Kind("whole number from 0")]
Ean = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{13}$"),
    _holds(_is_gln, "the check digit of this EAN (GLN-13) is wrong"),
    Kind("EAN (GLN-13)"),
]
Cvr = Annotated[
    str,
    StringConstraints(pattern=r"^[1-9][0-9]{7}$"),
    _holds(_is_cvr, "this is no CVR number: its check sum is wrong"),
    Kind("CVR number"),
]
MunicipalityCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}$"),
    _holds(MUNICIPALITIES.__contains__, "this is not the code of one of the 98 municipalities"),
    Kind("kommunekode"),
]
#: Pydantic's own bound on a length would also count the items that are wrong, and so report twice.
AtLeastOne = Annotated[tuple[T, ...], AfterValidator(_not_empty), Field(json_schema_extra={"minItems": 1})]
#: A day, `2026-02-01`: shown, and never compared with a clock.
Day = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    _holds(date.fromisoformat, "there is no such day"),
    Kind("day", format="date"),
]
#: A moment with offset, `2026-02-01T09:00:00+01:00`.
Moment = Annotated[
    str, _holds(read_instant, "there is no such moment"), Kind("moment with offset (RFC 3339)", format="date-time")
]
