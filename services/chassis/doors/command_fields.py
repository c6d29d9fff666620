"""What the bodies of commands are made of: strict, closed to unknown fields, and free texts without empty ones."""

from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from contracts.events.fields import LONGEST_TEXT
from contracts.roles import Role

T = TypeVar("T")


class Command(BaseModel):
    """The body of one command."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


def example(**fields: Any) -> ConfigDict:
    """Return the configuration of a command that the API document shows with this example."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


def _distinct(values: list[T]) -> list[T]:
    return list(dict.fromkeys(values))


#: JSON has no enums of its own: a strict model takes the text of one only when told so.
Spelled = Field(strict=False)
AnyRole = Annotated[Role, Spelled]
#: Several different values, at least one; a value that is said twice counts once.
Several = Annotated[list[T], Field(min_length=1), AfterValidator(_distinct)]
#: A text that must say something.
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT)]
#: A text that may say something: a blank one says nothing.
Remark = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_TEXT)] | None,
    AfterValidator(lambda text: text or None),
]
