"""The whole campaign: its acts in the order in which they are played, and what they add up to."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from contracts.codec import NewEvent
from deploy.campaign.stories import STORIES
from deploy.campaign.whole_rollout import told_to_all, whole_rollout


@dataclass(frozen=True)
class Act:
    """Events that happen in the same weeks, and so reach the log in any order."""

    title: str
    events: tuple[NewEvent, ...]


@dataclass(frozen=True, kw_only=True)
class Total:
    """What the municipalities add up to in the end; goal and result are two figures (card: Mål, Resultat)."""

    goal_percent: float
    result_percent: float
    stages: dict[str, int]
    shared_eans: tuple[str, ...]


TOTAL = Total(
    goal_percent=80.0,
    result_percent=40.0,
    stages={"receiving": 4, "to_verify": 1, "to_configure": 1, "to_sign": 2, "blocked": 2},
    shared_eans=("5798009015921",),
)

#: When each act ends, and what it is about.
_ACTS = (
    ("2026-03-08", "March: the card is published and the sample roster enrolled"),
    ("2026-04-13", "March and April: the municipalities orient their people"),
    ("2026-04-20", "14 April: EG sends all service agreements at once"),
    ("2026-05-18", "April and May: guidance, first signatures, the webinar is moved"),
    ("2026-05-31", "May: the one webinar, and the guidance anew"),
    ("2026-07-31", "June and July: setting up the forwarding by EAN"),
    ("2026-12-31", "August and September: the first invoices"),
)
#: These reach the log one act after the others of their time, and so after what follows from them.
_LATE = frozenset({"0756-AgreementSent-0421T0630", "0860-ForwardingConfigured-0624T0800"})


def roster() -> tuple[str, ...]:
    """Return the codes of the sample roster."""
    lines = files("deploy.campaign").joinpath("data/roster-sample.csv").read_text(encoding="utf-8").splitlines()
    return tuple(row["code"] for row in csv.DictReader(line for line in lines if not line.startswith("#")))


def acts() -> tuple[Act, ...]:
    """Return all acts; together they hold each event once."""
    played: list[list[NewEvent]] = [[] for _ in _ACTS]
    for event in events():
        number = next(number for number, (end, _) in enumerate(_ACTS) if event.time[:10] <= end)
        played[number + (event.id in _LATE)].append(event)
    return tuple(Act(title, tuple(told)) for (_, title), told in zip(_ACTS, played, strict=True))


def events() -> Iterator[NewEvent]:
    """Yield every event once: those about the whole rollout first, then municipality by municipality."""
    yield from whole_rollout(roster())
    for story in STORIES:
        yield from told_to_all(story.code)
        yield from story.told
