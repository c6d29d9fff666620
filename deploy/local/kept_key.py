"""A secret of the local stack that is made at first use and stays."""

import secrets
from pathlib import Path


def kept_key(path: Path) -> str:
    """Return the key kept at `path`, 64 hex digits, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(secrets.token_hex(32), encoding="ascii")
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii")
