"""The line of a log that says best why a process ended."""

import json
from pathlib import Path

_LONGEST = 300
_TAIL = 64_000


def last_words(log: Path, *, since: int = 0) -> str:
    """Return the last error that `log` tells after byte `since`, else its last line, else nothing."""
    with log.open("rb") as file:
        file.seek(max(since, log.stat().st_size - _TAIL))
        lines = [line.strip() for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    if not lines:
        return ""
    return _plain(next(filter(_is_error, reversed(lines)), lines[-1]))[:_LONGEST].rstrip(".")


def _is_error(line: str) -> bool:
    return any(mark in line for mark in (" ERROR ", " FATAL ", "Error:", "Exception: ", '"s":"E"', '"s":"F"'))


def _plain(line: str) -> str:
    """Take what a JSON log line says, mongod's or a service's, or the line as it is."""
    try:
        entry = json.loads(line)
        if "event" in entry:
            return f"{entry['event']} {entry.get('detail', '')}".strip()
        return f"{entry['msg']} {entry.get('attr', {}).get('error', '')}".strip()
    except (ValueError, TypeError, KeyError, AttributeError):
        return line
