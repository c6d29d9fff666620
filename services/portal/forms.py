"""What a browser posts: fields of text, and no more of it than a form of ours holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl

from fastapi import Request

from services.chassis.errors import InvalidRequestError, KlarmeldError

MOST_BYTES = 32_768
CSRF_FIELD = "csrf"


class TooLargeError(KlarmeldError):
    """More than any form of ours holds."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    title = "Too large"
    slug = "too-large"


@dataclass(frozen=True)
class Form:
    """The fields of a form, each stripped of space around it; of several of one name the last counts."""

    fields: Mapping[str, str] = field(default_factory=dict)
    csrf: str = ""

    def get(self, name: str) -> str:
        return self.fields.get(name, "")


async def read_form(request: Request) -> Form:
    """Return the form that `request` posts; TooLargeError or InvalidRequestError where it is none of ours."""
    content = b""
    async for piece in request.stream():
        content += piece
        if len(content) > MOST_BYTES:
            raise TooLargeError(f"A form holds at most {MOST_BYTES:,} bytes.")
    try:
        pairs = parse_qsl(content.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise InvalidRequestError("The form is not one that a browser sends.") from None
    fields = {name: value.replace("\r\n", "\n").strip() for name, value in pairs}
    return Form({name: value for name, value in fields.items() if name != CSRF_FIELD}, fields.get(CSRF_FIELD, ""))
