"""Answers that are kept: found again by what they rest on, and never more bytes of them than may be."""

from services.chassis.queries.made import Made

ASKED, MARK = ("efaktura-8b", "0630"), ("a", 1)


def test_an_answer_is_found_again_while_it_rests_on_the_same():
    made = Made()
    assert made.keep(ASKED, MARK, b"{}") == b"{}"
    assert made.get(ASKED, MARK) == b"{}"
    assert made.get(ASKED, ("b", 1)) is None
    assert made.get(("efaktura-8b", "0661"), MARK) is None


def test_a_newer_answer_takes_the_place_of_the_older():
    made = Made()
    made.keep(ASKED, MARK, b"old")
    made.keep(ASKED, ("b", 1), b"new")
    assert made.get(ASKED, MARK) is None
    assert made.get(ASKED, ("b", 1)) == b"new"


def test_what_cannot_be_known_again_is_not_kept_and_ends_what_was():
    made = Made()
    made.keep(ASKED, MARK, b"old")
    assert made.keep(ASKED, None, b"new") == b"new"
    assert made.get(ASKED, MARK) is None
    assert made.get(ASKED, None) is None


def test_what_was_asked_longest_ago_makes_room():
    made = Made(most_bytes=2)
    for name in "ab":
        made.keep(name, MARK, b"1")
    assert made.get("a", MARK)
    made.keep("c", MARK, b"1")
    assert [made.get(name, MARK) is not None for name in "abc"] == [True, False, True]


def test_an_answer_larger_than_all_that_is_kept_is_given_and_not_kept():
    made = Made(most_bytes=2)
    assert made.keep(ASKED, MARK, b"large") == b"large"
    assert made.get(ASKED, MARK) is None
