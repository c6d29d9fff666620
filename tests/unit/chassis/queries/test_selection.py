"""The overview's rows: filters, order and the spreadsheet."""

from datetime import UTC, datetime

import pytest

from services.chassis.queries.selection import Selection, as_csv

NOW = datetime(2026, 6, 15, tzinfo=UTC)


def row(code="0630", **changes):
    usual = {
        "municipality": code,
        "name": "Vejle",
        "region": "Syddanmark",
        "stage": "to_sign",
        "since": "2026-06-01T09:00:00Z",
        "turn": {"primary": {"actor": "municipality", "action": "sign_agreement", "role": "aftaleadministrator"}},
        "oriented": True,
        "receiving": False,
        "tracks": {
            "orientation": "oriented", "agreement": "sent", "forwarding": "none", "task": "open",
            "information": {"guidance": "published", "webinar": "invited"},
        },
        "anomalies": [],
    }  # fmt: skip
    return usual | changes


def codes(selection, *rows):
    return [each["municipality"] for each in selection.of(rows, NOW)]


@pytest.mark.parametrize(
    ("selection", "through"),
    [
        (Selection(), True),
        (Selection(stage="to_sign"), True),
        (Selection(stage="blocked"), False),
        (Selection(turn="municipality"), True),
        (Selection(turn="eg"), False),
        (Selection(region="Syddanmark"), True),
        (Selection(region="Nordjylland"), False),
        (Selection(q="vej"), True),
        (Selection(q="0630"), True),
        (Selection(q="odense"), False),
        (Selection(older_than=14), False),
        (Selection(older_than=13), True),
    ],
)
def test_a_filter_lets_through_what_it_names(selection, through):
    assert bool(selection.of([row()], NOW)) is through


def test_all_filters_hold_at_once():
    both = Selection(stage="to_sign", region="Nordjylland")
    assert codes(both, row()) == []


def test_what_never_began_is_not_old():
    assert codes(Selection(older_than=0), row(since=None)) == []


def test_rows_are_ordered_by_the_chosen_column_and_then_by_code():
    rows = [row("0661", name="Holstebro"), row("0630", name="Vejle"), row("0101", name="Vejle")]
    assert codes(Selection(sort="name"), *rows) == ["0661", "0101", "0630"]
    assert codes(Selection(sort="name", descending=True), *rows) == ["0630", "0101", "0661"]


def test_rows_without_a_value_come_last_in_either_order():
    rows = [row("0101", since=None), row("0630")]
    assert codes(Selection(sort="since"), *rows) == ["0630", "0101"]
    assert codes(Selection(sort="since", descending=True), *rows) == ["0630", "0101"]


def test_the_spreadsheet_has_a_byte_order_mark_semicolons_and_a_row_each():
    content = as_csv([row(), row("0661", name="Holstebro")])
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith("kommunekode;kommune;region;stage;")
    assert lines[1].startswith("0630;Vejle;Syddanmark;to_sign;municipality;sign_agreement;aftaleadministrator;")
    assert len(lines) == 4


@pytest.mark.parametrize("cell", ["=1+1", "+45", "-1", "@here", "\tx", "\rx"])
def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(cell):
    content = as_csv([row(name=cell)]).decode("utf-8-sig")
    assert f"'{cell}".strip() in content.replace('"', "")


def test_a_service_without_information_leaves_its_columns_empty():
    tracks = {name: state for name, state in row()["tracks"].items() if name != "information"}
    line = as_csv([row(tracks=tracks)]).decode("utf-8-sig").split("\r\n")[1]
    assert ";oriented;sent;;;none;open;" in line
