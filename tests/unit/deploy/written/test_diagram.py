"""A diagram is what its text says, and a text that says nothing sensible is refused."""

from xml.etree import ElementTree as ET

import pytest

from deploy.written.diagram import diagram

TEXT = """
# two parts
box left 0 0 "Left & first" "what it is"
log right 1 0 "Right" "what that is"
arrow left right "goes"
"""
SVG = "{http://www.w3.org/2000/svg}"


def test_each_box_and_each_label_of_the_text_is_drawn():
    words = [each.text for each in ET.fromstring(diagram(TEXT)).iter(f"{SVG}text")]

    assert words == ["goes", "Left & first", "what it is", "Right", "what that is"]


def test_an_arrow_goes_from_the_side_of_one_box_to_the_side_of_the_other():
    way = ET.fromstring(diagram(TEXT)).find(f"{SVG}path")

    assert way is not None
    assert way.get("d") == "M202 56 L274 56"


def test_a_reader_in_the_dark_gets_other_colours():
    assert "prefers-color-scheme: dark" in diagram(TEXT)


def test_a_kind_that_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="circle"):
        diagram('circle a 0 0 "A" ""')


def test_an_arrow_to_a_box_that_is_not_there_is_refused():
    with pytest.raises(KeyError, match="nowhere"):
        diagram('box a 0 0 "A" ""\narrow a nowhere ""')
