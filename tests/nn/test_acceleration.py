"""Upgrading any model in place, telling what happened, and going back."""

import copy
import io
import pickle
import warnings

import pytest
import torch
from tests.nn.pairs import BUILT, NATIVE, WHY_NOT_BUILT
from torch import nn

import elman.nn
from elman.errors import ConfigError
from elman.nn.acceleration import Skipped, accelerate, restore


class Own(nn.LSTM):
    """A user's subclass, which may do anything."""


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.LSTM(3, 4, batch_first=True, bidirectional=True)
        self.inner = nn.ModuleDict({"gru": nn.GRU(8, 5), "rnn": nn.RNN(5, 5)})
        self.head = nn.Linear(5, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x, _ = self.encoder(x)
        x, _ = self.inner["gru"](x)
        x, _ = self.inner["rnn"](x)
        return self.head(x)


def test_same_results_same_weights_same_object() -> None:
    model, x = Model(), torch.randn(2, 7, 3)
    plain = copy.deepcopy(model)
    weights = dict(model.named_parameters())
    assert accelerate(model) is model
    assert {name: id(p) for name, p in model.named_parameters()} == {
        name: id(p) for name, p in weights.items()
    }
    assert model.state_dict().keys() == plain.state_dict().keys()
    torch.testing.assert_close(model(x), plain(x))
    for layer, kind in (
        (model.encoder, elman.nn.LSTM),
        (model.inner["gru"], elman.nn.GRU),
        (model.inner["rnn"], elman.nn.RNN),
    ):
        assert type(layer) is kind
        assert layer.backend == NATIVE


def test_an_optimizer_made_before_still_trains() -> None:
    model, x = Model(), torch.randn(2, 7, 3)
    twin = copy.deepcopy(model)
    optimizers = [torch.optim.SGD(m.parameters(), lr=0.1, momentum=0.9) for m in (model, twin)]
    accelerate(model)
    for _ in range(3):
        for trained, optimizer in zip((model, twin), optimizers, strict=True):
            optimizer.zero_grad()
            trained(x).square().sum().backward()
            optimizer.step()
    torch.testing.assert_close(model.state_dict(), twin.state_dict())


def test_a_layer_by_itself_is_a_model_too() -> None:
    layer = accelerate(nn.GRU(3, 4))
    assert type(layer) is elman.nn.GRU
    assert accelerate.report(layer).accelerated == ("",)
    assert type(restore(layer)) is nn.GRU


def test_hooks_on_a_layer_stay() -> None:
    seen, model = [], Model()
    model.encoder.register_forward_hook(lambda *_: seen.append(1))
    accelerate(model)(torch.randn(1, 2, 3))
    assert seen == [1]


def test_restoring_undoes_it() -> None:
    model, x = Model(), torch.randn(2, 7, 3)
    expected = model(x)
    accelerate(model)(x)
    assert restore(model) is model
    assert type(model.encoder) is nn.LSTM
    assert "_backend" not in vars(model.encoder)
    torch.testing.assert_close(model(x), expected)
    assert accelerate.report(model).accelerated == ()
    accelerate(accelerate(model))
    assert len(accelerate.report(model).accelerated) == 3


def test_restoring_leaves_what_torch_cannot_do() -> None:
    class Mine(elman.nn.LSTM):
        pass

    model = nn.Sequential(elman.nn.GRU(3, 4, layer_norm=True), Mine(3, 4))
    restore(model)
    assert [type(layer) for layer in model] == [elman.nn.GRU, Mine]


def test_restoring_makes_torch_s_also_what_was_built_as_ours() -> None:
    layer, x = elman.nn.LSTM(3, 4), torch.randn(5, 2, 3)
    expected, _ = layer(x)
    assert type(restore(layer)) is nn.LSTM
    torch.testing.assert_close(layer(x)[0], expected)


def test_an_accelerated_model_pickles_saves_and_copies() -> None:
    model, x = accelerate(Model()), torch.randn(2, 7, 3)
    expected = model(x)
    buffer = io.BytesIO()
    torch.save(model, buffer)
    buffer.seek(0)
    for twin in (
        torch.load(buffer, weights_only=False),
        pickle.loads(pickle.dumps(model)),
        copy.deepcopy(model),
    ):
        assert type(twin.encoder) is elman.nn.LSTM
        torch.testing.assert_close(twin(x), expected)


def _odd_layers() -> dict[str, tuple[nn.Module, str]]:
    """Layers that must be left alone, and why."""
    parametrized = nn.GRU(3, 4)
    nn.utils.parametrizations.weight_norm(parametrized, "weight_hh_l0")
    replaced = nn.GRU(3, 4)
    replaced.forward = lambda x: (x, None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecated, and still in use
        normed = nn.utils.weight_norm(nn.GRU(3, 4), "weight_hh_l0")
        scripted = torch.jit.script(nn.GRU(3, 4))
        quantised = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.LSTM(3, 4)))[0]
    return {
        "subclass": (Own(3, 4), "Own is a subclass with code of its own"),
        "parametrized": (parametrized, "its weights are parametrized"),
        "normed": (normed, "its weights are computed (weight_norm, spectral_norm or pruning)"),
        "scripted": (scripted, "it is scripted"),
        "quantised": (quantised, "it is quantised"),
        "replaced": (replaced, "its forward was replaced"),
        "cell": (nn.LSTMCell(3, 4), "a cell runs one step at a time"),
    }


@pytest.mark.parametrize(
    "name", ["subclass", "parametrized", "normed", "scripted", "quantised", "replaced", "cell"]
)
def test_other_layers_are_left_alone_and_reported(name: str) -> None:
    layer, reason = _odd_layers()[name]
    kind = type(layer)
    model = nn.ModuleDict({"plain": nn.LSTM(3, 4), "odd": layer})
    report = accelerate.report(accelerate(model))
    assert type(layer) is kind
    assert report.accelerated == ("plain",)
    assert [(skipped.name, skipped.reason) for skipped in report.skipped] == [("odd", reason)]
    assert type(restore(model)["odd"]) is kind


def test_a_report_reads_well() -> None:
    model = nn.ModuleDict({"a": nn.LSTM(3, 4), "b": Own(3, 4), "c": nn.Linear(1, 1)})
    report = accelerate.report(accelerate(model))
    assert report.skipped == (Skipped("b", "Own", "Own is a subclass with code of its own"),)
    lines = ["a: accelerated", "b: Own skipped, Own is a subclass with code of its own"]
    if not BUILT:
        lines.append(f"runs on torch's operators: {WHY_NOT_BUILT}")
    assert str(report).split("\n") == lines
    if BUILT:
        assert str(accelerate.report(nn.Linear(1, 1))) == "no recurrent layers"


@pytest.mark.parametrize("function", [accelerate, accelerate.report, restore])
def test_what_is_no_model_is_refused(function: object) -> None:
    with pytest.raises(ConfigError, match=r"`model` must be a torch\.nn\.Module, got dict"):
        function({})


def test_reports_a_layer_with_a_projection_as_left_to_torch() -> None:
    model = nn.Sequential(nn.LSTM(2, 4, proj_size=2), elman.nn.LSTM(2, 4, proj_size=2))
    report = accelerate.report(accelerate(model))
    assert type(model[0]) is nn.LSTM
    assert report.accelerated == ()
    reason = "proj_size is set, so that torch's operators run it"
    assert [(s.name, s.reason) for s in report.skipped] == [("0", reason), ("1", reason)]


def test_a_layer_of_ours_that_was_parametrized_is_still_reported_as_ours() -> None:
    model = nn.Sequential(nn.LSTM(3, 4), type("Mine", (elman.nn.GRU,), {})(4, 4))
    accelerate(model)
    nn.utils.parametrizations.weight_norm(model[0], "weight_hh_l0")
    assert accelerate.report(model).accelerated == ("0", "1")
    model[0](torch.zeros(2, 1, 3))
    assert model[0].backend == NATIVE
