"""What the portal keeps of the services' answers: by what was asked, and no more of them than it is told."""

from services.portal.heard import SEEN_S, Answer, Heard, Seen

ASKED, ANSWER = ("tasks", "/card"), Answer('"1"', {"title": "eFaktura"})


def test_an_answer_is_known_by_what_was_asked():
    heard = Heard()
    heard.keep(ASKED, ANSWER)
    assert heard.get(ASKED) == ANSWER
    assert heard.get(("tasks", "/else")) is None


def test_an_answer_without_an_etag_takes_the_place_of_one_that_is_known():
    heard = Heard()
    heard.keep(ASKED, ANSWER)
    assert heard.keep(ASKED, Answer(None, {"title": "New"})).body == {"title": "New"}
    assert heard.get(ASKED) is None


def test_what_was_asked_longest_ago_is_forgotten_first():
    heard = Heard(most=2)
    for path in ("a", "b"):
        heard.keep(path, ANSWER)
    assert heard.get("a")
    heard.keep("c", ANSWER)
    assert [heard.get(path) is not None for path in "abc"] == [True, False, True]


def test_a_service_that_was_there_is_taken_to_be_there_for_a_moment_and_no_longer():
    seen = Seen()
    seen.note("http://tasks", now=10.0)
    assert seen.lately("http://tasks", now=10.0 + SEEN_S / 2)
    assert not seen.lately("http://tasks", now=10.0 + SEEN_S)


def test_a_service_that_nobody_has_asked_was_not_there_lately():
    assert not Seen().lately("http://tasks", now=0.0)
