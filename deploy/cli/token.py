"""`klarmeld token`: an access token of the local issuer, for curl, for a portal in development, for trying out."""

import asyncio
from typing import Annotated

import typer

from contracts.access import MUNICIPAL, UserRole
from contracts.municipalities import MUNICIPALITIES
from deploy.cli.asking import asking
from deploy.cli.errors import UsageError
from deploy.cli.options import AsJson, PortBase
from deploy.cli.place import place
from deploy.cli.terminal import terminal

Role = Annotated[UserRole, typer.Option(help="The brugersystemrolle that the token carries.")]
Municipality = Annotated[str | None, typer.Option(help="The kommunekode that a municipal role is bound to.")]


def token(
    *, role: Role, municipality: Municipality = None, port_base: PortBase = None, as_json: AsJson = False
) -> None:
    """Print an access token of the local stack's issuer; production has an issuer of its own."""
    if role in MUNICIPAL and municipality not in MUNICIPALITIES:
        raise UsageError(f"The role {role} belongs to one municipality.", remedy="Add --municipality, e.g. 0630.")
    made = asyncio.run(_made(port_base, role, municipality))
    terminal().print_json(data={"access_token": made, "token_type": "Bearer"}) if as_json else print(made)


async def _made(port_base: int | None, role: UserRole, municipality: str | None) -> str:
    async with asking(place(port_base)) as services:
        return await services.token(role, municipality)
