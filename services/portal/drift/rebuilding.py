"""How a service's rebuild and its last verify stand, as the page shows them."""

from enum import StrEnum
from typing import NamedTuple

from contracts.instants import read_instant
from services.portal.heard import Json


class Stage(StrEnum):
    """Where a rebuild stands; each has a text `ops.rebuild.stage.*`."""

    NOTHING = "nothing"
    RUNNING = "running"
    BUILT = "built"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Rebuilding(NamedTuple):
    """A service's rebuild; `told` is its answer, and `pointer` which generations are written."""

    told: Json
    pointer: Json

    @property
    def job(self) -> Json | None:
        found: Json | None = self.told["job"]
        return found

    @property
    def result(self) -> Json | None:
        return self.job["result"] if self.job and self.stage in {Stage.BUILT, Stage.FAILED} else None

    @property
    def unfinished(self) -> str | None:
        """The number of the generation that is not live yet."""
        return number(self.told["unfinished"]["collection"]) if self.told["unfinished"] else None

    @property
    def live(self) -> str:
        return number(self.pointer["live"])

    @property
    def older(self) -> str | None:
        """The number of the generation that one can go back to."""
        whole = [number(each) for each in self.pointer["also"] if number(each) != self.unfinished]
        return whole[-1] if whole else None

    @property
    def stage(self) -> Stage:
        state = self.job["state"] if self.job else None
        unfinished = self.told["unfinished"]
        if state == "running":
            return Stage.RUNNING
        if unfinished and self.job and read_instant(unfinished["began"]) > read_instant(self.job["latest"]):
            return Stage.INTERRUPTED  # the command line began it after the last job here had ended
        if unfinished and unfinished["phase"] == "built":
            return Stage.BUILT
        if state == "failed" or (unfinished and state == "done"):
            return Stage.FAILED
        return Stage.INTERRUPTED if unfinished or state == "interrupted" else Stage.NOTHING

    @property
    def digests(self) -> list[tuple[str, str | None, str | None]]:
        """Each view with its digest in the live generation and in the new one; None while they are computed."""
        found = (self.result or {}).get("digests")
        if found is None:
            return [(view, None, None) for view in VIEWS]
        return [(view, found["live"][view], found["new"][view]) for view in VIEWS]


#: The views that have a digest; each has a text `ops.view.*`.
VIEWS = ("status", "history", "eans")


def number(generation: str) -> str:
    """Return the number of a generation, as pages name it."""
    return generation.rpartition("_")[2]
