"""The pages that browsers look at: whose they are, where they are, and in which state."""

from typing import NamedTuple

from contracts.access import PAGES
from services.chassis.outward.ledger_entry import Fate
from tests.browser.situations import (
    AWAITING,
    BLOCKED,
    HOSTILE,
    NOTICES,
    OUTSIDE,
    RECEIVING,
    SIGNING,
    TROUBLED,
    VERIFYING,
)

#: A moment before anything that the municipalities of these tests have heard.
BEFORE = "01.01.2020"


class Place(NamedTuple):
    """One page in one state; `route` is its row in the table of pages, `who` signs in to see it."""

    name: str
    path: str
    who: str | None
    route: str


def _side(name: str, code: str, page: str = "", *, who: str = "kommune-behandl", route: str | None = None) -> Place:
    return Place(
        name, f"/kommune/{code}{page}", f"{who}:{code}", f"/kommune/{{code}}{page if route is None else route}"
    )


#: Pages that are being made join the tests as soon as the table of pages names them.
EVERY = (
    Place("front", "/", None, "/"),
    Place("was", "/was", None, "/was"),
    Place("help", "/hjaelp", None, "/hjaelp"),
    Place("nowhere", "/findes-ikke", f"kommune-laes:{SIGNING}", "/"),
    _side("signing", SIGNING),
    _side("reading", SIGNING, who="kommune-laes"),
    _side("awaiting", AWAITING),
    _side("blocked", BLOCKED),
    _side("verifying", VERIFYING),
    _side("receiving", RECEIVING),
    _side("outside", OUTSIDE),
    _side("hostile", HOSTILE),
    _side("troubled", TROUBLED),
    _side("sign", SIGNING, "/underskriv"),
    _side("decline", SIGNING, "/afvis"),
    _side("orient", SIGNING, "/orienter/aftaleadministrator", route="/orienter/{role}"),
    _side("complete", AWAITING, "/fuldfoer"),
    _side("reopen", RECEIVING, "/genaabn"),
    _side("history", RECEIVING, "/historik"),
    _side("notices", SIGNING, "/beskeder"),
    _side("contacts", SIGNING, "/kontakter"),
    Place("coordinator", f"/kommune/{BLOCKED}", "koordinator", "/kommune/{code}"),
    Place("overview", "/overblik", "koordinator", "/overblik"),
    Place("overview-eg", "/overblik?all=1", "eg", "/overblik"),
    Place("overview-empty", "/overblik?q=findes+ikke", "koordinator", "/overblik"),
    Place("overview-proof", "/overblik/bevis", "koordinator", "/overblik/bevis"),
    Place("overview-earlier", "/overblik/tidligere", "koordinator", "/overblik/tidligere"),
    Place("overview-diff", f"/overblik/tidligere?fra={BEFORE}", "koordinator", "/overblik/tidligere"),
    Place("overview-wrong-time", "/overblik/tidligere?fra=snart", "koordinator", "/overblik/tidligere"),
    Place("operations", "/drift", "drift", "/drift"),
    Place("rebuild", "/drift/tasks/genopbyg", "drift", "/drift/{service}/genopbyg"),
    Place("journal", "/drift/tasks/journal", "drift", "/drift/{service}/journal"),
    Place("ledger", f"/drift/beskeder/{NOTICES[Fate.UNKNOWN]}", "drift", "/drift/beskeder/{key}"),
    Place("operations-earlier", "/drift/tidligere", "drift", "/drift/tidligere"),
    Place("operations-then", f"/drift/tidligere?gjaldt={BEFORE}", "drift", "/drift/tidligere"),
)
PLACES = tuple(place for place in EVERY if ("GET", place.route) in PAGES)
