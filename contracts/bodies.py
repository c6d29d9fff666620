"""The body of a fact, decoded once and brought up to today's version."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from contracts.upcasters import upcast

#: So many bodies are remembered as what they say: those of the facts of a whole rollout; some 10 MB.
REMEMBERED = 4_096


@lru_cache(maxsize=REMEMBERED)
def data_of(event_type: str, body: str) -> Mapping[str, Any]:
    """Return the business data of a canonical body; the result is shared between callers and must not be changed."""
    data: dict[str, Any] = json.loads(body)
    return upcast(event_type, data)
