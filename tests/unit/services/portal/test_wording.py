"""What is said in a language: each value as what it is, whatever was said before it."""

from markupsafe import Markup

from services.portal.catalogue import Language
from services.portal.said import Day, Moment, Time, said
from services.portal.wording import say

AT = "2026-11-20T09:42:00Z"


def words(value):
    return say(Language.DANISH, said("value", value=value))


def test_a_day_a_time_and_a_moment_of_one_instant_are_told_apart():
    shown = [words(each(AT)).striptags() for each in (Day, Time, Moment)]
    assert shown == ["20. november 2026", "10.42", "20. november 2026 kl. 10.42"]


def test_text_from_outside_is_never_taken_for_markup_that_reads_the_same():
    marked = "<strong>Serviceaftale</strong>"
    assert words(Markup(marked)) == marked
    assert "<strong>" not in words(marked)


def test_a_number_and_the_text_that_reads_the_same_are_told_apart():
    assert [words(1), words("1"), words(True)] == ["1", "<bdi>1</bdi>", "True"]
