"""An AsyncAPI document as a page for people: plain HTML without a script."""

import json
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

Json = dict[str, Any]


def asyncapi_page(document: Json, *, style: str) -> str:
    """Return the page; `style` is the address of its style sheet."""
    info = document["info"]
    body = [
        f"<h1>{escape(info['title'])}</h1>",
        *(f"<p>{_text(part)}</p>" for part in info["description"].split("\n\n")),
        '<p><a href="asyncapi.json">asyncapi.json</a> · <a href="docs">HTTP API</a></p>',
        *_operations(document),
        *(line for name in document["channels"] for line in _channel(document, name)),
    ]
    return _PAGE.format(title=escape(info["title"]), style=escape(style), body="\n".join(body))


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: events</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{style}">
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def _operations(document: Json) -> Iterator[str]:
    rows = [
        (
            escape(operation["action"]),
            f'<a href="#{_last(operation["channel"])}">{_address(document, operation)}</a>',
            _text(operation["summary"]),
        )
        for operation in document["operations"].values()
    ]
    yield "<h2>What it hears and tells</h2>"
    yield _table(("", "Topic", ""), rows)


def _address(document: Json, operation: Json) -> str:
    return escape(document["channels"][_last(operation["channel"])]["address"])


def _channel(document: Json, name: str) -> Iterator[str]:
    channel = document["channels"][name]
    kafka = channel["bindings"]["kafka"]
    settings = {"partitions": kafka["partitions"], **kafka["topicConfiguration"]}
    yield f'<h2 id="{escape(name)}">{escape(channel["address"])}</h2>'
    yield f"<p>{_text(channel['description'])}</p>"
    yield _table(("Setting", "Value"), [(escape(key), _code(value)) for key, value in settings.items()])
    for reference in channel["messages"].values():
        yield from _message(document, document["components"]["messages"][_last(reference)])


def _message(document: Json, message: Json) -> Iterator[str]:
    payload = document["components"]["schemas"][_last(message["payload"])]
    [example] = message["examples"]
    yield f"<details><summary><b>{escape(message['title'])}</b> {_text(message['summary'])}</summary>"
    yield f"<p>Type <code>{escape(message['name'])}</code>.</p>"
    yield "<h3>Data</h3>"
    yield _table(("Field", "Required", "Value"), _fields(document, payload, ""))
    yield "<h3>Headers</h3>"
    yield _table(("Header", "Required", "Value"), _fields(document, message["headers"], ""))
    yield f"<h3>Example</h3><pre>{_headers(example['headers'])}\n\n{_pretty(example['payload'])}</pre>"
    yield "</details>"


def _fields(document: Json, schema: Json, within: str) -> Iterator[tuple[str, ...]]:
    for name, field in schema["properties"].items():
        needed = "yes" if name in schema.get("required", ()) else "no"
        yield f"<code>{escape(within + name)}</code>", needed, _value(document, field)
        for inner, mark in ((field, "."), (field.get("items", {}), "[].")):
            part = _resolved(document, inner)
            if "properties" in part:
                yield from _fields(document, part, f"{within}{name}{mark}")


def _value(document: Json, field: Json) -> str:
    """Say in words what a field takes."""
    part = _resolved(document, field)
    said = _text(field["description"]) if "description" in field else ""
    match part:
        case {"anyOf": choices}:
            kind = " or ".join(_value(document, each) for each in choices)
        case {"const": value}:
            kind = _code(value)
        case {"enum": values}:
            kind = " or ".join(_code(value) for value in values)
        case {"items": inner}:
            kind = f"list of {_value(document, inner)}"
        case _:
            kind = escape(str(part.get("title", part.get("type", "anything"))))
    return f"{kind}. {said}" if said else kind


def _resolved(document: Json, field: Json) -> Json:
    return {**document["components"]["schemas"][_last(field)], **field} if "$ref" in field else field


def _last(reference: Json) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def _table(heads: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    lines = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>\n<tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>\n{lines}\n</table>"


def _text(words: str) -> str:
    """Return Markdown's one piece that our texts use, code between backticks, as HTML."""
    pieces = escape(words, quote=False).split("`")
    return "".join(f"<code>{piece}</code>" if number % 2 else piece for number, piece in enumerate(pieces))


def _headers(headers: Json) -> str:
    return "\n".join(f"{escape(name)}: {escape(value)}" for name, value in headers.items())


def _pretty(value: Any) -> str:
    return escape(json.dumps(value, ensure_ascii=False, indent=2), quote=False)


def _code(value: Any) -> str:
    return f"<code>{escape(json.dumps(value, ensure_ascii=False), quote=False)}</code>"
