"""Drift when every text that a record, a receipt or a job brings is hostile: it is shown, and is never markup."""

from base64 import b64encode
from urllib.parse import urlencode

import pytest
from fastapi import APIRouter

from contracts.refusals import Reason
from services.portal.catalogue import Language
from services.portal.drift.parked import parked_pages
from services.portal.drift.replays import replay_pages
from services.portal.drift.routes import drift_routes
from services.portal.rendering import Pages
from tests.told_pages import ESCAPED, HOSTILE, PRINTABLE, ToldBackend, client_of, faults

AT = "2026-11-20T09:42:00Z"
GROUP = urlencode({"reason": Reason.SCHEMA.value, "topic": PRINTABLE[:200], "type": PRINTABLE[:200]})
COUNTS = {"selected": 1, "processed": 0, "known": 0, "failed": 1, "discarded": 1, "fingerprint": HOSTILE}
TRIED = {"id": "tasks-0-7", "outcome": "failed", "reason": HOSTILE, "detail": HOSTILE}
PLAN = {**COUNTS, "executed": False, "records": [TRIED]}
JOB = {
    "state": "failed", "step": None, "done": 0, "total": 0, "per_second": None, "left_s": None, "began": AT,
    "latest": AT, "detail": HOSTILE, "result": None,
}  # fmt: skip
DIFFERENCE = {"document": HOSTILE, "kind": HOSTILE, "fact": HOSTILE, "position": HOSTILE, "detail": HOSTILE}
DIFFERING = {
    **JOB,
    "state": "done",
    "result": {"agrees": False, "differing": 1, "collection": "views_3", "differences": [DIFFERENCE]},
}


def bytes_of(text: str) -> str:
    return b64encode(text.encode()).decode()


def record(text: str) -> dict:
    """Return a parked record whose bytes and texts all are `text`."""
    return {
        "id": "tasks-0-7", "topic": text, "partition": 0, "offset": 0, "recorded": AT, "reason": "schema",
        "detail": text,
        "errors": [{"pointer": text, "detail": text}], "type": PRINTABLE[:200], "state": "parked", "attempts": 1,
        "tries": [{"at": AT, "who": text, "why": text, "outcome": text}], "key": bytes_of(text),
        "value": bytes_of(text), "headers": [[text, bytes_of(text)], [text, None]],
    }  # fmt: skip


def group(kind: str | None) -> dict:
    counted = {"count": 2, "attempts": 1, "first": AT, "latest": AT}
    return {"reason": "schema", "topic": HOSTILE, "type": kind, **counted}


ENTRY = {
    "seq": 1, "at": AT, "what": HOSTILE, "who": HOSTILE, "why": HOSTILE, "before": {HOSTILE: HOSTILE},
    "after": [HOSTILE], "hash": "0f",
}  # fmt: skip
LAG = {"records": 2, "seconds": 1.0}
NOTICE = {"notification_key": "k", "template": HOSTILE, "municipality": HOSTILE, "since": AT}
SAID = {
    "/readyz": {"status": "not ready", "troubles": [HOSTILE], "lag": {HOSTILE: LAG}, "latest": AT},
    "/admin/generations": {"items": [{"name": "views_2", "role": "live", "documents": 1}]},
    "/admin/parked/groups": {"items": [group(HOSTILE), group(None)]},
    "/admin/status": {"database": {"generation": {"live": "views_2", "also": ["views_1"]}}},
    "/admin/rebuild": {"job": JOB, "unfinished": None, "records": 1, "seconds": 1},
    "/admin/verify": {"job": DIFFERING},
    "/admin/journal": {"breaks": [HOSTILE], "entries": 1, "items": [ENTRY]},
    "/admin/ledger": {"gate": {"reason": HOSTILE, "restored": 1}, "items": [NOTICE], "next": HOSTILE},
    "/admin/parked": {"items": [record(HOSTILE), record(PRINTABLE)], "next": HOSTILE},
    "/admin/parked/redrive": PLAN,
    "/admin/parked/discard": PLAN,
}  # fmt: skip
#: Each page, how often hostile text is on it as text at least, and what is posted to it.
PAGES = [
    ("/drift", 20, None),
    ("/drift/tasks/journal", 4, None),
    ("/drift/beskeder/k", 2, None),
    (f"/drift/tasks/parkeret?{GROUP}", 18, None),
    (f"/drift/tasks/proevekoer?{GROUP}", 3, None),
    (f"/drift/tasks/koer-igen?{GROUP}", 4, None),
    (f"/drift/tasks/kasser?{GROUP}", 4, None),
    (f"/drift/tasks/kasser?{GROUP}", 2, {"reason": PRINTABLE, "fingerprint": PRINTABLE}),
    (f"/drift/tasks/koer-igen?{GROUP}", 6, {"word": PRINTABLE, "reason": PRINTABLE}),
    ("/drift/beskeder/k", 3, {"verdict": HOSTILE, "reason": HOSTILE}),
    ("/drift/tasks/genopbyg", 2, {"word": HOSTILE, "reason": HOSTILE}),
]


def operations() -> APIRouter:
    backend, pages, router = ToldBackend(SAID), Pages(local=False, sample_data=False), APIRouter()
    for each in (drift_routes, parked_pages, replay_pages):
        router.include_router(each(backend, pages))
    return router


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("path", "times", "typed"), PAGES)
async def test_hostile_text_in_every_field_is_shown_as_text(path, times, typed, language):
    async with client_of(operations(), "drift") as browser:
        browser.cookies.set("sprog", language)
        told = await (browser.post(path, data=typed) if typed else browser.get(path))

    assert f'<html lang="{language}"' in told.text
    assert told.text.count(ESCAPED) >= times
    assert list(faults(told.text)) == []


async def test_bytes_that_can_not_be_printed_are_shown_as_their_numbers():
    async with client_of(operations(), "drift") as browser:
        told = await browser.get(f"/drift/tasks/parkeret?{GROUP}")

    assert "e2 80 ae 52 54 4c" in told.text
