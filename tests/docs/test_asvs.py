"""The assessment by ASVS 5.0 is whole: each requirement once, each named file and test there, each claim shown."""

from collections import Counter

import pytest

from deploy.supply.asvs import STANDINGS, page, rows
from tests.docs.test_pages import is_there
from tests.stack import REPOSITORY

#: The levels of the requirements of each section in their order, as the standard of version 5.0.0 numbers them.
LEVELS = """
V1.1=22 V1.2=1111122223 V1.3=112222222223 V1.4=222 V1.5=123 V2.1=122 V2.2=112 V2.3=12223 V2.4=23 V3.1=3
V3.2=113 V3.3=12223 V3.4=11222233 V3.5=11122333 V3.6=3 V3.7=22333 V4.1=12233 V4.2=23333 V4.3=22 V4.4=1222
V5.1=2 V5.2=112333 V5.3=113 V5.4=222 V6.1=122 V6.2=111111112222 V6.3=11223333 V6.4=112233 V6.5=22222333
V6.6=2223 V6.7=33 V6.8=2222 V7.1=222 V7.2=1111 V7.3=22 V7.4=11222 V7.5=223 V7.6=22 V8.1=1233 V8.2=1123
V8.3=133 V8.4=23 V9.1=111 V9.2=1222 V10.1=22 V10.2=223 V10.3=22223 V10.4=1111122222233333 V10.5=22222 V10.6=22
V10.7=222 V11.1=2233 V11.2=22233 V11.3=11233 V11.4=1222 V11.5=23 V11.6=23 V11.7=33 V12.1=12233 V12.2=11
V12.3=22223 V13.1=2333 V13.2=222223 V13.3=2233 V13.4=1222233 V14.1=22 V14.2=12223333 V14.3=122 V15.1=12233
V15.2=12233 V15.3=1222222 V15.4=3333 V16.1=2 V16.2=22222 V16.3=2222 V16.4=222 V16.5=2223 V17.1=23
V17.2=22223333 V17.3=22
"""
ROWS = rows(REPOSITORY)
#: What is asked for is written down, or is seen by linter and types with every change.
SHOWN_BY_ITSELF = (".md", "pyproject.toml")


def asked() -> list[tuple[str, str]]:
    """Return number and level of each requirement of levels 1 and 2."""
    sections = [each.split("=") for each in LEVELS.split()]
    every = [(f"{section}.{at}", level) for section, levels in sections for at, level in enumerate(levels, 1)]
    return [each for each in every if each[1] != "3"]


def test_each_requirement_of_levels_1_and_2_is_there_once_in_its_order():
    assert [(row.requirement, row.level) for row in ROWS] == asked()


def test_there_are_as_many_as_the_standard_has():
    assert Counter(level for _, level in asked()) == {"1": 70, "2": 183}


def test_each_stands_in_one_of_the_ways_that_the_page_explains():
    assert {row.standing for row in ROWS} <= set(STANDINGS)


def test_each_named_file_is_there():
    assert [row for row in ROWS if row.where and not (REPOSITORY / row.where).is_file()] == []


def test_each_named_test_is_there():
    named = [(row, *row.test.split("::")) for row in ROWS if row.test]

    assert [row for row, file, *name in named if not is_there(REPOSITORY / file, "".join(name))] == []


def test_what_is_met_is_done_somewhere_and_shown():
    claimed = [row for row in ROWS if row.standing == "met"]

    assert [row for row in claimed if not row.where] == []
    assert [row for row in claimed if not row.test and not row.where.endswith(SHOWN_BY_ITSELF)] == []


def test_what_is_not_simply_met_says_why():
    assert [row for row in ROWS if row.standing != "met" and not row.remark] == []


@pytest.mark.parametrize("standing", STANDINGS)
def test_the_page_counts_what_it_lists(standing: str):
    counted = Counter(row.level for row in ROWS if row.standing == standing)

    assert f"| {standing} | {counted['1']} | {counted['2']} |" in page(REPOSITORY)
