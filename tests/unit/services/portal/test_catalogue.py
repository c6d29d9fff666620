"""Every text of the pages, in both languages."""

import re
import string
from pathlib import Path

import pytest

from contracts.anomalies import Oddity
from contracts.names import EventName
from contracts.roles import Role
from contracts.tracks.stage import Stage
from services.portal.catalogue import HERE, Language, UnknownTextError, catalogue, has_text, joined, text, worded

KEYS = sorted(catalogue())
VALUES = {
    "n": 2, "total": 98, "count": 3, "date": "20. november 2026", "time": "10.42", "reason": "fejl", "roles": "a og b",
    "role": "aftaleadministrator", "version": 1, "old": "før", "new": "nu", "ean": "5798009811578", "code": "E1",
    "text": "punkt", "answer": "ja", "delay": "2 dage", "event": "underskrift", "track": "Orientering",
    "state": "Orienteret", "title": "Serviceaftale", "word": "KØR", "seconds": 5, "trace": "abc", "names": "Herning",
    "age": "2 s", "ok": 1, "dup": 2, "fail": 3, "service": "tasks", "done": 1, "pct": 50, "name": "Herning",
    "value": "x",
}  # fmt: skip
#: Words that tell somebody to get in touch, and the supplier side by its names.
GET_IN_TOUCH = re.compile(r"\b(kontakt|ring|skriv|henvend|contact|call|write|ask|e-?mail|phone)\w*\b", re.IGNORECASE)
SUPPLIER = re.compile(r"\b(EG|Ejerkredsen\w*|EG's|dem|them)\b")
FORBIDDING = re.compile(r"\b(ikke|not)\b", re.IGNORECASE)


def places(worded_text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(worded_text) if name}


def forms(key: str, language: Language) -> list[str]:
    found = catalogue()[key][language]
    return [found] if isinstance(found, str) else found


@pytest.mark.parametrize("key", KEYS)
def test_a_text_is_in_both_languages_with_the_same_places(key):
    assert set(catalogue()[key]) == {"da", "en"}
    danish, english = (set().union(*map(places, forms(key, language))) for language in Language)
    assert danish == english


@pytest.mark.parametrize("language", Language)
def test_every_text_is_whole_once_its_places_are_filled(language):
    rendered = [text(language, key, **VALUES) for key in KEYS]
    assert not [each for each in rendered if "{" in each or "}" in each or not each.strip()]


@pytest.mark.parametrize("language", Language)
def test_no_text_tells_a_municipality_to_get_in_touch_with_eg(language):
    sentences = [
        sentence
        for key in KEYS
        for form in forms(key, language)
        for sentence in re.split(r"(?<=[.:;])\s", form)
        if GET_IN_TOUCH.search(sentence) and SUPPLIER.search(sentence)
    ]
    assert sentences, "the ban itself is among the texts"
    assert [each for each in sentences if not FORBIDDING.search(each)] == []


def test_every_event_role_stage_and_anomaly_has_its_text():
    wanted = [
        *(f"event.{name}" for name in EventName),
        *(f"role.{role}" for role in Role),
        *(f"stage.{stage}.title" for stage in Stage),
        *(f"anomaly.{code}" for code in Oddity),
    ]
    assert [key for key in wanted if not has_text(key)] == []


def test_every_key_that_a_template_names_is_in_the_catalogue():
    templates = Path(HERE, "templates").rglob("*.html")
    named = {key for path in templates for key in re.findall(r"'([^']+)'\|t\b", path.read_text("utf-8"))}
    assert named
    assert [key for key in named if not has_text(key)] == []


def test_one_and_many_have_words_of_their_own():
    assert text(Language.DANISH, "overview.days", n=1) == "1 dag"
    assert text(Language.DANISH, "overview.days", n=2) == "2 dage"


def test_a_key_without_a_text_is_an_error():
    with pytest.raises(UnknownTextError):
        worded(Language.DANISH, "no.such.text")


@pytest.mark.parametrize(("parts", "said"), [([], ""), (["a"], "a"), (["a", "b", "c"], "a, b og c")])
def test_parts_are_listed_as_a_sentence_does(parts, said):
    assert joined(Language.DANISH, parts) == said
