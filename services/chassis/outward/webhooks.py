"""The webhooks of one database: where each goes, what it has been told, and what came of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pymongo import ASCENDING, DESCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from services.chassis.projection.store import DURABLE, SETTLED, translated

#: Attempts are kept this long, in seconds.
LOG_KEPT_S = 30 * 24 * 3_600


class Secret(NamedTuple):
    """One signing key; `until` (ms) is when it ends, None for the present one."""

    value: str
    until: int | None = None


class Pending(NamedTuple):
    """A message that is on its way: the same `id` and `body` however often it is sent."""

    id: str
    fingerprint: str
    body: str
    attempts: int = 0


class Told(NamedTuple):
    """What a webhook knows of one rollout: the fingerprint that was taken last, and what is on its way."""

    rollout: str
    fingerprint: str | None = None
    number: int = 0
    asked: int = 0
    pending: Pending | None = None


class Failing(NamedTuple):
    """Since when nothing is taken (ms), how often it was tried, and when it is tried next (ms)."""

    since: int
    attempts: int
    next_at: int


class Webhook(NamedTuple):
    """One webhook; `asked` counts how often everything was asked for anew, `disabled` says why it rests."""

    id: str
    municipality: str
    url: str
    created: int
    secrets: tuple[Secret, ...]
    asked: int = 0
    told: tuple[Told, ...] = ()
    failing: Failing | None = None
    disabled: str | None = None

    def valid_secrets(self, now: int) -> list[str]:
        """Return the keys that sign at `now`, the present one first."""
        return [each.value for each in self.secrets if each.until is None or each.until > now]


class Attempt(NamedTuple):
    """One sending: of which message, when (ms), and what came of it."""

    webhook: str
    message: str
    rollout: str | None
    attempt: int
    at: int
    status: int | None
    fault: str | None


class Webhooks:
    """In collections that no generation holds or drops. Every method raises StoreUnavailableError where MongoDB fails.

    One worker at a time holds a webhook, by a lease that ends by itself; only the holder writes what was told.
    """

    def __init__(self, database: Any) -> None:
        self._hooks = database.get_collection("webhooks", write_concern=DURABLE, read_concern=SETTLED)
        self._attempts = database.get_collection("webhook_attempts", write_concern=DURABLE, read_concern=SETTLED)

    async def prepare(self) -> None:
        async with translated():
            await self._hooks.create_index([("municipality", ASCENDING)])
            await self._hooks.create_index([("place", ASCENDING)], unique=True)
            await self._attempts.create_index([("webhook", ASCENDING), ("at", DESCENDING)])
            await self._attempts.create_index([("ends", ASCENDING)], expireAfterSeconds=0)

    async def add(self, hook: Webhook, *, most: int) -> bool:
        """Insert a webhook unless its municipality has `most` by now; two at once can't both take the last place."""
        for place in range(most):
            async with translated():
                try:
                    await self._hooks.insert_one({**_stored(hook), "place": f"{hook.municipality}:{place}"})
                except DuplicateKeyError:
                    continue
            return True
        return False

    async def of(self, municipality: str) -> list[Webhook]:
        async with translated():
            found = await self._hooks.find({"municipality": municipality}).sort("created", ASCENDING).to_list(None)
        return [_hook(each) for each in found]

    async def one(self, municipality: str, hook: str) -> Webhook | None:
        async with translated():
            found = await self._hooks.find_one({"_id": hook, "municipality": municipality})
        return _hook(found) if found else None

    async def active(self) -> list[Webhook]:
        async with translated():
            found = await self._hooks.find({"disabled": None}).to_list(None)
        return [_hook(each) for each in found]

    async def resting(self) -> list[Webhook]:
        """Return those that are not told any more until somebody asks."""
        async with translated():
            found = await self._hooks.find({"disabled": {"$ne": None}}).to_list(None)
        return [_hook(each) for each in found]

    async def disabled(self) -> int:
        async with translated():
            return int(await self._hooks.count_documents({"disabled": {"$ne": None}}))

    async def erase(self, municipality: str, hook: str) -> bool:
        """Forget a webhook, its keys and what came of it."""
        async with translated():
            deleted = await self._hooks.delete_one({"_id": hook, "municipality": municipality})
            if deleted.deleted_count:
                await self._attempts.delete_many({"webhook": hook})
        return bool(deleted.deleted_count)

    async def rotate(self, hook: Webhook, secrets: Sequence[Secret]) -> bool:
        """Put other keys in the place of those that `hook` has; False where it has others by now, or is gone."""
        held = {"_id": hook.id, "secrets": [each._asdict() for each in hook.secrets]}
        async with translated():
            written = await self._hooks.update_one(held, {"$set": {"secrets": [each._asdict() for each in secrets]}})
        return bool(written.matched_count)

    async def ask_again(self, municipality: str, hook: str) -> bool:
        """Have everything told anew, and a webhook that rests begin again."""
        change = {"$inc": {"asked": 1}, "$set": {"failing": None, "disabled": None}}
        async with translated():
            written = await self._hooks.update_one({"_id": hook, "municipality": municipality}, change)
        return bool(written.matched_count)

    async def claim(self, hook: str, owner: str, *, now: int, until: int) -> Webhook | None:
        """Hold a webhook that is due and that nobody holds; None where it is not."""
        due = {"$or": [{"failing": None}, {"failing.next_at": {"$lte": now}}]}
        free = {"_id": hook, "disabled": None, "lease.until": {"$lte": now}, **due}
        async with translated():
            found = await self._hooks.find_one_and_update(
                free, {"$set": {"lease": {"owner": owner, "until": until}}}, return_document=ReturnDocument.AFTER
            )
        return _hook(found) if found else None

    async def note(self, hook: Webhook, owner: str, *, until: int) -> bool:
        """Keep what is on its way and hold on; False where another holds the webhook by now, or it is gone."""
        told = [_plain(each) for each in hook.told]
        return await self._held(hook, owner, {"told": told, "lease.until": until})

    async def conclude(self, hook: Webhook, owner: str) -> bool:
        """Keep what came of it and let go; False where another holds the webhook by now, or it is gone."""
        stored = _stored(hook)
        told = {"told": stored["told"], "lease.until": 0}
        health = {"failing": stored["failing"], "disabled": stored["disabled"]}
        # who asked for everything anew meanwhile also asked to forget that it fails
        return await self._held(hook, owner, {**told, **health}, asked=hook.asked) or await self._held(
            hook, owner, told
        )

    async def log(self, attempt: Attempt) -> None:
        """Keep one attempt, for a while."""
        ends = datetime.fromtimestamp(attempt.at / 1_000 + LOG_KEPT_S, UTC)
        async with translated():
            await self._attempts.insert_one({**attempt._asdict(), "ends": ends})

    async def attempts(self, hook: str, count: int) -> list[Attempt]:
        """Return the newest attempts."""
        async with translated():
            found = await self._attempts.find({"webhook": hook}).sort("at", DESCENDING).to_list(count)
        return [Attempt(*(each[name] for name in Attempt._fields)) for each in found]

    async def _held(self, hook: Webhook, owner: str, change: dict[str, Any], **more: Any) -> bool:
        held = {"_id": hook.id, "lease.owner": owner, **more}
        async with translated():
            written = await self._hooks.update_one(held, {"$set": change})
        return bool(written.matched_count)


def _stored(hook: Webhook) -> dict[str, Any]:
    return {
        "_id": hook.id,
        **{name: value for name, value in hook._asdict().items() if name != "id"},
        "secrets": [each._asdict() for each in hook.secrets],
        "told": [_plain(each) for each in hook.told],
        "failing": hook.failing._asdict() if hook.failing else None,
        "lease": {"owner": "", "until": 0},
    }


def _plain(told: Told) -> dict[str, Any]:
    return {**told._asdict(), "pending": told.pending._asdict() if told.pending else None}


def _hook(found: dict[str, Any]) -> Webhook:
    return Webhook(
        id=found["_id"],
        municipality=found["municipality"],
        url=found["url"],
        created=found["created"],
        secrets=tuple(Secret(**each) for each in found["secrets"]),
        asked=found["asked"],
        told=tuple(Told(**{**each, "pending": _pending(each["pending"])}) for each in found["told"]),
        failing=Failing(**found["failing"]) if found["failing"] else None,
        disabled=found["disabled"],
    )


def _pending(found: dict[str, Any] | None) -> Pending | None:
    return Pending(**found) if found else None
