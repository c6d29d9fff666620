"""The events of today beside all that were released: what would break a reader or writer of any of them."""

import re
from collections.abc import Collection, Iterator, Mapping

from contracts.compatibility import Schema, misfits
from contracts.names import PREFIX

#: The schemas of one release, or of today, by file name: `AgreementSent.v1.json`.
Schemas = Mapping[str, Schema]
_FILE = re.compile(r"(?P<name>[A-Za-z]+)\.v(?P<version>\d+)\.json")


def breaking(released: Mapping[str, Schemas], today: Schemas, upcast: Collection[str]) -> list[str]:
    """Return a sentence for each change that a reader or writer of any release could not take.

    `upcast` holds the CloudEvents types for which there is an upcaster.
    """
    found: list[str] = []
    for release, schemas in released.items():
        for file, old in sorted(schemas.items()):
            if file in today:
                found += _changes(release, file, old, today[file])
            elif _type(file) not in upcast:
                found.append(_gone(release, file))
    return found


def unreleased(released: Mapping[str, Schemas], today: Schemas) -> dict[str, Schema]:
    """Return the schemas of today that no release has, or that have changed since the newest that has them."""
    newest: dict[str, Schema] = {}
    for schemas in released.values():
        newest |= schemas
    return {file: schema for file, schema in today.items() if newest.get(file) != schema}


def _changes(release: str, file: str, old: Schema, new: Schema) -> Iterator[str]:
    for each in misfits(writer=old, reader=new):
        told = f"writers of {release} {each.may}, and readers of today {each.wants}"
        yield _sentence(file, each.field, told)
    for each in misfits(writer=new, reader=old):
        told = f"writers of today {each.may}, and readers of {release} {each.wants}"
        yield _sentence(file, each.field, told)


def _sentence(file: str, field: str, told: str) -> str:
    name, version = _parts(file)
    return (
        f"{name}.v{version}: {f'the field {field}' if field else 'the data as a whole'}: {told}. "
        f"Leave v{version} as it was, make this {name}.v{version + 1}, and add an upcaster from v{version} "
        "to contracts/upcasters.py."
    )


def _gone(release: str, file: str) -> str:
    name, version = _parts(file)
    return (
        f"{name}.v{version} was released with {release} and is gone: what the log holds of it could not be read. "
        f"Add an upcaster from v{version} to contracts/upcasters.py."
    )


def _type(file: str) -> str:
    name, version = _parts(file)
    return f"{PREFIX}{name}.v{version}"


def _parts(file: str) -> tuple[str, int]:
    match = _FILE.fullmatch(file)
    if match is None:
        raise ValueError(f"{file} is not named like AgreementSent.v1.json")
    return match["name"], int(match["version"])
