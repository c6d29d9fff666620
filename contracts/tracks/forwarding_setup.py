"""What is set up for forwarding, and what came of each EAN: one fact after the other, earliest first."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from contracts.facts import Fact
from contracts.names import EventName

#: An outcome speaks of one EAN in one revision of one configuration.
Named = tuple[str, int, str]
SETTINGS = frozenset({EventName.ForwardingConfigured, EventName.ForwardingDisabled})


class Config(NamedTuple):
    """The newest revision of one configuration, its active EANs, and how many of them stand how."""

    fact: Fact
    revision: int
    active: Sequence[str]
    counts: dict[str, int]

    @property
    def disabled(self) -> bool:
        return self.fact.name is EventName.ForwardingDisabled


class Line(NamedTuple):
    """One active EAN of one configuration; `outcome` says how it stands, where anything does."""

    ean: str
    config: Fact
    outcome: Fact | None

    @property
    def state(self) -> str:
        return _state_of(self.outcome)


class Setup:
    """Every configuration, and the latest outcome of whatever an outcome names."""

    def __init__(self) -> None:
        self.state = "none"
        self.configs: dict[str, Config] = {}
        self._outcomes: dict[Named, Fact] = {}

    def hear(self, fact: Fact) -> str:
        """Take in the next fact and return the state after it."""
        if fact.name in SETTINGS:
            self._set(fact)
        else:
            self._judge(fact)
        return self.state

    @property
    def lines(self) -> list[Line]:
        return [
            Line(ean, config.fact, self._outcomes.get((config_id, config.revision, ean)))
            for config_id, config in sorted(self.configs.items())
            for ean in config.active
        ]

    def _set(self, fact: Fact) -> None:
        config_id, revision = fact.data["config_id"], fact.data["revision"]
        known = self.configs.get(config_id)
        if known is None or revision >= known.revision:
            active = _active(fact)
            outcomes = (self._outcomes.get((config_id, revision, ean)) for ean in active)
            self.configs[config_id] = Config(fact, revision, active, _counted(outcomes))
            self.state = _together(list(self.configs.values()))

    def _judge(self, fact: Fact) -> None:
        data = fact.data
        named = data["config_id"], data["revision"], data["ean"]
        before, after = _state_of(self._outcomes.get(named)), _state_of(fact)
        self._outcomes[named] = fact
        config = self.configs.get(data["config_id"])
        if before != after and config and config.revision == data["revision"] and data["ean"] in config.active:
            config.counts[before] -= 1
            config.counts[after] += 1
            self.state = _together(list(self.configs.values()))


def _counted(outcomes: Iterable[Fact | None]) -> dict[str, int]:
    counts = {"configured": 0, "verified": 0, "failed": 0}
    for outcome in outcomes:
        counts[_state_of(outcome)] += 1
    return counts


def _together(configs: Sequence[Config]) -> str:
    """Return the state of all configurations; counted, not looked up, since there may be many EANs."""
    if all(config.disabled for config in configs):
        return "disabled"
    if any(config.counts["failed"] for config in configs):
        return "failed"
    waiting = any(config.counts["configured"] for config in configs)
    return "verified" if not waiting and any(config.counts["verified"] for config in configs) else "configured"


def _active(config: Fact) -> Sequence[str]:
    """Return the EANs of rules without an end; a disabled configuration has none."""
    if config.name is EventName.ForwardingDisabled:
        return ()
    return tuple(dict.fromkeys(rule["ean"] for rule in config.data["rules"] if rule.get("valid_to") is None))


def _state_of(outcome: Fact | None) -> str:
    if outcome is None:
        return "configured"
    return "verified" if outcome.name is EventName.ForwardingVerified else "failed"
