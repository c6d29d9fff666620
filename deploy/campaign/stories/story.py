"""What one municipality's part of the campaign is made of."""

from dataclasses import dataclass

from contracts.codec import NewEvent
from deploy.campaign.outcome import Outcome


@dataclass(frozen=True)
class Story:
    """One municipality's own part of the campaign; what EG tells to all alike is in script.py."""

    code: str
    outcome: Outcome
    told: tuple[NewEvent, ...]
