import re

from elman.page.figures import singular_values


def test_those_that_grow_stand_above_the_line_of_one() -> None:
    values = [2.0, 1.2, 0.9, 0.1]
    figure = singular_values(values, values, values)
    heights = [float(y) for y in re.findall(r'cy="([\d.]+)"', figure)]
    one = float(re.search(r'y1="([\d.]+)" y2="\1" style="[^"]*dasharray', figure)[1])
    assert [y < one for y in heights] == [True, True, False, False]
    assert "2 of 4 directions grow in one step; the largest is stretched 2 times." in figure


def test_values_of_zero_stand_at_the_edge() -> None:
    assert "nan" not in singular_values([1.0, 0.0], [0.0, 0.0], [1.5, 0.0])


def test_what_the_line_of_one_means_stands_off_the_name_of_the_layer() -> None:
    values = [0.9, 0.5, 0.1]
    figure = singular_values(values, values, values, name="encoder.rnn.l1, reverse")

    def height(text: str) -> float:
        return float(re.search(rf'y="([\d.]+)"[^>]*>{text}</text>', figure)[1])

    assert height("neither grows nor fades") - height("encoder.rnn.l1, reverse") > 13
