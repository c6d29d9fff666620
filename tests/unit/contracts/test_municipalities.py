"""The register of municipalities."""

from contracts.municipalities import MUNICIPALITIES, Municipality


def test_there_are_98() -> None:
    assert len(MUNICIPALITIES) == 98


def test_a_municipality_is_known_by_its_code() -> None:
    assert MUNICIPALITIES["0101"] == Municipality("0101", "København", "Hovedstaden")


def test_christiansoe_is_no_municipality() -> None:
    assert "0411" not in MUNICIPALITIES


def test_codes_have_four_digits_and_names_are_unique() -> None:
    assert all(len(code) == 4 and code.isdecimal() and each.code == code for code, each in MUNICIPALITIES.items())
    assert len({each.name for each in MUNICIPALITIES.values()}) == 98


def test_there_are_five_regions() -> None:
    regions = {each.region for each in MUNICIPALITIES.values()}

    assert regions == {"Hovedstaden", "Sjælland", "Syddanmark", "Midtjylland", "Nordjylland"}
