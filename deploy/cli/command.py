"""The command `klarmeld`: its verbs, and how each error ends it."""

import logging
import sys

import typer
from pydantic import ValidationError

from deploy.cli import config, contract_files, events, ledger, parked
from deploy.cli.errors import CommandError
from deploy.cli.explain import explain
from deploy.cli.generations import generations
from deploy.cli.journal import journal
from deploy.cli.progress import progress
from deploy.cli.rebuild import rebuild
from deploy.cli.rewind import rewind
from deploy.cli.run import run, up
from deploy.cli.status import status
from deploy.cli.token import token
from deploy.cli.verify import verify
from deploy.local.errors import LocalStackError

app = typer.Typer(
    name="klarmeld",
    help="Carries the KLIK task card eFaktura 8b from EG's plan to eFaktura arriving in KP.",
    epilog="Start with: klarmeld run",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(epilog="Example: klarmeld run --port-base 9100")(run)
app.command(epilog="Example: klarmeld up --json")(up)
app.command(epilog="Example: klarmeld status")(status)
app.command(epilog="Example: klarmeld progress efaktura-8b 0630 --as-of 2026-05-01T00:00:00+02:00")(progress)
app.command(epilog="Example: klarmeld explain efaktura-8b 0630 agreement.state --lang da")(explain)
app.command(epilog="Example: klarmeld token --role kommune-behandl --municipality 0630")(token)
app.command(epilog="Example: klarmeld rewind klarmeld-tasks --to-datetime 2026-05-01T00:00:00Z --execute")(rewind)
app.command(epilog="Example: klarmeld verify tasks --json")(verify)
app.command(epilog="Example: klarmeld rebuild tasks --diff --execute --why 'a fix of the rules'")(rebuild)
app.command(epilog="Example: klarmeld generations tasks rollback --execute")(generations)
app.command(epilog="Example: klarmeld journal tasks")(journal)
app.add_typer(events.app, name="events")
app.add_typer(parked.app, name="parked")
app.add_typer(ledger.app, name="ledger")
app.add_typer(contract_files.app, name="contracts")
app.add_typer(config.app, name="config")


def main() -> None:
    """Run the command; every foreseen error is one sentence on standard error and an exit code."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it says is in the sentence already
    try:
        app()
    except CommandError as error:
        _end(str(error), error.exit_code)
    except LocalStackError as error:
        _end(str(error), 3)
    except ValidationError as error:
        _end(_unfit(error), 2)


def _unfit(error: ValidationError) -> str:
    """Say which settings are not valid."""
    names = ("KLARMELD_" + "__".join(str(part) for part in each["loc"]).upper() for each in error.errors())
    return "\n".join(f"{name}: {each['msg']}." for name, each in zip(names, error.errors(), strict=True))


def _end(sentence: str, code: int) -> None:
    print(sentence, file=sys.stderr)
    sys.exit(code)
