from xml.etree import ElementTree

from elman.page.svg import Markup, drawing, tag

HOSTILE = "</script><svg onload=\"alert('1')\">&amp;"


def test_text_and_attributes_come_back_as_they_went_in() -> None:
    read = ElementTree.fromstring(tag("text", HOSTILE, title=HOSTILE))
    assert read.text == HOSTILE
    assert read.attrib == {"title": HOSTILE}
    assert len(read) == 0


def test_markup_is_not_escaped_twice() -> None:
    assert tag("g", tag("text", "<"), Markup("<a/>")) == "<g><text>&lt;</text><a/></g>"


def test_a_drawing_says_what_it_shows() -> None:
    read = ElementTree.fromstring(drawing(440, 270, HOSTILE, "By lag."))
    assert read.attrib["role"] == "img"
    assert read.attrib["viewBox"] == "0 0 440 270"
    assert [part.text for part in read] == [HOSTILE, "By lag."]
    assert read.attrib["aria-label"] == f"{HOSTILE}. By lag."
