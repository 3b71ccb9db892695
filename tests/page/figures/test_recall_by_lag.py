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
    assert "From 100 % for the word just read to 25 % 2 words back; chance is 25 %." in figure


def test_nothing_measured_is_drawn_as_nothing() -> None:
    assert ElementTree.fromstring(recall_by_lag([], 0.1)).tag.endswith("svg")


def test_values_are_set_beside_what_the_present_input_tells_of_them() -> None:
    settings = {"measure": "R²", "unit": "hour", "unit_per_step": 0.5}
    figure = recall_by_lag([1.0, 0.5, -0.2], 0.0, present=[1.0, 0.8, 0.6], **settings)
    assert ">by the present input</text>" in figure
    assert ">read from memory (R²)</text>" in figure
    assert "1 hour back" in figure
    heights = [float(y) for y in re.findall(r'cy="([\d.]+)"', figure)]
    assert heights[2] == 226  # below zero stands at the edge


def test_the_word_of_chance_keeps_off_a_curve_that_falls_to_it() -> None:
    figure = recall_by_lag([1.0, 0.4, *[0.34] * 14], 0.3)
    level = float(re.search(r'y1="([\d.]+)" y2="\1" style="[^"]*dasharray', figure)[1])
    word = float(re.search(r'y="([\d.]+)"[^>]*>chance</text>', figure)[1])
    assert word > level + 10
