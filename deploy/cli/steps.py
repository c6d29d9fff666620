"""What a running stack has to tell, step by step; how it is shown is another matter."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from deploy.campaign.outcome import Difference


@dataclass(frozen=True)
class Fetching:
    """A part of the stack is on its way here; `total` is None while unknown."""

    name: str
    done: int
    total: int | None


@dataclass(frozen=True)
class Ready:
    """A part can be used; `existing` when it was there already and is not ours to stop."""

    part: str
    url: str
    about: str = ""
    existing: bool = False


@dataclass(frozen=True)
class ActBegun:
    """The campaign goes on: act `number` of `acts`."""

    number: int
    acts: int
    title: str


@dataclass(frozen=True)
class Board:
    """What the tasks service shows of the rollout now: its roll-up, and a row for each municipality taking part.

    `notices` counts what the notifications service sent, by state.
    """

    rollup: dict[str, Any]
    rows: tuple[dict[str, Any], ...]
    notices: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Settled:
    """Whether every service shows what the campaign comes to; `differences` says what it doesn't show.

    `again` when the campaign had been played here before; `notices_quiet` when no more notices are on their way.
    """

    differences: tuple[Difference, ...]
    rollup: dict[str, Any]
    again: bool
    notices: dict[str, int] = field(default_factory=dict)
    notices_quiet: bool = True

    @property
    def ok(self) -> bool:
        return not self.differences


@dataclass(frozen=True)
class AllReady:
    """Everything runs: `urls` by part, and the `options` with which another command finds it."""

    urls: dict[str, str]
    options: str = ""


@dataclass(frozen=True)
class Stopping:
    """Everything of ours is being stopped; the data stay."""


Step = Fetching | Ready | ActBegun | Board | Settled | AllReady | Stopping
Tell = Callable[[Step], None]
