"""How the campaign speaks to the services: commands under the token of whoever says them, and waiting to be heard."""

import asyncio

from deploy.campaign.producer import Voices
from deploy.campaign.said import Said
from deploy.campaign.teller import ROLLOUT
from deploy.cli.asking import Services
from deploy.cli.errors import CommandError, UsageError
from deploy.fleet import FLEET

#: Longest wait of one request for a position, in seconds.
WAIT_S = 20


def voices_of(services: Services) -> Voices:
    """Return how commands are said to `services`."""

    async def say(command: Said) -> None:
        try:
            await services.say(command.service, command)
        except (CommandError, UsageError) as error:
            raise CommandError(f"{command.service} refuses {command.key}: {error}") from None

    async def seen(code: str, position: str) -> None:
        path = f"/v1/rollouts/{ROLLOUT}/municipalities/{code}"
        await asyncio.gather(
            *[services.get(name, path, after=position, wait=str(WAIT_S)) for name in _readers(position)]
        )

    return Voices(say, seen)


def _readers(position: str) -> list[str]:
    """Return the services that read the position's topic; only guidance and webinars are not for agreements."""
    names = [each.name for each in FLEET]
    return [name for name in names if name != "agreements" or not position.startswith("notifications-")]
