"""What the campaign leaves a municipality with, and where a service's view tells something else."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

#: What a service has to show at least (view.md of the contract); what it shows beyond is compared too.
_OWN = {
    "agreements": {"agreement", "forwarding"},
    "notifications": {"guidance", "webinar"},
    "tasks": {"stage", "orientation", "agreement", "guidance", "webinar", "forwarding", "task", "action", "anomalies"},
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The stage, the state of each track, the primary action and the codes of all anomalies of one municipality."""

    stage: str
    orientation: str
    agreement: str
    guidance: str
    webinar: str
    forwarding: str
    task: str
    action: str
    anomalies: tuple[str, ...] = ()


class Difference(NamedTuple):
    """One value that a service shows otherwise than the script ends; `municipality` is a code or the rollout's id."""

    municipality: str
    service: str
    what: str
    expected: Any
    found: Any


def differences(
    municipality: str, service: str, expected: Outcome, progress: Mapping[str, Any]
) -> Iterator[Difference]:
    """Yield what `service` shows of a municipality otherwise than expected."""
    found = _told(progress)
    for what, wanted in asdict(expected).items():
        shown = found.get(what)
        if shown != wanted and (what in found or what in _OWN[service]):
            yield Difference(municipality, service, what, wanted, shown)


def _told(progress: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a view under the names of Outcome, without those of tracks that are not shown."""
    tracks = progress["tracks"]
    found = {name: track["state"] for name, track in tracks.items() if "state" in track}
    if "information" in tracks:
        found |= {name: tracks["information"][name] for name in ("guidance", "webinar")}
    return found | {
        "stage": progress["stage"],
        "action": progress["turn"]["primary"]["action"],
        "anomalies": tuple(sorted({each["code"] for each in progress["anomalies"]})),
    }
