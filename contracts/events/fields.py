"""The kinds of value that event data is made of, each with its bounds and its JSON Schema."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema
from stdnum import ean
from stdnum.dk import cvr

from contracts.instants import read_instant
from contracts.municipalities import MUNICIPALITIES

#: Bound of every free text, in characters.
LONGEST_TEXT = 2_000


class Part(BaseModel):
    """Strict about types, deaf to fields that it does not know: an older reader takes a newer writer's event."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Event(Part):
    """The data of one event of the catalogue."""


def _holds(test: Callable[[str], object], complaint: str) -> AfterValidator:
    """Accept a text unchanged when `test` finds it true and raises nothing."""

    def check(text: str) -> str:
        try:
            fine = test(text)
        except ValueError as error:
            raise ValueError(str(error)) from None
        if not fine:
            raise ValueError(complaint)
        return text

    return AfterValidator(check)


# The same few numbers come again and again: each is checked once.
_is_gln = lru_cache(maxsize=4_096)(ean.is_valid)
_is_cvr = lru_cache(maxsize=4_096)(cvr.is_valid)


OpaqueId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
#: The id of another event: any characters, as CloudEvents has it.
EventId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Source = Annotated[
    str, StringConstraints(pattern=r"^/(eg/[A-Za-z0-9._:~-]{1,64}|klarmeld/(agreements|notifications|tasks))$")
]
Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#]+[^\s]*$", max_length=LONGEST_TEXT)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Ean = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{13}$"),
    _holds(_is_gln, "the check digit of this EAN (GLN-13) is wrong"),
]
Cvr = Annotated[
    str, StringConstraints(pattern=r"^[1-9][0-9]{7}$"), _holds(_is_cvr, "no CVR number: its check sum is wrong")
]
MunicipalityCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}$"),
    _holds(MUNICIPALITIES.__contains__, "no code of one of the 98 municipalities"),
]
#: A day, `2026-02-01`: shown, and never compared with a clock.
Day = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    _holds(date.fromisoformat, "no such day"),
    WithJsonSchema({"type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
]
#: A moment with offset, `2026-02-01T09:00:00+01:00`.
Moment = Annotated[
    str,
    _holds(read_instant, "no such moment"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
