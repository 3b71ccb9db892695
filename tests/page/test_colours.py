from xml.etree import ElementTree

import pytest

from elman.errors import ChoiceError
from elman.page.colours import colour, colours, standalone
from elman.page.svg import drawing


def _luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("ground", ["paper", "card", "shade"])
@pytest.mark.parametrize("name", ["U", "V", "W", "ink", "soft"])
@pytest.mark.parametrize("dark", [0, 1])
def test_words_can_be_read_on_every_ground(name: str, ground: str, dark: int) -> None:
    one, other = sorted(_luminance(colours()[each][dark]) for each in (name, ground))
    assert (other + 0.05) / (one + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def test_an_unknown_colour_is_named() -> None:
    with pytest.raises(ChoiceError, match=r"must be one of U, V, W, .* got 'amber'"):
        colour("amber")


def test_a_figure_alone_brings_its_colours() -> None:
    read = ElementTree.fromstring(standalone(drawing(4, 3, "Recall", "By lag.")))
    assert read.attrib["class"] == "figure alone"
    assert "--V: light-dark(#9a5700, #f0a648)" in str(read[0].text)
