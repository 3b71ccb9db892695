import math

import pytest

from elman.errors import ShapeError
from elman.page.recording import MOST_VALUES, Layer, Next, Recording, Step


def step(word: str = "cats", units: int = 2) -> Step:
    layer = Layer(h=[0.12345] * units, c=[-1.0] * units, gates={"i": [0.5] * units})
    return Step(word, [layer], [Next("</b>", 0.25)], ["I", None])


def test_a_step_is_written_as_plain_values_to_three_digits() -> None:
    data = Recording(name="mine", cell="lstm", steps=[step()]).to_json()
    assert data["words"] == ["cats"]
    assert data["steps"] == [
        {
            "known": True,
            "layers": [{"h": [0.123, 0.123], "gates": {"i": [0.5, 0.5]}, "c": [-1.0, -1.0]}],
            "next": [{"word": "</b>", "probability": 0.25}],
            "remembered": ["I", None],
        }
    ]
    assert (data["layers"], data["hidden"], data["gates"]) == (1, 2, ["i"])


def test_what_is_not_finite_becomes_none() -> None:
    layer = Layer(h=[math.nan, math.inf, 1.0], c=None, gates={})
    data = Recording(name="mine", cell="elman", steps=[Step("a", [layer])]).to_json()
    assert data["steps"][0]["layers"] == [{"h": [None, None, 1.0], "gates": {}}]


def test_later_steps_of_a_large_network_are_left_out_and_counted() -> None:
    units = MOST_VALUES // 6  # three values a unit: two steps fit
    data = Recording(name="mine", cell="lstm", steps=[step(units=units)] * 5).to_json()
    assert (len(data["steps"]), data["left_out"]) == (2, 3)


@pytest.mark.parametrize("steps", [[], [step(), step(units=3)]])
def test_steps_must_be_there_and_alike(steps: list[Step]) -> None:
    with pytest.raises(ShapeError, match="must be at least one, all of the same layers"):
        Recording(name="mine", cell="lstm", steps=steps).to_json()
