"""The signed link by which a role answers an invitation without logging in: for one webinar, and until it is over."""

from datetime import datetime
from typing import NamedTuple

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import BaseModel, ConfigDict, ValidationError

from contracts.roles import Role

#: Where the page of a link is, after the public address of this service.
PATH = "/v1/answers"
_ALGORITHM = "HS256"
_HEADER = {"alg": _ALGORITHM, "typ": "klarmeld-answer"}


class Answering(BaseModel):
    """What a link is good for; it names a role, and nobody.

    `mark` stands for the address that it was sent to, `until` is in seconds since 1970.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    rollout: str
    municipality: str
    role: str
    webinar: str
    mark: str
    until: int


class AnswerLinks(NamedTuple):
    """Makes and reads links; `address` is where this service is reached from outside, without a slash at its end."""

    address: str
    key: bytes

    def link(self, answering: Answering) -> str:
        """Return the link's address: the same for the same answering, and no other without the key."""
        token = jws.serialize_compact(_HEADER, answering.model_dump_json().encode(), OctKey.import_key(self.key))
        return f"{self.address}{PATH}/{token}"

    def read(self, token: str) -> Answering | None:
        """Return what the link is good for, over or not; None for one that was not made with this key."""
        try:
            found = jws.deserialize_compact(token, OctKey.import_key(self.key), algorithms=[_ALGORITHM])
            answering = Answering.model_validate_json(found.payload)
        except (JoseError, ValidationError, ValueError):
            return None
        return answering if found.headers() == _HEADER and answering.role in set(Role) else None


def until(ends_at: str) -> int:
    """Return when a link to a webinar's answer ends: when the webinar does."""
    return int(datetime.fromisoformat(ends_at).timestamp())
