"""Whether the services show what the campaign comes to: each municipality on each service, and the total."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from deploy.campaign.outcome import Difference, differences
from deploy.campaign.script import TOTAL
from deploy.campaign.stories import STORIES
from deploy.campaign.teller import ROLLOUT

#: What the services show: `progress` by service and municipality; one that is not known there is left out.
Shown = Mapping[tuple[str, str], Mapping[str, Any]]


def verdict(services: tuple[str, ...], shown: Shown, rollup: Mapping[str, Any]) -> list[Difference]:
    """Return every difference; none means that the outcome is right."""
    return [each for service in services for each in _of_service(service, shown)] + list(_of_total(rollup))


def _of_service(service: str, shown: Shown) -> Iterator[Difference]:
    for story in STORIES:
        progress = shown.get((service, story.code))
        if progress is None:
            yield Difference(story.code, service, "view", "shown", "not known")
        else:
            yield from differences(story.code, service, story.outcome, progress)


def _of_total(rollup: Mapping[str, Any]) -> Iterator[Difference]:
    found = {
        "goal_percent": rollup.get("goal_percent"),
        "result_percent": rollup.get("result_percent"),
        "stages": rollup.get("stages"),
        "shared_eans": tuple(each["ean"] for each in rollup.get("ean_conflicts", ())),
        "at_once": _irregular(rollup),
        "not_invited": rollup.get("not_invited"),
    }
    for what, wanted in (asdict(TOTAL) | {"at_once": [], "not_invited": []}).items():
        if found[what] != wanted:
            yield Difference(ROLLOUT, "tasks", what, wanted, found[what])


def _irregular(rollup: Mapping[str, Any]) -> list[str] | None:
    """Return the municipalities that did not get their agreement at once with the others; None without a batch."""
    batches = rollup.get("batches") or ()
    return (
        sorted({code for each in batches for code in each["missing"] + each["extra"] + each["late"]})
        if batches
        else None
    )
