"""A stream says of a sequence in pieces what the model says of the whole."""

import threading

import pytest
import torch
from torch.nn.utils.rnn import pack_sequence

import elman.nn
from elman.errors import ConfigError, ShapeError
from elman.streaming import Stream

KINDS = {
    "tanh": (elman.nn.RNN, {}),
    "relu": (elman.nn.RNN, {"nonlinearity": "relu"}),
    "gru": (elman.nn.GRU, {}),
    "lstm": (elman.nn.LSTM, {}),
    "torch's lstm": (torch.nn.LSTM, {}),
    "no bias": (elman.nn.GRU, {"bias": False}),
    "learned": (elman.nn.LSTM, {"learned_state": True}),
    "normalised": (elman.nn.LSTM, {"layer_norm": True}),
    "projected": (torch.nn.LSTM, {"proj_size": 4}),
}
NATIVE = [name for name in KINDS if name not in ("normalised", "projected")]
CUTS = [[1] * 40, [40], [3, 1, 20, 16], [17, 23]]


def _layer(name, layers=2, **options):
    kind, own = KINDS[name]
    layer = kind(5, 9, layers, **own, **options)
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter, 0, 0.25)
    return layer


def _whole(layer, x):
    first = layer.batch_first
    with torch.no_grad():
        output, _ = layer.eval()(x if first else x.transpose(0, 1))
    return output if first else output.transpose(0, 1)


def _read(stream, x, cuts):
    return torch.cat([stream.step(piece) for piece in x.split(cuts, 1)], 1)


@pytest.mark.filterwarnings("ignore:LSTM with projections")  # torch says so of its own layer
@pytest.mark.parametrize("cuts", CUTS)
@pytest.mark.parametrize("batch_size", [1, 3, 20])
@pytest.mark.parametrize("name", KINDS)
def test_pieces_give_the_whole(name, batch_size, cuts):
    layer = _layer(name, batch_first=len(cuts) % 2 == 0)
    x = torch.randn(batch_size, 40, 5)
    stream = Stream(layer, batch_size)
    torch.testing.assert_close(_read(stream, x, cuts), _whole(layer, x))
    assert stream.backend == ("native" if name in NATIVE else "torch")


def test_double_precision_keeps_it():
    layer, x = _layer("lstm").double(), torch.randn(2, 40, 5, dtype=torch.float64)
    read = _read(Stream(layer, 2), x, [7, 33])
    torch.testing.assert_close(read, _whole(layer, x), rtol=1e-12, atol=1e-12)


def test_one_layer_without_memory_of_its_input_may_be_wide():
    layer, x = elman.nn.LSTM(70, 200), torch.randn(1, 20, 70)
    torch.testing.assert_close(_read(Stream(layer), x, [1] * 20), _whole(layer, x))


def test_dropout_is_off_and_modes_are_given_back():
    layer = elman.nn.LSTM(5, 9, 2, dropout=0.9, batch_first=True).train()
    model = torch.nn.Sequential(layer, _Take(), torch.nn.Dropout(0.9)).train()
    x = torch.randn(1, 12, 5)
    for read in (layer, model):
        first = Stream(read).step(x)
        assert torch.equal(first, Stream(read).step(x))
        assert read.training


def test_a_state_can_be_kept_and_gone_back_to():
    stream, x = Stream(_layer("lstm"), 2), torch.randn(2, 10, 5)
    stream.step(x[:, :4])
    kept = stream.state
    expected = stream.step(x[:, 4:])
    assert not any(torch.equal(a, b) for a, b in zip(kept, stream.state, strict=True))
    stream.state = kept
    assert torch.equal(stream.step(x[:, 4:]), expected)


def test_a_clone_goes_its_own_way():
    stream, x = Stream(_layer("gru")), torch.randn(1, 10, 5)
    stream.step(x[:, :4])
    twin = stream.clone()
    before = stream.state[0]
    expected = twin.step(x[:, 4:])
    assert torch.equal(stream.state[0], before)
    assert torch.equal(stream.step(x[:, 4:]), expected)


@pytest.mark.parametrize("name", ["gru", "learned", "normalised"])
def test_rows_begin_anew_alone(name):
    layer, x = _layer(name), torch.randn(3, 8, 5)
    if name == "learned":
        torch.nn.init.normal_(layer.initial_h)
    stream = Stream(layer, 3)
    whole = stream.step(x)
    stream.reset([1])
    again = stream.step(x)
    torch.testing.assert_close(again[1], whole[1])
    assert not torch.allclose(again[0], whole[0])
    stream.reset()
    torch.testing.assert_close(stream.step(x), whole)


def test_weights_are_frozen_until_refreshed():
    layer, x = _layer("lstm"), torch.randn(1, 6, 5)
    stream = Stream(layer)
    before = stream.clone().step(x)
    with torch.no_grad():
        layer.weight_hh_l1.mul_(2)
    assert torch.equal(stream.clone().step(x), before)
    stream.refresh()
    torch.testing.assert_close(stream.step(x), _whole(layer, x))


def test_nothing_new_is_made_where_room_is_given():
    stream, x = Stream(_layer("lstm")), torch.randn(1, 6, 5)
    expected = stream.clone().step(x)
    room = torch.empty(1, 6, 9)
    assert stream.step(x, out=room) is room
    assert torch.equal(room, expected)


def test_layers_are_read_from_any_memory_layout():
    layer, x = _layer("gru"), torch.randn(40, 5, 2).permute(2, 0, 1)
    torch.testing.assert_close(_read(Stream(layer, 2), x, [40]), _whole(layer, x))


def test_streams_of_one_model_run_in_threads():
    layer, x = elman.nn.LSTM(16, 64, 2), torch.randn(4, 50, 16)
    first = Stream(layer)
    streams = [first.clone() for _ in range(4)]
    outputs = [None] * 4

    def run(i):
        outputs[i] = _read(streams[i], x[i : i + 1], [1] * 50)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    torch.testing.assert_close(torch.cat(outputs), _whole(layer, x))


class _Take(torch.nn.Module):
    """The outputs of a recurrent layer, without its state."""

    def forward(self, result):
        return result[0]


class _Tagger(torch.nn.Module):
    """A stranger's model: ids in, scores out, and not a word of states."""

    def __init__(self, **options):
        super().__init__()
        self.embedding = torch.nn.Embedding(11, 6)
        self.lower = torch.nn.LSTM(6, 8, batch_first=True, **options)
        self.upper = torch.nn.GRU(8, 7)
        self.head = torch.nn.Linear(7, 3)

    def forward(self, ids):
        h, _ = self.lower(self.embedding(ids))
        h, _ = self.upper(input=h.transpose(0, 1))
        return self.head(h.transpose(0, 1))


@pytest.mark.parametrize("accelerated", [False, True])
@pytest.mark.parametrize("cuts", CUTS)
def test_a_strangers_model_is_carried(cuts, accelerated):
    model, ids = _Tagger().eval(), torch.randint(11, (3, 40))
    with torch.no_grad():
        whole = model(ids)
    stream = Stream(elman.accelerate(model) if accelerated else model, 3)
    torch.testing.assert_close(_read(stream, ids, cuts), whole)
    assert [tuple(part.shape) for part in stream.state] == [(1, 3, 8), (1, 3, 8), (1, 3, 7)]
    assert not any(module._forward_hooks for module in model.modules())


@pytest.mark.parametrize("cuts", CUTS)
def test_a_model_with_a_state_of_its_own_is_read(cuts):
    model, x = elman.nn.Elman(5, 9, 4), torch.randn(2, 40, 5)
    with torch.no_grad():
        whole, _ = model(x)
    torch.testing.assert_close(_read(Stream(model, 2), x, cuts), whole)


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (torch.nn.Linear(3, 4), "must be a layer, take and return its state, or hold"),
        (elman.nn.LSTM(3, 4, bidirectional=True), "got a layer with bidirectional=True"),
        (_Tagger(bidirectional=True), "got the layer 'lower' with bidirectional=True"),
        (torch.nn.Sequential(torch.nn.LSTMCell(3, 4)), "got the cell '0' (LSTMCell)"),
        ("lstm", "must be a torch.nn.Module, got str"),
    ],
)
def test_what_cannot_be_streamed_is_refused(model, says):
    with pytest.raises(ConfigError) as caught:
        Stream(model)
    assert says in str(caught.value)


class _Twice(torch.nn.Module):
    def __init__(self, call):
        super().__init__()
        self.rnn, self.call = torch.nn.GRU(3, 3), call

    def forward(self, x):
        return self.call(self.rnn, x)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda rnn, x: rnn(rnn(x)[0])[0], "'rnn' is called twice"),
        (lambda rnn, x: rnn(x, torch.zeros(1, x.shape[1], 3))[0], "given a state by the model"),
        (lambda rnn, x: rnn(pack_sequence([x[0]]))[0], "'rnn' must be given a tensor"),
    ],
)
def test_models_that_handle_their_layers_otherwise_are_told_so(call, says):
    stream = Stream(_Twice(call))
    with pytest.raises(ConfigError) as caught:
        stream.step(torch.zeros(4, 1, 3))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("x", "says"),
    [
        (torch.zeros(1, 5), "must have shape (B=2, T, I=5) with T at least 1, got (1, 5)"),
        (torch.zeros(1, 3, 5), "got (1, 3, 5)"),
        ([[1.0]], "got list"),
        (torch.zeros(2, 3, 5).to_sparse(), "got (2, 3, 5)"),
        (torch.zeros(2, 0, 5), "got (2, 0, 5)"),
        (torch.zeros(2, 3, 4), "got (2, 3, 4)"),
        (torch.zeros(2, 3, 5, dtype=torch.float64), "must be torch.float32 on the CPU"),
    ],
)
def test_input_that_does_not_fit_is_refused(x, says):
    with pytest.raises(ShapeError) as caught:
        Stream(_layer("gru"), 2).step(x)
    assert says in str(caught.value)


def test_room_and_states_that_do_not_fit_are_refused():
    stream = Stream(_layer("gru"), 2)
    with pytest.raises(ShapeError, match="`out` must be contiguous with shape"):
        stream.step(torch.zeros(2, 3, 5), out=torch.empty(2, 3, 8))
    with pytest.raises(ShapeError, match="must have shapes"):
        stream.state = (torch.zeros(1, 2, 9),)
    with pytest.raises(ShapeError, match="got int"):
        stream.state = 5
    with pytest.raises(ConfigError, match="`batch_size` must be at least 1"):
        Stream(_layer("gru"), 0)
    with pytest.raises(ConfigError, match="`out` must be left out with a model"):
        Stream(_Tagger()).step(torch.zeros(1, 3, dtype=torch.int64), out=torch.empty(1, 3, 3))
