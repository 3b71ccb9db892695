import re
from xml.etree import ElementTree

from elman.page.figures import recall_by_lag


def test_full_recall_stands_at_the_top_and_chance_at_its_line() -> None:
    figure = recall_by_lag([1.0, 0.5, 0.25], 0.25, unit="word")
    heights = [float(y) for y in re.findall(r'cy="([\d.]+)"', figure)]
    assert heights[0] == 16
    level = re.search(r'y1="([\d.]+)" y2="\1" style="[^"]*dasharray', figure)
    assert level
    assert float(level[1]) == heights[2]
    assert "From 100 % of the words just read to 25 % 2 words back; chance is 25 %." in figure


def test_nothing_measured_is_drawn_as_nothing() -> None:
    assert ElementTree.fromstring(recall_by_lag([], 0.1)).tag.endswith("svg")
