"""Access tokens by RFC 9068 against a running issuer: the good pass, every kind of bad one does not."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

import pytest
from joserfc.jwk import RSAKey

from contracts.access import Caller, UserRole
from services.chassis import clock
from services.chassis.errors import KeysUnavailableError, UnauthorizedError
from services.chassis.settings import AccessSettings
from services.chassis.web import tokens as tokens_module
from services.chassis.web.tokens import Tokens
from tests.tokens import Issuer, free_port, running_issuer, served


@pytest.fixture(scope="module")
async def issuer(tmp_path_factory):
    async with running_issuer(tmp_path_factory.mktemp("issuer")) as running:
        yield running


def checking(issuer, **changes) -> Tokens:
    settings = {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/jwks"} | changes
    return Tokens(AccessSettings(**settings))


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


def seconds() -> int:
    return int(clock.now().timestamp())


async def test_a_token_of_the_issuer_says_who_is_calling(issuer):
    caller, expires = await checking(issuer).caller(issuer.token("kommune-behandl", "0630"))
    assert caller == Caller("local-kommune-behandl", frozenset({UserRole.ACT}), "0630")
    assert expires > seconds()


async def test_unknown_roles_give_no_rights(issuer):
    caller, _ = await checking(issuer).caller(issuer.made(roles=["root", "koordinator", 7]))
    assert caller.roles == {UserRole.COORDINATOR}


@pytest.mark.parametrize("roles", [None, "koordinator", {"koordinator": True}])
async def test_roles_that_are_no_list_give_no_rights(issuer, roles):
    caller, _ = await checking(issuer).caller(issuer.made(roles=roles))
    assert caller.roles == frozenset()


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another-service"},
        {"aud": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"nbf": 4_000_000_000},
        {"sub": None},
        {"kommunekode": "0411"},
        {"kommunekode": "9999"},
        {"kommunekode": ["0630"]},
        {"kommunekode": 630},
        {"exp": "soon"},
    ],
    ids=str,
)
async def test_a_token_with_a_wrong_claim_is_refused(issuer, claims):
    with pytest.raises(UnauthorizedError):
        await checking(issuer).caller(issuer.made(**claims))


@pytest.mark.parametrize(
    "header", [{"typ": "JWT"}, {"typ": "id+jwt"}, {"typ": ""}, {"kid": "unknown"}, {"kid": ""}], ids=str
)
async def test_a_token_with_a_wrong_header_is_refused(issuer, header):
    with pytest.raises(UnauthorizedError):
        await checking(issuer).caller(issuer.made(header=header))


async def test_a_difference_of_clocks_within_the_leeway_is_forgiven(issuer):
    assert await checking(issuer).caller(issuer.made(exp=seconds() - 30))
    assert await checking(issuer).caller(issuer.made(nbf=seconds() + 30))


async def test_a_difference_of_clocks_beyond_the_leeway_is_not(issuer):
    for claims in ({"exp": seconds() - 90}, {"nbf": seconds() + 90}):
        with pytest.raises(UnauthorizedError):
            await checking(issuer).caller(issuer.made(**claims))


async def test_no_algorithm_is_refused(issuer):
    good = issuer.made()
    header = urlsafe_b64encode(json.dumps({"alg": "none", "typ": "at+jwt", "kid": issuer.key.kid}).encode()).rstrip(
        b"="
    )
    for forged in (
        f"{header}.{good.split('.')[1]}.",
        f"{header}.{good.split('.')[1]}.{good.split('.')[2]}",
    ):
        with pytest.raises(UnauthorizedError):
            await checking(issuer).caller(forged)


async def test_the_public_key_as_a_shared_secret_is_refused(issuer):
    head = {"alg": "HS256", "typ": "at+jwt", "kid": issuer.key.kid}
    signed = f"{encoded(json.dumps(head).encode())}.{issuer.made().split('.')[1]}"
    secret = issuer.key.as_pem(private=False)
    forged = f"{signed}.{encoded(hmac.digest(secret, signed.encode(), 'sha256'))}"
    with pytest.raises(UnauthorizedError):
        await checking(issuer).caller(forged)


@pytest.mark.parametrize("name", ["jku", "x5u", "jwk"])
async def test_a_key_that_the_token_brings_along_is_never_used(issuer, name, tmp_path):
    own = RSAKey.generate_key(2048, private=True)
    brought = own.as_dict(private=False) if name == "jwk" else "http://127.0.0.1:1/jwks"
    with pytest.raises(UnauthorizedError):
        await checking(issuer).caller(issuer.made(header={name: brought}, key=own))


async def test_a_changed_payload_is_refused(issuer):
    head, payload, signature = issuer.made().split(".")
    claims = json.loads(urlsafe_b64decode(payload + "=="))
    changed = encoded(json.dumps(claims | {"roles": ["drift"]}).encode())
    with pytest.raises(UnauthorizedError):
        await checking(issuer).caller(f"{head}.{changed}.{signature}")


@pytest.mark.parametrize("text", ["", "x", "a.b", "a.b.c", "ø.ø.ø", "....", "eyJ9.e30.", "\x00", "a" * 20_000])
async def test_what_is_no_token_is_refused(issuer, text):
    with pytest.raises(UnauthorizedError):
        await checking(issuer).caller(text)


async def test_keys_that_never_could_be_fetched_are_an_error_of_their_own(issuer):
    with pytest.raises(KeysUnavailableError):
        await checking(issuer, jwks_uri="http://127.0.0.1:1/jwks").caller(issuer.made())


async def test_keys_once_fetched_outlive_the_issuer(tmp_path):
    async with running_issuer(tmp_path) as passing:
        tokens, token = checking(passing), passing.token("koordinator")
        await tokens.caller(token)
    caller, _ = await tokens.caller(token)
    assert caller.roles == {UserRole.COORDINATOR}


def publishing(shown, asked=None):
    """Return what answers with the keys in `shown`, and notes in `asked` that somebody asked."""

    async def jwks(scope, receive, send):
        if scope["type"] != "http":
            return
        if asked is not None:
            asked.append(scope["path"])
        body = json.dumps({"keys": [key.as_dict(private=False) for key in shown]}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})

    return jwks


async def test_an_unknown_key_id_fetches_the_keys_again_but_not_for_every_token(monkeypatch):
    asked = []
    keys = [RSAKey.generate_key(2048, private=True, parameters={"kid": f"k{number}"}) for number in range(3)]
    shown = [keys[0]]
    async with served(publishing(shown, asked), free_port()) as url:
        issuer = Issuer(url, keys[0])
        tokens = checking(issuer)
        await tokens.caller(issuer.token("koordinator"))
        assert len(asked) == 1
        monkeypatch.setattr(tokens_module, "REFETCH_S", 0)
        shown.append(keys[1])
        await tokens.caller(Issuer(url, keys[1]).token("koordinator"))
        assert len(asked) == 2
        monkeypatch.setattr(tokens_module, "REFETCH_S", 3_600)
        for _ in range(5):
            with pytest.raises(UnauthorizedError):
                await tokens.caller(Issuer(url, keys[2]).token("koordinator"))
        assert len(asked) == 2


async def test_a_token_that_was_good_is_refused_once_it_has_expired(issuer, monkeypatch):
    tokens, token = checking(issuer), issuer.token("koordinator", lifetime_s=600)
    await tokens.caller(token)
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(UnauthorizedError):
        await tokens.caller(token)


async def test_a_token_that_was_good_is_refused_once_its_key_is_withdrawn(monkeypatch):
    keys = [RSAKey.generate_key(2048, private=True, parameters={"kid": f"k{number}"}) for number in range(2)]
    shown = [keys[0]]
    async with served(publishing(shown), free_port()) as url:
        tokens, token = checking(Issuer(url, keys[0])), Issuer(url, keys[0]).token("koordinator")
        assert await tokens.caller(token) == await tokens.caller(token)
        monkeypatch.setattr(tokens_module, "REFETCH_S", 0)
        shown[:] = [keys[1]]
        await tokens.caller(Issuer(url, keys[1]).token("koordinator"))
        with pytest.raises(UnauthorizedError):
            await tokens.caller(token)


async def test_an_algorithm_that_is_not_pinned_is_refused(issuer):
    with pytest.raises(UnauthorizedError):
        await checking(issuer, algorithms=("ES256",)).caller(issuer.made())
