"""`klarmeld contracts`: the generated files of the wire contract, checked or written anew."""

from pathlib import Path
from typing import Annotated

import typer

import contracts
from deploy.cli.contracts import check as differences_of
from deploy.cli.contracts import generate as write
from deploy.cli.errors import CommandError

app = typer.Typer(help="Schemas and catalogue of the events.", no_args_is_help=True)

Root = Annotated[Path, typer.Option(help="Directory of the repository.", file_okay=False, exists=True)]
_ROOT = Path(contracts.__file__).parent.parent


@app.command(epilog="Example: klarmeld contracts check")
def check(*, root: Root = _ROOT) -> None:
    """Say whether schemas and catalogue are what the code says; exit code 1 when not."""
    found = differences_of(root)
    if found:
        raise CommandError("\n".join(found), remedy="\nWrite them anew with `klarmeld contracts generate`.")
    print("Schemas and catalogue are what the code says.")


@app.command(epilog="Example: klarmeld contracts generate")
def generate(*, root: Root = _ROOT) -> None:
    """Write schemas and catalogue anew."""
    write(root)
    print(f"Written below {root / 'contracts'}.")
