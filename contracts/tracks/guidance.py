"""The guidance: what EG published, and whether the municipality has acknowledged the newest version of each."""

from typing import Any

from contracts.facts import Fact
from contracts.instants import shown
from contracts.names import EventName
from contracts.tracks.grounds import ids, remembered, since, turning_point


@remembered
def derive(facts: tuple[Fact, ...]) -> dict[str, Any]:
    """Return state, since and details; `facts` of the municipality and its rollout come earliest first."""
    reading = Reading()
    point = turning_point([(fact, reading.hear(fact)) for fact in facts], "none")
    newest = [fact for _, fact in sorted(reading.newest.items())]
    covered = [(fact, reading.acknowledgement(fact)) for fact in newest]
    return {
        "state": reading.state,
        "since": since(point),
        "facts": ids(fact for each in covered for fact in each),
        "details": [_details(fact, acknowledged) for fact, acknowledged in covered],
    }


class Reading:
    """The highest version of each guidance, and what was acknowledged, one fact after the other."""

    def __init__(self) -> None:
        self.newest: dict[str, Fact] = {}
        self._acknowledged: dict[str, list[Fact]] = {}

    def hear(self, fact: Fact) -> str:
        """Take in the next fact and return the state after it."""
        guidance_id = fact.data["guidance_id"]
        if fact.name is EventName.GuidanceAcknowledged:
            self._acknowledged.setdefault(guidance_id, []).append(fact)
        elif guidance_id not in self.newest or _version(fact) > _version(self.newest[guidance_id]):
            self.newest[guidance_id] = fact
        return self.state

    @property
    def state(self) -> str:
        if not self.newest:
            return "none"
        return "acknowledged" if all(map(self.acknowledgement, self.newest.values())) else "published"

    def acknowledgement(self, published: Fact) -> Fact | None:
        """Return the first acknowledgement of this version or a higher one."""
        said = self._acknowledged.get(published.data["guidance_id"], ())
        return next((fact for fact in said if _version(fact) >= _version(published)), None)


def _version(fact: Fact) -> int:
    version: int = fact.data["version"]
    return version


def _details(published: Fact, acknowledged: Fact | None) -> dict[str, Any]:
    data = published.data
    return {
        **{name: data[name] for name in ("guidance_id", "version", "title", "url")},
        "published": shown(published.time),
        "acknowledged": shown(acknowledged.time) if acknowledged else None,
    }
