from elman.page.figures import draw

HORIZON = {
    "kind": "memory_horizon",
    "steps": 3,
    "low": 2,
    "high": 4,
    "tolerance": 0.01,
    "extra": [0.5, 0.1, 0.005, 0.001, None],
    "errors": [0.01, 0.01, 0.001, 0.001, None],
    "measure": "nats",
    "unit": "hour",
    "unit_per_step": 0.5,
    "said": "1.5 hours (1–2)",
}


def test_a_horizon_is_drawn_in_the_data_s_own_unit() -> None:
    (figure,) = draw(HORIZON)
    assert ">1.5 hours (1–2)</text>" in figure
    assert ">context (hours)</text>" in figure


def test_a_horizon_out_of_sight_is_said_in_the_data_s_own_unit() -> None:
    said = "more than 2.5 hours"
    (figure,) = draw({**HORIZON, "steps": None, "low": None, "high": None, "said": said})
    assert "the model looks back more than 2.5 hours." in figure


def test_directions_that_are_not_the_usual_one_are_named() -> None:
    layers = [
        {"name": "rnn, layer 1", "direction": "forward", "relative": [1.0, 0.5]},
        {"name": "rnn, layer 1", "direction": "reverse", "relative": [1.0, None]},
    ]
    (figure,) = draw({"kind": "gradient_flow", "layers": layers})
    assert ">rnn, layer 1</text>" in figure
    assert ">rnn, layer 1, reverse</text>" in figure


def test_recall_has_its_chance() -> None:
    (figure,) = draw({"kind": "recall", "measure": "accuracy", "scores": [1.0, 0.4], "chance": 0.4})
    assert "chance is 40 %" in figure


def test_kinds_without_a_figure_draw_nothing() -> None:
    assert draw({"kind": "trace"}) == draw({}) == ()


def test_steps_are_told_in_the_data_s_own_unit() -> None:
    layers = [{"name": "rnn", "direction": "forward", "relative": [1.0, 0.5, 0.25]}]
    flow = {"kind": "gradient_flow", "layers": layers, "unit": "hour", "unit_per_step": 0.5}
    (figure,) = draw(flow)
    assert "rnn: 0.25 of the gradient arrives 1 hour back." in figure
    assert ">hours back</text>" in figure


def test_a_text_is_drawn_with_its_surprises() -> None:
    (figure,) = draw({"kind": "surprisal", "tokens": ["I", "cats"], "bits": [1.0, None]})
    assert "“I” (1.0 bits)" in figure


LAYER = {
    "name": "rnn",
    "direction": "forward",
    "singular_values": [2.0, 0.5],
    "low": [1.5, None],
    "high": [3.0, 0.7],
    "eigenvalues": [[0.0, 1.5], [0.0, -1.5]],
}


def test_a_spectrum_has_two_figures_for_each_layer() -> None:
    stretched, turned = draw({"kind": "spectrum", "layers": [LAYER]})
    assert "1 of 2 directions grow in one step; the largest is stretched 2 times." in stretched
    assert ">100 % of 2 eigenvalues lie outside the unit circle" in turned
    figures = draw({"kind": "spectrum", "layers": [LAYER, {**LAYER, "name": "top"}]})
    assert ["top: " in figure for figure in figures] == [False, False, True, True]


def test_each_layer_has_a_figure_of_its_gates() -> None:
    gates = [{"name": "update gate", "low": 0.1, "high": 0.2}]
    layers = [{"name": name, "direction": "forward", "gates": gates} for name in ("l0", "l1")]
    first, second = draw({"kind": "saturation", "layers": [*layers, {**layers[0], "gates": []}]})
    assert ">l0</text>" in first
    assert ">l1</text>" in second
    (alone,) = draw({"kind": "saturation", "layers": layers[:1]})
    assert "l0" not in alone
