"""The figures that experiments leave."""

from elman.lab.quiz.figures import Bars, Curve, Curves, Table


def test_they_are_plain_json() -> None:
    table = Table(("step", "loss"), (("1", "0.5"),))
    assert table.to_json() == {"kind": "table", "columns": ["step", "loss"], "rows": [["1", "0.5"]]}
    bars = Bars(("on", "off"), (1.0, 0.5), ("100 %", "50 %"), "right")
    assert bars.to_json()["values"] == [1.0, 0.5]
    curves = Curves("steps back", "gradient", (Curve("Elman", (1.0, 0.1)),), logarithmic=True)
    assert curves.to_json() == {
        "kind": "curves",
        "x": "steps back",
        "y": "gradient",
        "curves": [{"name": "Elman", "values": [1.0, 0.1]}],
        "logarithmic": True,
    }


def test_what_is_not_finite_becomes_null() -> None:
    curves = Curves("x", "y", (Curve("lost", (float("inf"), float("nan"))),))
    assert curves.to_json()["curves"][0]["values"] == [None, None]
