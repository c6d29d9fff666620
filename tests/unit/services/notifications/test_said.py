"""What others wrote stands on one line as visible text, and an address of the web is one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.said import LONGEST_LINE, one_line, web_address
from tests.worlds import searched

SHOWN = {
    "a plain text": ("Postkassen findes ikke", "Postkassen findes ikke"),
    "markup": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "line breaks": ("et\r\nto\n\ntre\u2028fire", "et to tre fire"),
    "a header of one's own": ("Sygdom\r\nBcc: alle@x.example", "Sygdom Bcc: alle@x.example"),
    "a turned text": ("faktura\u202egpj.exe\u2066\u200f", "fakturagpj.exe"),
    "a terminal's colours": ("\x1b[31mrød\x1b[0m\x07\0", "[31mrød[0m"),
    "half a character": ("a\ud800b", "ab"),
    "blanks around": ("  a \t b  ", "a b"),
    "nothing to see": ("\u200b\u2060\n", ""),
}


@pytest.mark.parametrize(("text", "shown"), SHOWN.values(), ids=SHOWN)
def test_a_text_of_others_is_shown_as_text(text, shown):
    assert one_line(text) == shown


def test_a_long_text_is_cut_and_says_so():
    assert one_line("x" * 2_000) == "x" * (LONGEST_LINE - 1) + "…"
    assert one_line("x" * LONGEST_LINE) == "x" * LONGEST_LINE


@searched
@given(st.text())
def test_whatever_is_written_is_one_line_that_nothing_hides_in(text):
    line = one_line(text)
    assert len(line) <= LONGEST_LINE
    assert line.splitlines() in ([], [line])
    assert not [letter for letter in line if unicodedata.category(letter).startswith("C")]
    assert one_line(line) == line


ADDRESSES = {
    "of the web": ("https://eg.example/a?b=c&d=%20#e", "https://eg.example/a?b=c&d=%20#e"),
    "with quotes": ('http://eg.example/"><script>', "http://eg.example/%22%3E%3Cscript%3E"),
    "with Danish letters": ("https://eg.example/vejledning-ø", "https://eg.example/vejledning-%C3%B8"),
    "with a turn": ("https://eg.example/\u202egpj", "https://eg.example/%E2%80%AEgpj"),
    "of a script": ("javascript:alert(1)", ""),
    "too long": ("https://eg.example/" + "x" * 2_000, ""),
}


@pytest.mark.parametrize(("url", "shown"), ADDRESSES.values(), ids=ADDRESSES)
def test_an_address_is_ascii_or_nothing(url, shown):
    assert web_address(url) == shown
