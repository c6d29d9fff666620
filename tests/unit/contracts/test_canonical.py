"""Equal JSON values have one canonical text, different ones have two, and what is no JSON has none."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.canonical import NotJsonError, canonical, plain_value

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False)


def number(literal: str) -> str:
    return canonical(b"[%s]" % literal.encode())[1:-1]


def test_keys_are_sorted_and_spaces_are_gone() -> None:
    assert canonical(b' { "b" : [1, 2] , "a" : "\\u00e6 \\/" } ') == '{"a":"æ /","b":[1,2]}'


def test_of_a_name_given_twice_the_last_counts() -> None:
    assert canonical(b'{"a":1,"b":{},"a":2}') == '{"a":2,"b":{}}'


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ("1.0", "1"),
        ("1e0", "1"),
        ("10E-1", "1"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("0e99", "0"),
        ("1E+2", "100"),
        ("0.10", "0.1"),
        ("-2.50e1", "-25"),
        ("0.30000000000000004", "0.30000000000000004"),
        ("0.00001", "1e-05"),
        ("1e22", "1" + "0" * 22),
        ("1e23", "1" + "0" * 23),
        ("9" * 308, "9" * 308),
        ("-" + "9" * 308, "-" + "9" * 308),
        ("1" + "0" * 308, "1e+308"),
        ("1e308", "1e+308"),
        ("1e400", "1e400"),
        ("-1" + "0" * 400, "-1e400"),
        ("12" + "0" * 400, "1.2e401"),
        ("1e-400", "1e-400"),
        ("0.1000000000000000000001", "1.000000000000000000001e-1"),
        ("9" * 5_000, "9." + "9" * 4_999 + "e4999"),
        ("1e" + "0" * 5_000 + "1", "10"),
        ("1e" + "9" * 5_000, "1e" + "9" * 5_000),
    ],
)
def test_a_number_is_written_one_way_and_never_rounded(literal: str, text: str) -> None:
    assert number(literal) == text


def test_an_exact_number_may_stand_anywhere() -> None:
    assert (
        canonical(b'{"b":[1e400,"x",{"d":1E400,"c":null}],"a":0.5}') == '{"a":0.5,"b":[1e400,"x",{"c":null,"d":1e400}]}'
    )


@settings(max_examples=200, deadline=None)
@given(value=NUMBERS)
def test_one_number_in_many_spellings_has_one_text(value: Decimal) -> None:
    assert len({number(spelling) for spelling in _spellings(value)}) == 1


def _spellings(value: Decimal) -> Iterator[str]:
    mantissa, _, power = f"{value:e}".partition("e")
    yield f"{mantissa}e{power}"
    yield f"{mantissa}{'00' if '.' in mantissa else '.0'}E{power.removeprefix('+')}"
    if abs(int(power)) < 500:
        yield f"{value:f}"


@settings(max_examples=200, deadline=None)
@given(one=NUMBERS, other=NUMBERS)
def test_two_numbers_have_two_texts(one: Decimal, other: Decimal) -> None:
    assert (number(str(one).lower()) == number(str(other).lower())) == (one == other)


@settings(max_examples=100, deadline=None)
@given(value=JSON)
def test_spacing_order_and_escapes_do_not_matter(value: Any) -> None:
    turned = _turned(value)

    assert canonical(json.dumps(turned, indent=3).encode()) == canonical(json.dumps(value, ensure_ascii=False).encode())


@settings(max_examples=100, deadline=None)
@given(value=JSON)
def test_canonical_text_says_the_same_and_is_canonical_itself(value: Any) -> None:
    told = json.dumps(value)
    text = canonical(told.encode())

    assert json.loads(text, parse_int=float) == json.loads(told, parse_int=float)
    assert canonical(text.encode()) == text


def _turned(value: Any) -> Any:
    match value:
        case dict():
            return {name: _turned(value[name]) for name in reversed(value)}
        case list():
            return [_turned(item) for item in value]
        case _:
            return value


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "no JSON"),
        (b"[1,]", "no JSON"),
        (b"01", "no JSON"),
        (b"'a'", "no JSON"),
        (b'"\x01"', "no JSON"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b"NaN", "NaN is no JSON number"),
        (b"[-Infinity]", "-Infinity is no JSON number"),
        (rb'"\ud800"', "surrogate"),
        (rb'{"\udc00":1e400}', "surrogate"),
        (b"[" * 65 + b"]" * 65, "64 levels"),
        (b'{"a":' * 64 + b"[]" + b"}" * 64, "64 levels"),
        (b"[" * 60_000, "64 levels"),
    ],
)
def test_what_is_no_json_is_refused_with_the_cause(data: bytes, complaint: str) -> None:
    with pytest.raises(NotJsonError, match=complaint):
        canonical(data)


@pytest.mark.parametrize("text", ["[" * 64 + "]" * 64, f'["{"[" * 70}"]', f'["{chr(92)}"{"{" * 70}"]', "[]" + " " * 9])
def test_64_levels_are_read_and_brackets_in_texts_are_no_levels(text: str) -> None:
    assert canonical(text.encode()) == text.strip()


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert canonical(b"[" + b",".join([b"[]"] * 99) + b"]").count("[]") == 99


def test_a_plain_value_is_what_any_library_reads() -> None:
    assert plain_value('{"a":[1,0.5,"x"]}') == {"a": [1, 0.5, "x"]}


def test_a_number_that_a_library_would_round_has_no_plain_value() -> None:
    with pytest.raises(NotJsonError, match="would be rounded"):
        plain_value("[1e400]")
