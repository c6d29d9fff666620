"""Where a rebuild stands on the page, from what a service tells of it."""

import pytest

from services.portal.drift.rebuilding import Rebuilding, Stage

BUILT = {"collection": "progress_3", "phase": "built", "began": "2026-11-20T10:42:00Z"}
FOLDED = BUILT | {"phase": "folded"}


def told(state, unfinished, latest="2026-11-20T10:43:00Z"):
    job = {"state": state, "result": None, "latest": latest} if state else None
    return Rebuilding(
        {"job": job, "unfinished": unfinished}, {"live": "progress_2", "also": ["progress_1", "progress_3"]}
    )


@pytest.mark.parametrize(
    ("state", "unfinished", "stage"),
    [
        (None, None, Stage.NOTHING),
        ("running", None, Stage.RUNNING),
        ("running", FOLDED, Stage.RUNNING),
        ("done", BUILT, Stage.BUILT),
        ("done", FOLDED, Stage.FAILED),
        ("done", None, Stage.NOTHING),
        ("failed", FOLDED, Stage.FAILED),
        ("interrupted", FOLDED, Stage.INTERRUPTED),
        ("interrupted", None, Stage.INTERRUPTED),
        (None, FOLDED, Stage.INTERRUPTED),
        ("aborted", None, Stage.NOTHING),
    ],
)
def test_a_rebuild_stands_where_its_job_and_its_generation_say(state, unfinished, stage):
    assert told(state, unfinished).stage is stage


@pytest.mark.parametrize("state", ["done", "failed", "aborted", "interrupted"])
def test_one_that_the_command_line_began_after_the_last_of_this_page_is_interrupted(state):
    assert told(state, FOLDED, latest="2026-11-20T10:41:59.5Z").stage is Stage.INTERRUPTED


def test_one_goes_back_to_the_last_whole_generation_before_the_live_one():
    assert told("done", BUILT).older == "1"
    assert told("done", None).older == "3"


def test_digests_are_pending_until_they_are_computed():
    assert told("running", FOLDED).digests == [("status", None, None), ("history", None, None), ("eans", None, None)]
