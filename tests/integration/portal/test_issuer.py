"""What the portal takes from its issuer when somebody signs in, and what it does not."""

from collections.abc import Callable

import httpx
import pytest

from contracts.access import UserRole
from services.chassis.errors import KeysUnavailableError, UnauthorizedError
from services.chassis.settings import AccessSettings
from services.portal.catalogue import Language
from services.portal.issuer import DISCOVERY, Attempt, Issuer
from services.portal.settings import SignInSettings
from tests.tokens import running_issuer

PORTAL, ATTEMPT = "klarmeld-portal", Attempt("state", "nonce", "verifier", "/")
ENDPOINTS = {"authorization_endpoint": "https://issuer.example/a", "token_endpoint": "https://issuer.example/t"}


@pytest.fixture(scope="module")
async def running(tmp_path_factory):
    async with running_issuer(tmp_path_factory.mktemp("issuer")) as issuer:
        yield issuer


@pytest.fixture
def asked(running) -> Callable[..., Issuer]:
    """Return the portal's issuer, which answers every code by tokens; `claims` are those of the ID token."""

    def make(*, demanded: tuple[str, ...] = (), named: str | None = None, **claims: object) -> Issuer:
        usual = {"aud": PORTAL, "nonce": ATTEMPT.nonce, "sub": "somebody"}
        id_token = running.made(header={"typ": "JWT"}, **(usual | claims))
        said = {"access_token": running.token(UserRole.READ, "0630"), "id_token": id_token}

        def answer(request: httpx.Request) -> httpx.Response:
            found = {"issuer": named or running.url, **ENDPOINTS}
            return httpx.Response(200, json=found if request.url.path.endswith(DISCOVERY) else said)

        return Issuer(
            httpx.AsyncClient(transport=httpx.MockTransport(answer)),
            access=AccessSettings(issuer=running.url, jwks_uri=f"{running.url}/jwks"),
            sign_in=SignInSettings(acr=demanded),
            callback="https://www.klarmeld.example/log-paa/tilbage",
        )

    return make


async def test_a_visitor_is_who_the_id_token_names(asked):
    assert (await asked().visitor(ATTEMPT, "code")).subject == "somebody"


async def test_an_id_token_of_another_attempt_signs_nobody_in(asked):
    with pytest.raises(UnauthorizedError):
        await asked(nonce="another").visitor(ATTEMPT, "code")


@pytest.mark.parametrize("audience", ["another-client", [PORTAL, "another-client"], "klarmeld", []], ids=str)
async def test_an_id_token_for_another_client_signs_nobody_in(asked, audience):
    with pytest.raises(UnauthorizedError):
        await asked(aud=audience).visitor(ATTEMPT, "code")


async def test_an_id_token_of_another_issuer_signs_nobody_in(asked):
    with pytest.raises(UnauthorizedError):
        await asked(iss="https://elsewhere.example").visitor(ATTEMPT, "code")


async def test_what_another_issuer_says_of_itself_is_not_believed(asked):
    with pytest.raises(KeysUnavailableError, match="another issuer"):
        await asked(named="https://elsewhere.example").visitor(ATTEMPT, "code")


@pytest.mark.parametrize("acr", [None, "password", ["mfa"], 1], ids=str)
async def test_who_signed_in_less_strongly_than_is_demanded_is_not_let_in(asked, acr):
    with pytest.raises(UnauthorizedError):
        await asked(demanded=("mfa",), acr=acr).visitor(ATTEMPT, "code")


async def test_who_signed_in_as_is_demanded_is_let_in(asked):
    assert await asked(demanded=("mfa", "hardware"), acr="hardware").visitor(ATTEMPT, "code")


async def test_the_issuer_is_asked_for_the_strength_that_is_demanded(asked):
    address = await asked(demanded=("mfa", "hardware")).address(ATTEMPT, Language.DANISH, None)

    assert httpx.URL(address).params["acr_values"] == "mfa hardware"
