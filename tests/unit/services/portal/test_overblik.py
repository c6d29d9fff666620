"""What Overblik shows of the chosen rows: the map, the table, the counts and the addresses say the same."""

from typing import Any

import pytest

from contracts.municipalities import MUNICIPALITIES
from contracts.tracks.stage import Stage
from services.portal.overblik.choice import Choice, choice
from services.portal.overblik.earlier import Moved, compared
from services.portal.overblik.picture import FIRST, ICONS, cause, picture
from services.portal.overblik.tiles import COLUMNS, ROWS, tiles


def row(code: str, stage: Stage, agreement: str = "signed", anomalies: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "municipality": code,
        "stage": stage.value,
        "tracks": {"agreement": agreement},
        "anomalies": list(anomalies),
    }


CODES = sorted(MUNICIPALITIES)
PART = [row(code, Stage.TO_SIGN) for code in CODES[:20]]
OUTSIDE = [row(code, Stage.NOT_APPLICABLE) for code in CODES[20:]]


def test_every_municipality_has_a_tile_of_its_own_with_a_name_of_its_own():
    assert {tile.code for tile in tiles()} == set(MUNICIPALITIES)
    assert len({(tile.column, tile.row) for tile in tiles()}) == len(MUNICIPALITIES)
    assert len({tile.label for tile in tiles()}) == len(MUNICIPALITIES)
    assert all(0 <= tile.column < COLUMNS and 0 <= tile.row < ROWS for tile in tiles())


def test_every_stage_is_told_apart_by_its_icon():
    assert set(ICONS) == set(Stage)
    assert len(set(ICONS.values())) == len(Stage)


def test_map_table_and_counts_show_the_same_municipalities():
    shown = picture([*PART, *OUTSIDE], [*PART, *OUTSIDE], Choice({}, everything=True))

    assert [each["municipality"] for each in shown.rows] == CODES[:20]
    assert {square.tile.code for square in shown.squares if square.row} == set(CODES[:20])
    assert (shown.stages[Stage.TO_SIGN], shown.outside) == (20, 78)


def test_the_first_rows_are_shown_until_all_are_asked_for():
    shown = picture(PART, PART, Choice({}))

    assert (len(shown.rows), shown.found) == (FIRST, 20)


def test_who_takes_no_part_is_listed_when_asked_for_alone_and_never_on_the_map():
    shown = picture(OUTSIDE, OUTSIDE, Choice({"stage": "not_applicable"}, everything=True))

    assert len(shown.rows) == len(OUTSIDE)
    assert not any(square.row for square in shown.squares)


def test_who_the_filter_leaves_out_is_told_apart_from_who_takes_no_part():
    shown = picture(PART[:5], [*PART, *OUTSIDE], Choice({"q": "x"}))

    assert shown.left_out
    assert {square.tile.code for square in shown.squares if square.left_out} == set(CODES[5:20])
    assert not picture(PART, [*PART, *OUTSIDE], Choice({})).left_out


@pytest.mark.parametrize(
    ("stage", "agreement", "key"),
    [
        (Stage.BLOCKED, "declined", "agreement.declined.title"),
        (Stage.BLOCKED, "signed", "forwarding.failed.title"),
        (Stage.TO_SIGN, "sent", None),
    ],
)
def test_a_municipality_that_needs_resolving_says_why(stage: Stage, agreement: str, key: str | None):
    assert cause(row("0101", stage, agreement)) == key


def test_retired_eans_are_counted_by_municipality():
    rows = [row("0101", Stage.RECEIVING, anomalies=("retired_ean_used",)), *PART]
    assert picture(rows, rows, Choice({})).retired_eans == 1


def test_an_address_says_what_is_chosen_and_nothing_else():
    chosen = choice(stage="to_sign", region="Atlantis", turn="x", older_than="9", q=" Vejle ", sort="x", order="down")

    assert chosen.address() == "/overblik?stage=to_sign&q=Vejle"
    assert chosen.address(stage="") == "/overblik?q=Vejle"
    assert chosen.address("/overblik.csv") == "/overblik.csv?stage=to_sign&q=Vejle"


def test_goal_and_result_are_chosen_of_those_who_take_part_and_not_asked_of_the_service():
    rows = [
        {**row("0101", Stage.RECEIVING), "oriented": True, "receiving": True},
        {**row("0147", Stage.TO_SIGN), "oriented": True, "receiving": False},
        {**row("0151", Stage.TO_ORIENT), "oriented": False, "receiving": False},
        {**row("0153", Stage.NOT_APPLICABLE), "oriented": False, "receiving": False},
    ]

    def held(**asked: str) -> list[str]:
        return [each["municipality"] for each in rows if choice(**asked).holds(each)]

    assert held() == ["0101", "0147", "0151", "0153"]
    assert (held(goal="missing"), held(goal="reached")) == (["0151"], ["0101", "0147"])
    assert (held(result="missing"), held(result="reached")) == (["0147", "0151"], ["0101"])
    assert held(goal="reached", result="missing") == ["0147"]
    assert held(goal="x", result="") == held()
    assert choice(goal="missing", q="a").asked == {"q": "a", "sort": "since", "order": "asc"}
    assert choice(goal="missing").address("/overblik.csv") == "/overblik.csv?goal=missing"


def test_a_header_orders_by_its_column_and_then_the_other_way():
    first = Choice({})

    assert first.ordered_by("name") == "/overblik?sort=name"
    assert first.ordered_by("since") == "/overblik?order=desc"
    assert first._replace(order="desc").ordered_by("since") == "/overblik"


def test_two_moments_differ_in_who_moved():
    found = compared({"0101": "to_sign", "0147": "to_sign"}, {"0101": "to_configure", "0147": "to_sign"})

    assert found.moved == [Moved("0101", "to_sign", "to_configure")]
    assert (found.before["to_sign"], found.after["to_sign"]) == (2, 1)
    assert not found.empty


def test_before_anything_had_happened_nobody_took_part():
    assert compared({"0101": "not_applicable"}, {"0101": "to_sign"}).empty
