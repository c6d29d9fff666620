"""What is left in a browser: readable by this portal alone, whole or not at all."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from services.portal.sealed import Sealed, TooMuchError, sealing_key

KEY = sealing_key(None)


def sealed(**differing):
    return Sealed(**({"name": "thing", "key": KEY, "secure": True, "lifetime_s": 60} | differing))


def request_with(cookies):
    header = "; ".join(f"{name}={value}" for name, value in cookies.items()).encode()
    return Request({"type": "http", "headers": [(b"cookie", header)]})


def written(kind, kept, request=None):
    """Return the cookies of a browser after `kept` was written into it."""
    response = Response()
    kind.write(request or request_with({}), response, kept)
    pairs = [
        value.decode().split(";")[0].split("=", 1) for name, value in response.raw_headers if name == b"set-cookie"
    ]
    return {name: value for name, value in pairs if value != '""'}


def test_what_was_kept_is_read_again():
    assert sealed().read(request_with(written(sealed(), {"a": "æ"}))) == {"a": "æ"}


def test_more_than_one_cookie_holds_is_kept_in_several():
    cookies = written(sealed(), {"text": "ø" * 2_000})
    assert len(cookies) > 1
    assert sealed().read(request_with(cookies)) == {"text": "ø" * 2_000}


def test_what_is_shorter_now_leaves_no_piece_of_what_was_longer():
    before = written(sealed(), {"text": "x" * 6_000})
    after = before | written(sealed(), {"text": "y"}, request_with(before))
    first = min(after)
    assert sealed().read(request_with({first: after[first]})) == {"text": "y"}


def test_what_somebody_changed_is_nothing():
    [(name, value)] = written(sealed(), {"a": 1}).items()
    other = "B" if value[-3] == "A" else "A"
    assert sealed().read(request_with({name: value[:-3] + other + value[-2:]})) is None


def test_another_key_reads_nothing():
    assert sealed(key=sealing_key(None)).read(request_with(written(sealed(), {"a": 1}))) is None


def test_one_kind_of_thing_is_never_taken_for_another():
    [(name, value)] = written(sealed(), {"a": 1}).items()
    other = sealed(name="session")
    assert other.read(request_with({name.replace("thing", "session"): value})) is None


def test_cookies_are_out_of_reach_of_scripts_foreign_pages_and_open_connections():
    response = Response()
    sealed().write(request_with({}), response, {"a": 1})
    cookie = response.headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=lax"))


def test_a_cookie_of_the_whole_portal_is_of_this_host_alone():
    response = Response()
    sealed().write(request_with({}), response, {"a": 1})
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-thing-0=")
    assert all(word in cookie for word in ("; Secure", "; Path=/;"))
    assert "Domain" not in cookie


def test_too_much_is_said_and_not_cut():
    with pytest.raises(TooMuchError):
        written(sealed(), {"text": "x" * 60_000})


def test_a_key_that_is_too_short_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        sealing_key("c2hvcnQ=")
