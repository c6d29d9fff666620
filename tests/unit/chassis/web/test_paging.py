"""Cursors: what is handed out comes back unchanged, and what was never handed out is refused."""

from base64 import urlsafe_b64encode
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import InvalidRequestError
from services.chassis.web.paging import read_cursor, write_cursor
from tests.worlds import searched

KEYS = st.lists(st.text() | st.integers(-(2**63), 2**63 - 1), max_size=8)


@searched
@given(KEYS)
def test_a_cursor_holds_its_key(key: list[str | int]):
    assert read_cursor(write_cursor(key)) == key


@searched
@given(KEYS)
def test_a_cursor_needs_no_escaping_in_an_address(key: list[str | int]):
    assert set(write_cursor(key)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@searched
@given(st.text())
def test_any_text_is_a_key_or_refused(text: str):
    with suppress(InvalidRequestError):
        assert isinstance(read_cursor(text), list)


@pytest.mark.parametrize("part", ['"\\ud800"', "9223372036854775808", "1.5", "null", "{}"])
def test_what_no_database_could_be_asked_for_is_refused(part: str):
    with pytest.raises(InvalidRequestError):
        read_cursor(urlsafe_b64encode(f"[{part}]".encode()).decode())


def test_a_cursor_that_nests_without_end_is_refused():
    with pytest.raises(InvalidRequestError):
        read_cursor(urlsafe_b64encode(b"[" * 30_000).decode())


@pytest.mark.parametrize("cursor", ["", "x", "====", "e30", "bnVsbA", "W251bGxd", "W1tdXQ", "Wy4", "ÿ", "W" * 10_000])
def test_what_nobody_handed_out_is_refused(cursor: str):
    with pytest.raises(InvalidRequestError):
        read_cursor(cursor)
