"""What somebody wrote is planted wherever it can come in, and found in no log line, span, metric or refusal."""

import os
from dataclasses import replace

import httpx
import pytest

from deploy.local.children import Child
from deploy.local.services import service
from tests.faults import log
from tests.integration.observed.conftest import Observed
from tests.integration.observed.planting import ANY, BODY, TOKEN, answered, finds, planted, sent_out, typed_into_forms
from tests.terminal import klarmeld
from tests.tokens import free_port


@pytest.fixture(scope="module")
async def refused(observed: Observed) -> list[httpx.Response]:
    observed.mails.script = answered
    answers = await planted(observed)
    await typed_into_forms(observed)
    await sent_out(observed)
    taken = [each.status_code for each in answers]
    assert taken == [202, 422, 422, 200, 422, 422, 202, 422, 422, 401, 200], [each.text for each in answers]
    return [each for each in answers if each.is_error]


async def test_no_refusal_repeats_what_was_sent(refused: list[httpx.Response]):
    assert [each.text for each in refused if ANY in each.text] == []


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize("name", ["agreements", "notifications", "tasks", "portal"])
async def test_no_line_of_a_log_holds_it(observed: Observed, name: str):
    lines = observed.lines(name)

    assert lines
    assert finds(lines) == []


@pytest.mark.usefixtures("refused")
async def test_what_became_of_a_refused_mail_is_logged_without_its_address(observed: Observed):
    lines = observed.lines("notifications").splitlines()

    concluded = [each for each in lines if '"concluded"' in each and '"failed"' in each]
    assert concluded
    assert finds("\n".join(concluded)) == []


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize("name", ["agreements", "notifications", "tasks"])
async def test_no_metric_holds_it(observed: Observed, name: str):
    told = (await observed.call(name, "GET", "/metrics")).text

    assert "klarmeld_http_requests_total" in told
    assert ANY not in told


@pytest.mark.usefixtures("refused")
async def test_no_span_holds_it(observed: Observed):
    await observed.collector.until(lambda each: each.trace_id == "9" * 32 and each.service == "portal")
    await observed.collector.until(lambda each: each.trace_id == "9" * 32 and each.service == "notifications")

    assert not [each for each in observed.collector.raw if ANY.encode() in each]


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize(
    "words", ["status", "parked list", "ledger list", "journal tasks", "verify tasks", "generations tasks list"]
)
async def test_no_command_about_how_things_stand_tells_it(observed: Observed, words: str):
    ended = await klarmeld(*words.split(), environment=at_the_desk(observed))

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout
    assert finds(ended.stdout + ended.stderr) == []


async def test_no_command_repeats_a_token_that_is_refused(observed: Observed):
    ended = await klarmeld("parked", "list", environment=at_the_desk(observed) | {"KLARMELD_ACCESS__TOKEN": TOKEN})

    assert ended.returncode != 0
    assert ended.stderr
    assert finds(ended.stdout + ended.stderr) == []


@pytest.mark.usefixtures("refused")
async def test_a_service_that_leaked_would_be_found(observed: Observed):
    own = {"KLARMELD_GROUP": "observed-leaking", "KLARMELD_MONGO__DATABASE": "observed_leaking"}
    recipe = service("tasks", observed.stack, port=free_port(), settings=observed.issuer.environment | own).recipe
    child = Child(replace(recipe, argv=(*recipe.argv[:3], "tests.integration.observed.leaking", "tasks")))
    await child.start()
    try:
        await log.caught_up(observed.stack.bootstrap, "observed-leaking", ("klarmeld.agreements", "klarmeld.tasks"))
    finally:
        await child.stop()

    assert any(BODY in line for line in finds(child.recipe.log.read_text()))


def at_the_desk(observed: Observed) -> dict[str, str]:
    """Return the environment of an operator's terminal."""
    urls = {f"KLARMELD_SERVICES__{name.upper()}": url for name, url in observed.urls.items() if name != "portal"}
    return {
        **os.environ,
        **urls,
        "KLARMELD_ACCESS__ISSUER": observed.issuer.url,
        "KLARMELD_KAFKA__BOOTSTRAP": observed.stack.bootstrap,
        "KLARMELD_MONGO__URI": observed.stack.mongo_uri,
        "KLARMELD_MONGO__DATABASE": "observed_tasks",
        "KLARMELD_GROUP": "observed-tasks",
        "NO_COLOR": "1",
    }
