"""Earlier moments: times as people type them, and at which stage municipalities were then."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from services.portal.backend import Backend, ServiceName
from services.portal.dates import COPENHAGEN

#: How a time is typed, by the clock of Copenhagen; the time of day may be left out.
FORMATS = ("%d.%m.%Y %H.%M", "%d.%m.%Y %H:%M", "%d.%m.%Y")
AT_ONCE = 8


def read_time(typed: str) -> str | None:
    """Return what is typed as an instant, or None where it is no time."""
    for each in FORMATS:
        try:
            return datetime.strptime(typed.strip(), each).replace(tzinfo=COPENHAGEN).isoformat()
        except ValueError:
            continue
    return None


async def stages_at(
    backend: Backend, rollout: str, codes: Sequence[str], token: str, **moment: str | None
) -> Mapping[str, str]:
    """Return the stage of each of `codes`; `moment` says `as_of` and `known_at`, and nothing means now.

    ServiceAwayError where the service does not answer.
    """
    gate = asyncio.Semaphore(AT_ONCE)

    async def stage(code: str) -> str:
        async with gate:
            view = await backend.get(ServiceName.TASKS, f"/rollouts/{rollout}/municipalities/{code}", token, **moment)
        return str(view["progress"]["stage"])

    return dict(zip(codes, await asyncio.gather(*map(stage, codes)), strict=True))
