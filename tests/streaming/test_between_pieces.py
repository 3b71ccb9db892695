"""Between two pieces weights, types and modes may change; the memory stays a stream's own."""

import copy
import threading

import pytest
import torch

import elman.nn
from elman.errors import ConfigError, ShapeError
from elman.streaming import Stream


class _Take(torch.nn.Module):
    """The outputs of a recurrent layer, without its state."""

    def forward(self, result):
        return result[0]


class _Sum(torch.nn.Module):
    """Says its memory, the sum of all it read; what it says shares the memory's numbers."""

    def initial_state(self, batch_size):
        return (torch.zeros(1, 1, 3).expand(1, batch_size, 3),)

    def forward(self, x, state=None, resets=None):
        h = state[0] + x.sum(1)
        return h.transpose(0, 1), (h,)


def _layer(**options):
    return elman.nn.LSTM(5, 9, 2, **options)


def test_a_refreshed_memory_is_of_the_weights_type():
    layer, x = _layer(), torch.randn(2, 8, 5)
    stream = Stream(layer, 2)
    stream.step(x[:, :4])
    before = stream.state
    layer.double()
    stream.refresh()
    assert [part.dtype for part in stream.state] == [torch.float64] * 2
    assert torch.equal(stream.state[0], before[0].double())
    with torch.no_grad():
        whole, _ = layer(x.double().transpose(0, 1))
    said, expected = stream.step(x[:, 4:].double()), whole.transpose(0, 1)[:, 4:]
    # the first half was read in single precision, so its tolerances hold
    torch.testing.assert_close(said, expected, rtol=1.3e-6, atol=1e-5)


def test_a_memory_that_grew_is_refused():
    layer = elman.nn.GRU(5, 9)
    stream = Stream(layer)
    layer.__init__(5, 20)
    with pytest.raises(ShapeError, match="must have shapes"):
        stream.refresh()


@pytest.mark.parametrize("change", [lambda layer: layer.half(), lambda layer: layer.to("meta")])
def test_frozen_weights_begin_anew_in_their_own_type(change):
    layer, x = _layer(), torch.randn(2, 8, 5)
    stream = Stream(layer, 2)
    expected = stream.step(x)
    change(layer)
    stream.reset()
    assert torch.equal(stream.step(x), expected)


def test_what_was_learned_to_begin_with_is_frozen_too():
    layer, x = _layer(learned_state=True), torch.randn(2, 8, 5)
    stream = Stream(layer, 2)
    expected = stream.step(x)
    torch.nn.init.normal_(layer.initial_h)
    stream.reset()
    assert torch.equal(stream.step(x), expected)
    stream.refresh()
    stream.reset()
    assert not torch.allclose(stream.step(x), expected)


def test_hooks_of_a_layer_are_called():
    layer, x = elman.nn.GRU(5, 9), torch.randn(1, 3, 5)
    layer.register_forward_hook(lambda _, __, result: (0 * result[0], result[1]))
    stream = Stream(layer)
    assert stream.backend == "torch"
    assert not stream.step(x).any()


def test_what_was_said_stays_when_the_memory_changes():
    stream = Stream(_Sum(), 2)
    said = stream.step(torch.ones(2, 1, 3))
    stream.reset([0])
    stream.state = (torch.full((1, 2, 3), 5.0),)
    assert torch.equal(said, torch.ones(2, 1, 3))
    assert torch.equal(stream.step(torch.ones(2, 1, 3)), torch.full((2, 1, 3), 6.0))


def test_an_assigned_state_is_a_copy_without_gradients():
    stream, h = Stream(_layer()), torch.randn(2, 1, 9, requires_grad=True)
    stream.state = (h, h)
    stream.step(torch.randn(1, 3, 5))
    assert not any(part.requires_grad for part in stream.state)
    assert not torch.equal(*stream.state)


@pytest.mark.parametrize("model", [_layer(), elman.nn.Elman(5, 9, 4)])
def test_pieces_may_be_read_in_inference_mode_and_out_of_it(model):
    stream, x = Stream(model, 2), torch.randn(2, 4, 5)
    with torch.inference_mode():
        stream.step(x)
    kept = stream.state
    stream.reset([0])
    stream.state = kept
    expected = stream.clone().step(x)
    assert torch.equal(stream.step(x), expected)


@pytest.mark.parametrize(
    "rows", [[2], [-1], [True, False], torch.tensor([True, False]), [0.5], 0, "0", [None]]
)
def test_what_is_no_row_is_refused(rows):
    stream = Stream(_layer(), 2)
    with pytest.raises(ShapeError, match="`rows` must be numbers from 0 to 1"):
        stream.reset(rows)


def test_no_rows_begin_anew():
    stream = Stream(_layer(), 2)
    stream.step(torch.randn(2, 3, 5))
    before = stream.state
    stream.reset([])
    assert torch.equal(stream.state[0], before[0])


@pytest.mark.parametrize("size", [2.0, True, "2"])
def test_a_batch_is_counted_in_whole_numbers(size):
    with pytest.raises(ConfigError, match="`batch_size` must be a whole number"):
        Stream(_layer(), size)


@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize(
    "out",
    [
        torch.empty(1, 1, 3, 9),
        torch.empty(1, 3, 9, dtype=torch.float64),
        torch.empty(1, 3, 9, device="meta"),
    ],
)
def test_room_of_another_kind_is_refused(out, norm):
    stream = Stream(_layer(layer_norm=norm))
    assert stream.backend == ("torch" if norm else "native")
    with pytest.raises(ShapeError, match="`out` must be contiguous with shape"):
        stream.step(torch.zeros(1, 3, 5), out=out)


def test_a_deep_copy_goes_its_own_way():
    stream, x = Stream(_layer()), torch.randn(1, 4, 5)
    stream.step(x)
    twin = copy.deepcopy(stream)
    expected = twin.step(x)
    assert torch.equal(stream.step(x), expected)


def test_carried_streams_of_one_model_run_in_threads():
    lower, upper = torch.nn.LSTM(4, 8, batch_first=True), torch.nn.GRU(8, 3, batch_first=True)
    model, x = torch.nn.Sequential(lower, _Take(), upper, _Take()), torch.randn(4, 60, 4)
    with torch.no_grad():
        whole = model(x)
    said, start = [None] * 4, threading.Barrier(4)

    def read(i):
        stream = Stream(model)
        start.wait()
        said[i] = torch.cat([stream.step(piece) for piece in x[i : i + 1].split(1, 1)], 1)

    threads = [threading.Thread(target=read, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    torch.testing.assert_close(torch.cat(said), whole)


@pytest.mark.parametrize("change", ["weight_hh_l0", "weight_ih_l1", "hidden_size", "input_size"])
def test_a_layer_that_contradicts_itself_is_torch_s_to_refuse(change):
    layer = elman.nn.GRU(5, 9, 2)
    if change.startswith("weight"):
        setattr(layer, change, torch.nn.Parameter(torch.zeros(3, 2)))
    else:
        setattr(layer, change, 40)
    stream = Stream(layer)
    assert stream.backend == "torch"
    with pytest.raises(RuntimeError):
        stream.step(torch.zeros(1, 1, layer.input_size))


@pytest.mark.parametrize("norm", [False, True])
def test_default_devices_do_not_leak_in(norm):
    layer, x = _layer(layer_norm=norm), torch.randn(2, 3, 5)
    expected = Stream(layer, 2).step(x)
    with torch.device("meta"):
        stream = Stream(layer, 2)
        stream.step(x)
        stream.reset([1, 0])
        stream.refresh()
        said = stream.step(x)
    assert torch.equal(said, expected)


def test_a_pending_negation_is_carried_out():
    layer, x = torch.nn.GRU(1, 4), torch.full((1, 1, 1), 0.5)
    negated = (1j * x).conj().imag
    assert negated.is_neg()
    assert negated.is_contiguous()
    assert torch.equal(Stream(layer).step(negated), Stream(layer).step(-x))


def test_room_that_is_no_tensor_is_refused():
    with pytest.raises(ShapeError, match=r"`out` must be contiguous .* got list\."):
        Stream(_layer()).step(torch.zeros(1, 3, 5), out=[1.0])
