import re
from xml.etree import ElementTree

from elman.page.figures import surprisal_strip

HOSTILE = ["</script>", '"><img src=x onerror=alert(1)>', "\x00\x1b[31m", "a" * 3000, "猫" * 30, ""]


def test_the_ground_is_the_darker_the_greater_the_surprise() -> None:
    figure = surprisal_strip(["a", "b", "c", "d"], [0.0, 6.0, 12.0, 99.0])
    shades = [float(value) for value in re.findall(r"opacity:([\d.]+)", figure)]
    assert shades == [0.06, 0.28, 0.5, 0.5]
    assert "The most surprising of 4: “d” (99.0 bits)." in figure


def test_hostile_words_stay_words() -> None:
    figure = surprisal_strip(HOSTILE, [1.0] * len(HOSTILE))
    read = ElementTree.fromstring(figure)
    assert "<img" not in figure
    assert [each.tag for each in read.iter() if each.tag.endswith(("script", "img"))] == []
    assert all(float(each.attrib["x"]) < 440 for each in read.iter() if "x" in each.attrib)


def test_words_wrap_and_long_texts_end() -> None:
    figure = surprisal_strip(["word"] * 1000, [1.0] * 1000)
    rows = {
        each.attrib["y"] for each in ElementTree.fromstring(figure).iter() if "rx" in each.attrib
    }
    assert len(rows) > 10
    assert figure.count("<rect") == 400
