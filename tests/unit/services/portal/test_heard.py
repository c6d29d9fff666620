"""What the portal keeps of the services' answers: by what was asked, and no more of them than it is told."""

from services.portal.heard import Heard

ASKED, ANSWER = ("tasks", "/card"), {"title": "eFaktura"}


def test_an_answer_is_known_by_what_was_asked():
    heard = Heard()
    heard.keep(ASKED, '"1"', ANSWER)
    assert heard.get(ASKED) == ('"1"', ANSWER)
    assert heard.get(("tasks", "/else")) is None


def test_an_answer_without_an_etag_takes_the_place_of_one_that_is_known():
    heard = Heard()
    heard.keep(ASKED, '"1"', ANSWER)
    assert heard.keep(ASKED, None, {"title": "New"}) == {"title": "New"}
    assert heard.get(ASKED) is None


def test_what_was_asked_longest_ago_is_forgotten_first():
    heard = Heard(most=2)
    for path in ("a", "b"):
        heard.keep(path, '"1"', ANSWER)
    assert heard.get("a")
    heard.keep("c", '"1"', ANSWER)
    assert [heard.get(path) is not None for path in "abc"] == [True, False, True]
