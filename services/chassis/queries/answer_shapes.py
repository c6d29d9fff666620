"""The shapes of the answers to queries other than the view, for the API documents; more fields may be added."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from contracts.tracks.stage import Stage
from services.chassis.queries.view_shape import Code, Gln, Shown, Turn

Cursor = Field(description="What to send as `cursor` for the next page; null on the last.")


class ShownFact(BaseModel):
    """One fact."""

    id: str
    source: str
    type: str
    subject: str
    time: Shown = Field(description="When it holds (virkningstid).")
    recorded: Shown = Field(description="When the log took it (registreringstid).")


class TimelineFact(ShownFact):
    """One fact of the timeline, with its first place on the log."""

    topic: str
    partition: int
    offset: int
    counts: bool = Field(description="False for what was retracted, or told again with other content.")
    data: dict[str, Any]


class Timeline(BaseModel):
    """A page of one municipality's facts, newest first."""

    items: list[TimelineFact]
    next: str | None = Cursor


class Sentence(BaseModel):
    """One sentence in both languages."""

    da: str
    en: str


class Explanation(BaseModel):
    """Why a value is what it is."""

    path: str
    value: Any
    facts: list[ShownFact]
    rule: Sentence
    missing: list[Sentence] = Field(description="What is missing for the next state.")


class Explanations(BaseModel):
    """Why each track is what it is."""

    items: list[Explanation]


class Difference(BaseModel):
    """A value that differs; null where there is none."""

    path: str
    before: Any
    after: Any


class Differences(BaseModel):
    """What differs between two moments of one municipality."""

    rollout: str
    municipality: Code
    differences: list[Difference]


class OverviewRow(BaseModel):
    """One municipality among all."""

    municipality: Code
    name: str
    region: str
    stage: Stage
    since: Shown | None
    turn: Turn
    oriented: bool = Field(description="The card's Mål.")
    receiving: bool = Field(description="The card's Resultat.")
    tracks: dict[str, Any] = Field(description="The state of each track; of information two, guidance and webinar.")
    anomalies: list[str]


class Overview(BaseModel):
    """The chosen municipalities of the 98."""

    rollout: str
    items: list[OverviewRow]


class Batch(BaseModel):
    """Whether a batch was sent at once to all of its roster."""

    batch_id: str
    missing: list[Code]
    extra: list[Code]
    late: list[Code] = Field(description="Sent more than 24 hours after the dispatch.")


class SharedEan(BaseModel):
    """One EAN that is active at several municipalities."""

    ean: Gln
    municipalities: list[Code]


class Figures(BaseModel):
    """Counts over the applicable municipalities; percent with one decimal, null where nobody is applicable."""

    applicable: int
    oriented: int
    goal_percent: float | None = Field(description="How many are oriented: the card's Mål.")
    receiving: int
    result_percent: float | None = Field(description="How many receive eFaktura in KP: the card's Resultat.")
    stages: dict[Stage, int]
    batches: list[Batch]
    not_invited: list[Code] | None = Field(description="Null from a service that does not read invitations.")
    ean_conflicts: list[SharedEan]


class Rollup(BaseModel):
    """What the municipalities of a rollout add up to."""

    rollout: str
    rollup: Figures


class Probe(BaseModel):
    """What a probe says."""

    status: Literal["ok", "ready", "not ready", "started", "starting"]


class Readiness(Probe):
    """Whether a service is ready, why not, how far behind it is by partition, and whether it derives views anew."""

    troubles: list[str]
    away: list[str] = Field(description="Which of Kafka and MongoDB does not answer.")
    lag: dict[str, dict[str, Any]]
    latest: Shown | None = Field(
        description="When the log took the newest event that this service has handled; null: none, or not known yet."
    )
    rederive: dict[str, int]
