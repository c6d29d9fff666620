"""What this service shows of a municipality: all five tracks, since it reads all three topics; and the card."""

from contracts.facts import Fact
from contracts.names import EventName
from contracts.progress import derive_settled as derive
from contracts.settle import Settled

__all__ = ["derive", "newest_card"]


def newest_card(whole: Settled) -> Fact | None:
    """Return the fact that holds the rollout's card, or None where none was published."""
    cards = whole.of(EventName.TaskCardPublished)
    return cards[-1] if cards else None
