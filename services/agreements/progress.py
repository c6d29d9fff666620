"""What this service shows of a municipality: everything but information, whose topic it does not read."""

from typing import Any

from contracts.progress import derive_settled
from contracts.settle import Settled


def derive(own: Settled, rollout: Settled) -> dict[str, Any]:
    """Return `progress` without the track that this service can't know."""
    progress = derive_settled(own, rollout)
    return progress | {"tracks": {name: track for name, track in progress["tracks"].items() if name != "information"}}
