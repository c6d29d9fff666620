"""The steps of a running stack as JSON Lines, for programs."""

import json
from dataclasses import asdict
from typing import Any, assert_never

from deploy.cli.steps import ActBegun, AllReady, Board, Fetching, Ready, Settled, Step, Stopping


class JsonLines:
    """Prints one object a line; progress only where a figure or a stage has changed."""

    def __init__(self) -> None:
        self._last: dict[str, Any] = {}

    def __call__(self, step: Step) -> None:
        said = as_json(step)
        if said["event"] == "progress":
            if said == self._last:
                return
            self._last = said
        print(json.dumps(said, ensure_ascii=False), flush=True)


def as_json(step: Step) -> dict[str, Any]:
    """Return a step as JSON; `event` names it."""
    match step:
        case Fetching() | ActBegun():
            return {"event": "fetching" if isinstance(step, Fetching) else "act", **asdict(step)}
        case Ready():
            return {"event": "ready", "part": step.part, "url": step.url, "existing": step.existing}
        case AllReady():
            return {"event": "all_ready", "ready": True, **step.urls}
        case Board():
            return {"event": "progress", **_figures(step.rollup), "notices": step.notices}
        case Settled():
            found = [each._asdict() for each in step.differences]
            sample = {"sample_roster": True, "played_before": step.again}
            notices = {"notices": step.notices, "notices_quiet": step.notices_quiet}
            return {
                "event": "settled",
                "ok": step.ok,
                **_figures(step.rollup),
                **notices,
                **sample,
                "differences": found,
            }
        case Stopping():
            return {"event": "stopping"}
        case _:
            assert_never(step)


def _figures(rollup: dict[str, Any]) -> dict[str, Any]:
    names = ("applicable", "oriented", "goal_percent", "receiving", "result_percent", "stages")
    return {name: rollup.get(name) for name in names}
