import pytest
import torch
from tests.inspect.strangers import PackedTagger, TimeMajorLM
from torch import nn

import elman.nn
from elman.errors import ConfigError
from elman.inspect.saturation import saturation
from elman.inspect.trace import trace


@pytest.mark.parametrize("kind", ["GRU", "LSTM"])
def test_shares_are_those_of_the_gates_themselves(kind) -> None:
    layer = getattr(nn, kind)(3, 5, batch_first=True)
    with torch.no_grad():
        for weight in layer.parameters():
            weight.mul_(6)
    x = torch.randn(4, 30, 3)
    (found,) = saturation(layer, x).layers
    gates = trace(layer, x).layers[0].gates
    assert [gate.gate for gate in found.gates] == list(gates)
    for share, values in zip(found.gates, gates.values(), strict=True):
        low, high = (-0.8, 0.8) if share.gate in "ng" else (0.1, 0.9)
        assert share.low == pytest.approx((values <= low).float().mean().item(), abs=1e-6)
        assert share.high == pytest.approx((values >= high).float().mean().item(), abs=1e-6)
        often = (values >= high).flatten(0, 1).float().mean(0) >= 0.99
        assert share.stuck_high == pytest.approx(often.float().mean().item())
    assert 0.1 < sum(share.low + share.high for share in found.gates) / len(found.gates) < 0.99


def test_gates_forced_to_an_end_are_stuck_there() -> None:
    layer = nn.LSTM(3, 4, batch_first=True)
    with torch.no_grad():
        layer.bias_ih_l0[:2] = -50  # input gates of units 0 and 1 shut
        layer.bias_ih_l0[4:8] = 50  # all forget gates open
    (found,) = saturation(layer, torch.randn(2, 50, 3)).layers
    by_letter = {gate.gate: gate for gate in found.gates}
    assert by_letter["i"].low == by_letter["i"].stuck_low == 0.5
    assert by_letter["f"].high == by_letter["f"].stuck_high == 1
    assert by_letter["o"].low == by_letter["o"].high == 0
    assert found.dead == (0, 1) and found.units == 4


def test_a_relu_is_stuck_at_zero_and_never_at_the_top() -> None:
    layer = nn.RNN(3, 4, nonlinearity="relu", batch_first=True)
    with torch.no_grad():
        layer.weight_hh_l0.zero_()
        layer.bias_ih_l0[2] = -99
        layer.bias_ih_l0[3] = 9
    (found,) = saturation(layer, torch.randn(2, 50, 3)).layers
    (gate,) = found.gates
    assert (gate.stuck_low, gate.high, gate.stuck_high) == (0.25, 0, 0)
    assert found.dead == (2,)


def test_what_has_no_ends_has_no_share() -> None:
    (found,) = saturation(elman.nn.Elman(3, 4, 2, f="identity"), torch.randn(2, 9, 3)).layers
    assert found.gates == () and found.dead == ()


def test_padding_does_not_count() -> None:
    model = PackedTagger()
    with torch.no_grad():
        model.lstm.bias_ih_l0.fill_(3)  # gates near 1, which zeros of padding would hide
    ids, lengths = torch.randint(7, (50, 2)), torch.tensor([50, 3])
    found = saturation(model, ((ids, lengths), None))
    seen = trace(model, ((ids, lengths), None))
    real = torch.arange(50) < lengths[:, None]
    assert found.steps == 53
    for share in found.layers[0].gates:
        values = seen.layers[0].gates[share.gate][real]
        assert share.low == 0
        high = 0.8 if share.gate == "g" else 0.9
        assert share.high == pytest.approx((values >= high).float().mean().item())


def test_a_result_shows_draws_and_writes_itself() -> None:
    found = saturation(TimeMajorLM(), torch.randint(11, (40, 3)))
    assert found.margin == 0.1 and found.to_json()["kind"] == "saturation"
    assert found.to_json()["layers"][1]["gates"][3]["name"] == "output gate"
    assert "within 10 % of the range" in str(found.table()) and "<table" in found._repr_html_()
    assert found._repr_html_().startswith("<svg")
    pytest.importorskip("matplotlib").use("Agg")
    labels = [tick.get_text() for tick in found.plot().get_xticklabels()]
    assert labels[:2] == ["rnn.l0 i", "rnn.l0 f"] and len(labels) == 8
    with pytest.raises(ConfigError, match=r"above 0 and below 0\.5, got 0\.5"):
        saturation(TimeMajorLM(), margin=0.5)
