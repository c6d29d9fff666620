"""Who hears for a role in a municipality: one address and its preferences, kept outside log and projection."""

from typing import Any, NamedTuple

from services.chassis.projection.store import DURABLE, SETTLED, translated


class Recipient(NamedTuple):
    """Where a role's mail goes, and how it is wanted; `language` is `da` or `en`."""

    address: str
    language: str = "da"
    digest: bool = False
    paused: bool = False


class Contacts:
    """The addresses of one database, in a collection of their own that no generation holds or drops.

    Every method raises StoreUnavailableError where MongoDB fails.
    """

    def __init__(self, database: Any) -> None:
        self._contacts = database.get_collection("contacts", write_concern=DURABLE, read_concern=SETTLED)

    async def recipients(self, municipality: str, role: str) -> Recipient | None:
        """Return who hears for a role; None where the municipality has named nobody."""
        async with translated():
            found = await self._contacts.find_one({"_id": _id(municipality, role)})
        return _recipient(found) if found else None

    async def every(self) -> dict[tuple[str, str], Recipient]:
        """Return all recipients by municipality and role, in one reading."""
        async with translated():
            found = await self._contacts.find({}).to_list(None)
        return {(each["municipality"], each["role"]): _recipient(each) for each in found}

    async def put(self, municipality: str, role: str, recipient: Recipient) -> None:
        """Make this the role's one recipient, whoever it was before."""
        contact = {"municipality": municipality, "role": role, **recipient._asdict()}
        async with translated():
            await self._contacts.replace_one({"_id": _id(municipality, role)}, contact, upsert=True)

    async def erase(self, municipality: str, role: str) -> bool:
        """Forget the role's recipient; return whether there was one."""
        async with translated():
            deleted = await self._contacts.delete_one({"_id": _id(municipality, role)})
        return bool(deleted.deleted_count)


def _id(municipality: str, role: str) -> str:
    return f"{municipality}:{role}"


def _recipient(stored: dict[str, Any]) -> Recipient:
    return Recipient(*(stored[name] for name in Recipient._fields))
