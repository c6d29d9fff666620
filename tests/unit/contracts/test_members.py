"""JSON cut at its outermost level keeps each part's own text, and says where it breaks."""

import pytest

from contracts.members import Member, NotCutError, items, members


def test_an_object_is_cut_into_its_members_with_their_texts() -> None:
    assert members(' { "a" : 1.0 ,"b":{"c": [NaN]}, "a":"x" } ') == [
        Member("a", 1, "1.0"),
        Member("b", members('{"b":{"c": [NaN]}}')[0].value, '{"c": [NaN]}'),
        Member("a", "x", '"x"'),
    ]


def test_a_list_is_cut_into_its_items() -> None:
    assert items(' [ {"a": 1} , [2,3],"]" ] ') == ['{"a": 1}', "[2,3]", '"]"']


def test_nothing_is_cut_into_nothing() -> None:
    assert (members("{ }"), items("[ ]")) == ([], [])


def test_what_is_nested_too_deep_to_be_read_is_cut_all_the_same() -> None:
    deep = "[" * 9_000 + '"]"' + "]" * 9_000

    assert members(f'{{"a":{deep},"b":1}}') == [Member("a", None, deep), Member("b", 1, "1")]


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("[]", 0),
        ("{", 1),
        ('{"a"}', 4),
        ('{"a":}', 5),
        ('{"a":1', 6),
        ('{"a":1,}', 7),
        ("{} x", 3),
        ("{1:2}", 1),
    ],
)
def test_a_break_is_found_where_it_is(text: str, position: int) -> None:
    with pytest.raises(NotCutError) as caught:
        members(text)

    assert caught.value.position == position


def test_a_deep_nest_that_never_closes_breaks_at_its_end() -> None:
    with pytest.raises(NotCutError) as caught:
        items("[" * 9_000)

    assert caught.value.position == 9_000
