"""Which licences klarmeld takes: those of what is shipped, and those that only the local stack may have."""

#: What an image or a copy of the repository may hold.
ALLOWED = frozenset(
    {
        "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "LGPL-2.1-or-later", "MIT", "MIT-0",
        "MPL-2.0", "OFL-1.1", "PSF-2.0", "Unlicense",
    }
)  # fmt: skip
#: What is fetched to develop and test on one machine, and never shipped.
LOCAL_ONLY = frozenset({"SSPL-1.0", "GPL-2.0-only WITH Classpath-exception-2.0"})


def is_allowed(licence: str, *, shipped: bool) -> bool:
    """Whether an SPDX expression is on the list: one side of each OR, all sides of each AND; no brackets."""
    allowed = ALLOWED if shipped else ALLOWED | LOCAL_ONLY
    return any(all(each in allowed for each in choice.split(" AND ")) for choice in licence.split(" OR "))
