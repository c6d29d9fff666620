"""The services as child processes: their settings by environment, their logs in files, ready when /readyz says so."""

import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.local.children import Child, Recipe
from deploy.local.kept_key import kept_key
from deploy.local.ports import HOST
from deploy.local.probes import answers_ok
from deploy.local.stack import Stack

_HERE = Path(__file__).parents[2]


def service(name: str, stack: Stack, *, port: int, settings: Mapping[str, str]) -> Child:
    """Return `python -m services.<name>` on `port`, to be started; `settings` are KLARMELD_… variables of its own.

    On another port than the stack's own for it, it is one more of its kind beside the first.
    """
    label = name if port == getattr(stack.ports, name) else f"{name}-{port}"
    issuer_url = f"http://{HOST}:{stack.ports.issuer}"
    where = {
        "KLARMELD_ACCESS__ISSUER": issuer_url,
        "KLARMELD_ACCESS__JWKS_URI": f"{issuer_url}/jwks",
        "KLARMELD_KAFKA__BOOTSTRAP": stack.bootstrap,
        # killed and started again, it takes its partitions back at once instead of after ten seconds
        "KLARMELD_KAFKA__GROUP_INSTANCE_ID": f"{name}-{port}",
        "KLARMELD_MONGO__URI": stack.mongo_uri,
        "KLARMELD_HTTP__HOST": HOST,
        "KLARMELD_HTTP__PORT": str(port),
        "KLARMELD_PAST_COMMANDS": "true",  # the campaign is a story of months, told in a minute
    }
    recipe = Recipe(
        name=label,
        argv=_python(f"services.{name}"),
        env={**_environment(stack), **where, **_as_itself(name, stack), **_answering(name, stack), **settings},
        ports={label: port},
        log=stack.directory.log(label),
        record=stack.directory.record(label),
        ready=lambda: answers_ok(port, "/readyz"),
        stop_within=10,
    )
    return Child(recipe)


def portal(stack: Stack, *, settings: Mapping[str, str]) -> Child:
    """Return the web pages on their own port, to be started; they offer sample sign-ins and say that data are samples.

    `settings` are KLARMELD_… variables that go before the stack's own.
    """
    port = stack.ports.portal
    issuer_url = f"http://{HOST}:{stack.ports.issuer}"
    where = {
        "KLARMELD_ACCESS__ISSUER": issuer_url,
        "KLARMELD_ACCESS__JWKS_URI": f"{issuer_url}/jwks",
        "KLARMELD_SERVICES__AGREEMENTS": f"http://{HOST}:{stack.ports.agreements}",
        "KLARMELD_SERVICES__NOTIFICATIONS": f"http://{HOST}:{stack.ports.notifications}",
        "KLARMELD_SERVICES__TASKS": f"http://{HOST}:{stack.ports.tasks}",
        "KLARMELD_ADDRESS": f"http://{HOST}:{port}",
        "KLARMELD_HTTP__HOST": HOST,
        "KLARMELD_HTTP__PORT": str(port),
        "KLARMELD_LOCAL": "true",
        "KLARMELD_SAMPLE_DATA": "true",
    }
    recipe = Recipe(
        name="portal",
        argv=_python("services.portal"),
        env={**_environment(stack), **where, **settings},
        ports={"portal": port},
        log=stack.directory.log("portal"),
        record=stack.directory.record("portal"),
        ready=lambda: answers_ok(port, "/readyz"),
        stop_within=5,
    )
    return Child(recipe)


def issuer(stack: Stack) -> Child:
    """Return the local issuer of access tokens on its own port, to be started; its key stays in the data directory."""
    port = stack.ports.issuer
    key = stack.directory.root / "issuer.pem"
    recipe = Recipe(
        name="issuer",
        argv=_python("deploy.local.serve_issuer", "--port", str(port), "--key", str(key)),
        env=_environment(stack),
        ports={"issuer": port},
        log=stack.directory.log("issuer"),
        record=stack.directory.record("issuer"),
        ready=lambda: answers_ok(port, "/jwks"),
        stop_within=5,
    )
    return Child(recipe)


def inbox(stack: Stack) -> Child:
    """Return the mailbox of the local stack, to be started: its pages on one port, SMTP on the next."""
    page, smtp = stack.ports.mail, stack.ports.smtp
    kept = stack.directory.root / "inbox"
    places = ("--port", str(page), "--smtp-port", str(smtp), "--kept", str(kept))
    recipe = Recipe(
        name="inbox",
        argv=_python("deploy.local.serve_inbox", *places),
        env=_environment(stack),
        ports={"inbox": page, "smtp": smtp},
        log=stack.directory.log("inbox"),
        record=stack.directory.record("inbox"),
        ready=lambda: answers_ok(page, "/api/messages?count=1"),
        stop_within=5,
    )
    return Child(recipe)


def mailing(stack: Stack) -> dict[str, str]:
    """Return the settings by which the notifications service sends its mails to the local inbox."""
    return {
        "KLARMELD_SMTP__HOST": HOST,
        "KLARMELD_SMTP__PORT": str(stack.ports.smtp),
        "KLARMELD_SMTP__SECURITY": "none",
        "KLARMELD_SMTP__FROM_ADDRESS": "klarmeld@kommunerne.example",
        "KLARMELD_SMTP__EG_ADDRESS": "efaktura@eg.example",
        "KLARMELD_NOTICES__PORTAL": f"http://{HOST}:{stack.ports.portal}",
        "KLARMELD_NOTICES__SAMPLE": "true",
        "KLARMELD_NOTICES__EVERY_S": "1",  # somebody watches
        "KLARMELD_WEBHOOKS__LOCAL": "true",
    }


def _as_itself(name: str, stack: Stack) -> dict[str, str]:
    """Return with which user and password a service enters a closed stack."""
    if stack.secrets is None:
        return {}
    return {**stack.secrets.kafka(name), "KLARMELD_MONGO__URI": stack.secrets.mongo(name, stack.mongo_uri)}


def _answering(name: str, stack: Stack) -> dict[str, str]:
    """Return where the links of invitations lead, and the key that signs them: kept, so that mailed links stay good."""
    if name != "notifications":
        return {}
    return {
        "KLARMELD_ANSWERS__ADDRESS": f"http://{HOST}:{stack.ports.notifications}",
        "KLARMELD_ANSWERS__KEY": kept_key(stack.directory.root / "answers.key"),
    }


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    """Run this klarmeld's own module, even where the working directory holds a `services` of somebody else's."""
    return (sys.executable, "-P", "-m", module, *arguments)


def _environment(stack: Stack) -> dict[str, str]:
    return {**stack.environ, "PYTHONPATH": str(_HERE), "PYTHONUNBUFFERED": "1"}
