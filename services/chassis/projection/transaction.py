"""A transaction: all of its writes or none, tried again where another got in its way; the driver's errors as ours."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pymongo import WriteConcern
from pymongo.errors import OperationFailure, PyMongoError

from services.chassis.cancellation import is_cancelled
from services.chassis.errors import StoreUnavailableError

Result = TypeVar("Result")

TRANSIENT = "TransientTransactionError"
#: So often another transaction may have been first.
CONFLICTS = 50


async def at_once(client: Any, work: Callable[[Any], Awaitable[Result]], durable: WriteConcern) -> Result:
    """Return what `work(session)` returns once its writes stand; StoreUnavailableError where they can't."""
    for _ in range(CONFLICTS):
        try:
            return await _tried(client, work, durable)
        except OperationFailure as error:
            if not error.has_error_label(TRANSIENT):
                raise ours(error) from error
            await asyncio.sleep(0.02)
        except PyMongoError as error:
            raise ours(error) from error
    raise StoreUnavailableError(f"Another write got in the way {CONFLICTS} times; try again.")


async def _tried(client: Any, work: Callable[[Any], Awaitable[Result]], durable: WriteConcern) -> Result:
    async with (
        client.start_session() as session,
        await session.start_transaction(write_concern=durable),
    ):
        return await work(session)


def ours(error: PyMongoError) -> BaseException:
    """Return the driver's error as one of ours, or as the end of a task that was told to end meanwhile.

    PyMongo answers a cancellation with an error of its own where it strikes at a transaction's last word.
    """
    if is_cancelled():
        return asyncio.CancelledError()
    return StoreUnavailableError(f"MongoDB did not do what was asked: {type(error).__name__.lstrip('_')}.")
