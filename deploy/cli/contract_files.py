"""`klarmeld contracts`: what is written of the contract, checked, written anew, or kept as a release."""

import re
from pathlib import Path
from typing import Annotated

import typer

import contracts
from deploy.cli.contracts import check as differences_of
from deploy.cli.contracts import generate as write
from deploy.cli.errors import CommandError
from deploy.cli.released import incompatible
from deploy.cli.released import release as keep

app = typer.Typer(help="Schemas and catalogue of the events, API documents of the services.", no_args_is_help=True)

Root = Annotated[Path, typer.Option(help="Directory of the repository.", file_okay=False, exists=True)]
_ROOT = Path(contracts.__file__).parent.parent
_VERSION = re.compile(r"\d+\.\d+\.\d+")


@app.command(epilog="Example: klarmeld contracts check")
def check(*, root: Root = _ROOT) -> None:
    """Say whether the written contract is what the code says and breaks no release; exit code 1 when not."""
    broken, stale = incompatible(root), differences_of(root)
    remedy = "\nWrite the files anew with `klarmeld contracts generate`." if stale else ""
    if broken or stale:
        raise CommandError("\n".join([*broken, *stale]), remedy=remedy)
    print("Schemas, catalogue, documents are what the code says, and break no release.")


@app.command(epilog="Example: klarmeld contracts generate")
def generate(*, root: Root = _ROOT) -> None:
    """Write schemas, catalogue and API documents anew."""
    write(root)
    print(f"Written below {root / 'contracts'} and {root / 'deploy' / 'docs'}.")


def _version(text: str) -> str:
    if not _VERSION.fullmatch(text):
        raise typer.BadParameter("a release is named like 0.2.0")
    return text


@app.command(epilog="Example: klarmeld contracts release 0.2.0")
def release(name: Annotated[str, typer.Argument(callback=_version)], *, root: Root = _ROOT) -> None:
    """Keep today's schemas as those of a release: from then on nothing may break them."""
    broken = incompatible(root)
    if broken:
        raise CommandError("\n".join(broken))
    kept = keep(root, name)
    print(f"Kept {len(kept)} schemas that are new or changed as those of {name}.")
