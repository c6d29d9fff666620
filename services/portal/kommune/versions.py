"""The version of what a visitor had before them when they acted: a digest of that part of the view alone."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

#: By part, the values of the tracks that an action on it rests on; what else changes meanwhile does not matter to it.
RESTS_ON = {
    "agreement": (("agreement", "agreement_id"), ("agreement", "state"), ("agreement", "mismatched")),
    "orientation": (("orientation", "roles"),),
    "task": (("task", "state"), ("task", "since"), ("orientation", "state")),
    "local_items": (("task", "local_items"),),
    "guidance": (("information", "guidances"),),
    "webinar": (("information", "webinar_id"), ("information", "webinars")),
}


def version_of(progress: Mapping[str, Any], part: str) -> str:
    """Return the version of one part of a view."""
    values = [
        progress["stage"] == "not_applicable",
        *(progress["tracks"][track][name] for track, name in RESTS_ON[part]),
    ]
    return blake2b(json.dumps(values, sort_keys=True).encode(), digest_size=8).hexdigest()
