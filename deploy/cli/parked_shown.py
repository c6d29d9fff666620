"""Parked records on a terminal: groups, one record whole, a plan, and what came of it."""

from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deploy.cli.words import local_time

#: More bytes of a value than this, and more failing records, are for --json.
MOST_BYTES = 4_096
MOST_ROWS = 50
_ACTS = ("processed", "known", "failed", "discarded")
_MEANS = {
    "processed": "become facts",
    "known": "are known already",
    "failed": "fail again",
    "discarded": "are discarded",
}


def groups_of(rows: list[dict[str, Any]]) -> RenderableType:
    """Return a block for each group, which fits any width."""
    if not rows:
        return "Nothing is parked."
    blocks = (_group(row) for row in rows)
    total = sum(row["count"] for row in rows)
    said = f"{total:,} records in {len(rows)} groups; --each lists them with their places."
    return Group(*blocks, Text(said, style="bold"))


def _group(row: dict[str, Any]) -> Text:
    tried = f", tried {row['attempts']:,} times" if row["attempts"] else ""
    return Text.assemble(
        (f"{row['count']:,} × {row['reason']}", "bold yellow"),
        f" · {row['service']} · {row['topic']}\n",
        f"  {row['type'] or 'of no known type'}\n",
        f"  {local_time(row['first'])} – {local_time(row['latest'])}{tried}",
    )


def records_of(rows: list[dict[str, Any]], limit: int) -> RenderableType:
    """Return two lines for each record: where it is and why it is there."""
    if not rows:
        return "Nothing is parked."
    each = Counter(row["service"] for row in rows)
    more = f"Of a service the newest {limit:,} are listed; --limit takes more." if limit in each.values() else ""
    first = rows[0]
    show = f"klarmeld parked show {first['service']} {first['id']}"
    return Group(*map(_record, rows), Text(f"{more} {show} shows the first one whole.".strip(), style="bold"))


def _record(row: dict[str, Any]) -> Text:
    return Text.assemble(
        (row["id"], "bold yellow"),
        f" · {row['service']} · {row['state']} · recorded {local_time(row['recorded'])}\n",
        f"  {row['type'] or 'of no known type'}\n",
        f"  {row['reason']}: {row['detail']}",
    )


def record_of(item: dict[str, Any]) -> RenderableType:
    """Return one record with its reason, its headers and its bytes."""
    title = Text(f"{item['id']} · {item['state']} · recorded {local_time(item['recorded'])}", style="bold")
    said = Text(f"{item['reason']}: {item['detail']}", style="yellow")
    errors = [Text(f"  {each['pointer'] or '/'}: {each['detail']}") for each in item["errors"]]
    tries = [
        Text(f"  {local_time(each['at'])} {each['outcome']}: {each['who']}, {each['why']}") for each in item["tries"]
    ]
    return Group(title, said, *errors, *tries, Text(), _headers(item), Text(), Text("value", style="dim"), _value(item))


def _headers(item: dict[str, Any]) -> Table:
    table = Table("Header", "Value", box=None, header_style="dim", padding=(0, 2, 0, 0))
    table.columns[0].overflow = table.columns[1].overflow = "fold"
    for name, value in [("key", item["key"]), *item["headers"]]:
        table.add_row(Text(name), _said(value))
    return table


def _said(encoded: str | None) -> Text:
    if encoded is None:
        return Text("none", style="dim")
    raw = b64decode(encoded)
    text = _text(raw)
    return Text(raw[:64].hex(" "), style="dim") if text is None else Text(text[:500])


def _value(item: dict[str, Any]) -> RenderableType:
    if item["value"] is None:
        return Text("none", style="dim")
    raw = b64decode(item["value"])
    text = _text(raw)
    shown = "\n".join(_dump(raw[:MOST_BYTES])) if text is None else text[:MOST_BYTES]
    more = f"\n… {len(raw) - MOST_BYTES:,} more bytes; see --json" if len(raw) > MOST_BYTES else ""
    return Text(shown + more)


def _text(raw: bytes) -> str | None:
    """Return bytes as text where a terminal can show it."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return text if text.replace("\n", " ").replace("\t", " ").isprintable() else None


def _dump(raw: bytes) -> Iterator[str]:
    for start in range(0, len(raw), 16):
        row = raw[start : start + 16]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        yield f"{start:08x}  {row.hex(' '):<47}  {letters}"


def plan_of(told: dict[str, Any], *, execute: bool) -> RenderableType:
    """Return what would become of the selected records."""
    head = Text(f"Plan for {told['selected']:,} records{':' if execute else '; nothing is changed without --execute.'}")
    return Group(head, _counts(told), *_failing(told))


def outcomes_of(told: dict[str, Any]) -> RenderableType:
    """Return what became of them."""
    return Group(Text(f"{told['selected']:,} records."), _counts(told), *_failing(told))


def _counts(told: dict[str, Any]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for name in _ACTS:
        if told[name]:
            table.add_row(Text(f"{told[name]:,}", justify="right"), _MEANS[name])
    return table


def _failing(told: dict[str, Any]) -> Iterator[Text]:
    failing = [each for each in told["records"] if each["outcome"] == "failed"]
    reasons = Counter(each["reason"] for each in failing)
    if reasons:
        yield Text("Why: " + ", ".join(f"{many:,} {reason}" for reason, many in reasons.most_common()))
    for each in failing[:MOST_ROWS]:
        yield Text(f"  {each['id']} {each['reason']}: {each['detail']}")
    if len(failing) > MOST_ROWS:
        yield Text(f"  … {len(failing) - MOST_ROWS:,} more; see --json")
