"""What Drift makes of what services say: their condition, the bytes of a record, what is typed to confirm."""

from base64 import b64encode

import pytest

from services.portal.drift.parked import mistakes
from services.portal.drift.records import MOST_SHOWN, Shown, read
from services.portal.drift.running import Condition, condition_of
from services.portal.forms import Form


def ready(records: int, *troubles: str) -> dict:
    lag = {"agreements-0": {"records": records, "seconds": 1.0}}
    return {"status": "not ready" if troubles else "ready", "troubles": list(troubles), "lag": lag, "latest": None}


@pytest.mark.parametrize(
    ("answer", "condition"),
    [
        (ready(0), Condition.OK),
        (ready(3), Condition.BEHIND),
        (ready(9_000, "9000 records behind, more than 1000"), Condition.BEHIND),
        (ready(9_000, "9000 records behind, more than 1000", "MongoDB: does not answer"), Condition.DOWN),
        (ready(0, "shutting down"), Condition.DOWN),
        (None, Condition.DOWN),
    ],
)
def test_a_service_keeps_up_is_behind_or_has_stopped(answer, condition):
    assert condition_of(answer) is condition


def test_text_is_shown_as_text_and_other_bytes_as_hex():
    assert read(b64encode("Ærø\n".encode()).decode()) == Shown("Ærø\n", hexadecimal=False, rest=0)
    assert read(b64encode(b"\xff\x00").decode()) == Shown("ff 00", hexadecimal=True, rest=0)
    assert read(b64encode(b"a\x00").decode()) == Shown("61 00", hexadecimal=True, rest=0)


def test_no_bytes_are_told_from_an_empty_text():
    assert read(None).text is None
    assert not read("").text
    assert read("").text is not None


def test_what_is_left_out_of_a_long_record_is_counted():
    assert read(b64encode(b"a" * (MOST_SHOWN + 5)).decode()).rest == 5
    assert read(b64encode(b"\xff" * (MOST_SHOWN + 5)).decode()).rest == 5


def test_the_word_is_taken_in_any_case_and_a_reason_is_needed():
    assert mistakes(Form({"word": "Kør igen", "reason": "Rettet"}), "kør igen") == []
    assert mistakes(Form({"word": "kør", "reason": ""}), "kør igen") == ["word", "reason"]
    assert mistakes(Form({"reason": "x" * 2_001}), None) == ["reason"]
