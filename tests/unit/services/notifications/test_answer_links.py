"""A link to answer by is good for what it was made for, and nobody else can make or bend one."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey

from services.notifications.answer_links import Answering, AnswerLinks, until
from tests.worlds import searched

LINKS = AnswerLinks("https://svar.example", b"the key of this test, long enough")
ANSWERING = Answering(
    rollout="efaktura-8b",
    municipality="0630",
    role="aftaleadministrator",
    webinar="webinar-8b",
    mark="m",
    until=1_773_136_800,
)


def token_of(answering: Answering = ANSWERING, links: AnswerLinks = LINKS) -> str:
    return links.link(answering).rpartition("/")[2]


def made(payload: bytes, key: bytes = LINKS.key, **header: str) -> str:
    signed = {"alg": "HS256", "typ": "klarmeld-answer"} | header
    return jws.serialize_compact(signed, payload, OctKey.import_key(key), algorithms=["HS256", "HS512"])


def unsigned() -> str:
    parts = (b'{"alg":"none","typ":"klarmeld-answer"}', ANSWERING.model_dump_json().encode())
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), ""])


def test_a_link_is_read_as_what_it_was_made_for():
    assert LINKS.link(ANSWERING).startswith("https://svar.example/v1/answers/")
    assert LINKS.read(token_of()) == ANSWERING


def test_the_same_answering_is_the_same_link():
    assert token_of() == token_of()
    assert token_of(ANSWERING.model_copy(update={"municipality": "0661"})) != token_of()


def test_a_link_of_another_key_is_none():
    assert LINKS.read(token_of(links=AnswerLinks("https://svar.example", b"another key, as long as the first"))) is None


@pytest.mark.parametrize("changed", [{"municipality": "0661"}, {"until": 9_999_999_999}, {"webinar": "webinar-9"}])
def test_a_link_that_somebody_bent_is_none(changed):
    header, payload, signature = token_of().split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    bent = base64.urlsafe_b64encode(json.dumps(said | changed).encode()).decode().rstrip("=")
    assert LINKS.read(f"{header}.{bent}.{signature}") is None


FORGED = {
    "without a signature": unsigned(),
    "by another algorithm": made(ANSWERING.model_dump_json().encode(), alg="HS512"),
    "of another kind": made(ANSWERING.model_dump_json().encode(), typ="JWT"),
    "for a role that there is none of": made(ANSWERING.model_copy(update={"role": "eg"}).model_dump_json().encode()),
    "that says too little": made(b"{}"),
    "that is no JSON": made(b"\xff"),
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED)
def test_a_link_of_another_make_is_none(token):
    assert LINKS.read(token) is None


@searched
@given(st.one_of(st.text(max_size=80), st.from_regex(r"\A[A-Za-z0-9_=-]{0,20}(\.[A-Za-z0-9_=-]{0,20}){0,4}\Z")))
def test_whatever_else_comes_is_none(token):
    assert LINKS.read(token) is None


def test_a_link_ends_with_the_webinar():
    assert until("2026-03-10T11:00:00+01:00") == ANSWERING.until
