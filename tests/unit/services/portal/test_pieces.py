"""Pieces of pages: made once of an answer, and made anew of another."""

from itertools import count

import pytest
from markupsafe import Markup

from services.portal.pieces import Pieces


@pytest.fixture
def making():
    """What makes a piece, another one at each call."""
    numbers = count(1)
    return lambda: Markup(next(numbers))


def test_a_piece_is_made_once_of_an_answer(making):
    pieces = Pieces()
    assert [pieces.of(("da", "1"))("card", making) for _ in range(2)] == ["1", "1"]
    assert pieces.of(("da", "1"))("history", making) == "2"


def test_of_another_answer_or_in_another_language_it_is_made_anew(making):
    pieces = Pieces()
    answers = (("da", "1"), ("da", "2"), ("en", "1"))
    assert [pieces.of(each)("card", making) for each in answers] == ["1", "2", "3"]


def test_of_what_cannot_be_known_again_it_is_always_made_anew(making):
    pieces = Pieces()
    assert [pieces.of(None)("card", making) for _ in range(2)] == ["1", "2"]


def test_the_answer_that_was_shown_longest_ago_is_forgotten(making):
    pieces = Pieces(most=2)
    for answer in ("a", "b", "a", "c"):
        pieces.of(answer)("card", making)
    assert [pieces.of(answer)("card", making) for answer in ("a", "c", "b")] == ["1", "3", "4"]
