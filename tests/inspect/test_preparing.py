import pytest
import torch
from tests.inspect.strangers import (
    Carrying,
    FixedState,
    Looping,
    PackedClassifier,
    PackedTagger,
    TimeMajorLM,
    Turning,
)
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence
from torch.testing import assert_close
from torch.utils.data import DataLoader, TensorDataset

import elman.nn
from elman.contracts import Inspectable, Material
from elman.errors import ConfigError, DataError, ShapeError
from elman.inspect.preparing import prepare
from elman.inspect.trace import trace
from elman.sequences import PaddedBatch


def outputs_of(subject, batch=0):
    with subject.evaluating(), torch.no_grad():
        return subject.read(subject.batches[batch])


def test_a_time_major_language_model_is_read_batch_first() -> None:
    model = TimeMajorLM().train()
    ids = torch.randint(11, (8, 3))  # (T, B), the network's own layout
    subject = prepare("inspect", model, ids)
    assert subject.call.time_first and subject.answer.flat and subject.speaks_each_step
    (batch,) = subject.batches
    assert_close(batch.x, ids[:-1].T)
    assert_close(batch.targets, ids[1:].T)
    outputs = outputs_of(subject)
    assert model.training and model.drop.training  # modes are given back
    model.eval()
    assert_close(outputs, model(ids[:-1])[0].view(7, 3, 11).transpose(0, 1))
    expected = -outputs.gather(-1, batch.targets[..., None])[..., 0]
    assert_close(subject.losses(outputs, batch), expected)  # log-probabilities stay what they are


def test_a_text_is_cut_into_rows_that_go_on_where_the_last_ends() -> None:
    ids = torch.randint(11, (1025,))
    (batch,) = prepare("inspect", TimeMajorLM(), ids).batches
    assert batch.x.shape == (4, 256)
    assert_close(batch.x.flatten(), ids[:-1])
    assert_close(batch.targets.flatten(), ids[1:])
    (batch,) = prepare("inspect", TimeMajorLM(), ids, least=200, rows=1).batches
    assert_close(batch.x, ids[None, :-1])


def test_a_network_that_turns_its_input_itself() -> None:
    model, ids = Turning(), torch.randint(9, (3, 8))
    subject = prepare("inspect", model, ids)
    assert not subject.call.time_first
    assert_close(subject.batches[0].targets, ids[:, 1:])
    assert_close(outputs_of(subject), model(ids[:, :-1])["logits"].transpose(1, 2))


def test_lengths_beside_inputs_and_an_output_for_each_sequence() -> None:
    model = PackedClassifier()
    x, lengths, y = torch.randn(4, 6, 3), torch.tensor([6, 2, 5, 1]), torch.tensor([0, 4, 2, 1])
    subject = prepare("inspect", model, (x, lengths, y))
    (batch,) = subject.batches
    assert not subject.speaks_each_step and subject.call.form == "lengths"
    outputs = outputs_of(subject)
    assert_close(outputs, model(x, lengths))
    expected = nn.functional.cross_entropy(outputs, y, reduction="none")
    assert_close(subject.losses(outputs, batch), expected)
    same = prepare("inspect", model, ((x, lengths), y))
    assert_close(outputs_of(same), outputs)
    same = prepare("inspect", model, PaddedBatch(x, lengths))
    assert_close(outputs_of(same), outputs)


def test_padding_is_neither_an_output_nor_a_loss() -> None:
    model, lengths = PackedTagger(), torch.tensor([4, 2, 3])
    ids, tags = torch.randint(7, (6, 3)), torch.randint(5, (6, 3))
    subject = prepare("inspect", model, (ids, lengths, tags))
    (batch,) = subject.batches
    assert subject.call.time_first
    outputs = outputs_of(subject)
    assert outputs.shape == (3, 6, 5)  # the network drops the two steps that all have as padding
    losses = subject.losses(outputs, batch)
    for b, length in enumerate(lengths.tolist()):
        alone = model(ids[:length, b : b + 1], torch.tensor([length]))[0][:, 0]
        expected = nn.functional.cross_entropy(alone, tags[:length, b], reduction="none")
        assert_close(losses[b, :length], expected)
        assert bool((losses[b, length:] == 0).all())


def test_a_loop_of_cells() -> None:
    x = torch.randn(3, 5, 3)
    subject = prepare("inspect", Looping(), x)
    assert subject.layers[0].is_cell and subject.layers[0].name == "cell"
    assert_close(outputs_of(subject), subject.module(x))


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("ours", [True, False])
def test_a_layer_by_itself_in_its_own_layout(ours, batch_first) -> None:
    layer = (elman.nn if ours else nn).GRU(3, 4, batch_first=batch_first)
    x = torch.randn(2, 5, 3)
    subject = prepare("inspect", layer, x)
    expected = layer(x)[0] if batch_first else layer(x)[0].transpose(0, 1)
    assert_close(outputs_of(subject), expected)
    packed = pack_padded_sequence(torch.randn(5, 2, 3), torch.tensor([2, 5]), enforce_sorted=False)
    assert outputs_of(prepare("inspect", layer, packed))[0, 2:].abs().sum() == 0


def test_our_layers_take_padded_batches_with_resets() -> None:
    x, resets = torch.randn(2, 5, 3), torch.rand(2, 5) < 0.5
    batch = PaddedBatch(x, torch.tensor([5, 3]), resets)
    for layer in (elman.nn.LSTM(3, 4), elman.nn.Elman(3, 4, 2)):
        assert_close(outputs_of(prepare("inspect", layer, batch)), layer(batch)[0].values)


def test_outputs_that_are_probabilities_count_as_such() -> None:
    network = elman.nn.Elman(3, 4, 5)
    x, y = torch.randn(2, 6, 3), torch.randint(5, (2, 6))
    subject = prepare("inspect", network, (x, y))
    outputs = outputs_of(subject)
    expected = -outputs.gather(-1, y[..., None])[..., 0].log()
    assert_close(subject.losses(outputs, subject.batches[0]), expected)


def test_a_loader_is_read_until_there_is_enough() -> None:
    x, y = torch.randn(40, 5, 3), torch.randn(40, 5, 2)
    subject = prepare("inspect", Looping(), DataLoader(TensorDataset(x, y), batch_size=16))
    assert [len(batch.x) for batch in subject.batches] == [16, 16, 8]
    outputs = outputs_of(subject, 1)
    expected = (outputs - y[16:32]).square().mean(-1)
    assert_close(subject.losses(outputs, subject.batches[1]), expected)

    def endless():
        while True:
            yield torch.zeros(4, 1000, 3), torch.zeros(4, 1000, 2)

    assert len(prepare("inspect", Looping(), endless()).batches) == 17


def test_a_loss_of_the_users_own() -> None:
    x, y = torch.randn(2, 5, 3), torch.randn(2, 5, 2)
    for loss in (nn.L1Loss(), nn.functional.l1_loss, lambda o, y: (o - y).abs().mean()):
        subject = prepare("inspect", Looping(), (x, y), loss)
        outputs = outputs_of(subject)
        found = subject.losses(outputs, subject.batches[0])
        assert_close(found, (outputs - y).abs().mean(-1))


def test_one_target_a_sequence_judges_the_last_real_step() -> None:
    layer = elman.nn.RNN(3, 4, batch_first=True)
    batch, y = PaddedBatch(torch.randn(2, 5, 3), torch.tensor([5, 2])), torch.tensor([1, 3])
    subject = prepare("inspect", layer, (batch, y))
    outputs = outputs_of(subject)
    last = torch.stack([outputs[0, 4], outputs[1, 1]])
    expected = nn.functional.cross_entropy(last, y, reduction="none")
    assert_close(subject.losses(outputs, subject.batches[0]), expected)


def test_without_data_inputs_are_random_and_it_says_so() -> None:
    subject = prepare("inspect", TimeMajorLM(), least=100)
    assert subject.source == "random" and subject.longest >= 100
    assert not subject.batches[0].x.is_floating_point()
    assert prepare("inspect", Looping()).batches[0].x.shape == (16, 64, 3)
    assert prepare("inspect", Looping(), torch.randn(50, 3)).batches[0].x.shape == (1, 50, 3)


def test_a_double_copy_leaves_the_network_alone() -> None:
    model = Looping()
    subject = prepare("inspect", model, torch.randn(3, 5, 3)).double()
    assert subject.module is not model and outputs_of(subject).dtype == torch.float64
    assert model.head.weight.dtype == torch.float32 and model.head.weight.requires_grad


class Estimator:
    def material(self, data):
        resets = torch.tensor([i % 4 == 0 for i in range(12)])
        return Material(nn.Sequential(elman.nn.Elman(1, 2, 1)), data, resets, "stroke", 2.0)


def test_an_estimator_hands_over_its_network() -> None:
    assert isinstance(Estimator(), Inspectable)
    subject = prepare("inspect", Estimator(), torch.randn(12))
    assert (subject.unit, subject.unit_per_step) == ("stroke", 2.0)
    assert subject.batches[0].resets.tolist() == [[i % 4 == 0 for i in range(12)]]


def test_what_cannot_be_inspected_is_refused() -> None:
    x = torch.randn(2, 5, 3)
    with pytest.raises(ConfigError, match=r"must hold a recurrent layer .* Sequential of Linear"):
        prepare("inspect", nn.Sequential(nn.Linear(3, 2)), x)
    with pytest.raises(ConfigError, match=r"`model` must be a torch.nn.Module .* got int"):
        prepare("inspect", 3, x)
    with pytest.raises(DataError, match="at least 9 steps, got 5 in the longest"):
        prepare("inspect", Looping(), x, least=9)
    with pytest.raises(ShapeError, match="I=3 numbers a step to layer 'cell', got 7"):
        prepare("inspect", Looping(), torch.randn(2, 5, 7))
    with pytest.raises(DataError, match="must be finite, got NaN or infinity in the inputs"):
        prepare("inspect", Looping(), torch.full((2, 5, 3), torch.nan))
    with pytest.raises(DataError, match=r"`data` must be a tensor of ids .* got int"):
        prepare("inspect", Looping(), 3)
    with pytest.raises(DataError, match="got str"):
        prepare("inspect", Looping(), "x")
    with pytest.raises(DataError, match=r"must hold sequences, got none: shape \(0, 5, 3\)"):
        prepare("inspect", Looping(), x[:0])
    with pytest.raises(DataError, match="must hold a batch at least"):
        prepare("inspect", Looping(), [])
    with pytest.raises(DataError, match="got str"):
        prepare("inspect", Looping(), "text.txt")
    with pytest.raises(ShapeError, match="targets must be"):
        prepare("inspect", Looping(), (x, torch.zeros(4)))
    with pytest.raises(
        ShapeError, match=r"what the model takes, got int64 .* TimeMajorLM said: index"
    ):
        prepare("inspect", TimeMajorLM(), torch.full((5, 3), 99))
    subject = prepare("inspect", Looping(), (x, torch.zeros(2, 5, dtype=torch.bool)))
    with pytest.raises(ConfigError, match="`loss` must be given"):
        subject.losses(outputs_of(subject), subject.batches[0])


def test_weights_that_are_no_numbers_are_named() -> None:
    model = TimeMajorLM()
    with torch.no_grad():
        model.rnn.weight_hh_l1[3, 2] = torch.nan
    with pytest.raises(DataError, match=r"got NaN in `rnn.weight_hh_l1`"):
        prepare("inspect", model, torch.randint(11, (8, 3)))


def test_a_state_made_for_so_many_sequences_is_named() -> None:
    x = torch.randn(20, 30, 2)
    with pytest.raises(ConfigError, match="takes 20 and not 3"):
        prepare("spectrum", FixedState(20), x)
    assert trace(FixedState(20), x).layers[0].h.shape == (20, 30, 4)  # which calls it but once
    with pytest.raises(ShapeError, match="FixedState said: Expected hidden size"):
        prepare("spectrum", FixedState(7), x)


def test_a_state_that_is_kept_from_call_to_call_is_named() -> None:
    with pytest.raises(ConfigError, match="may keep its state from call to call"):
        prepare("memory_horizon", Carrying(), torch.randn(20, 30, 2))


def test_parts_have_the_names_that_they_have_elsewhere() -> None:
    network, ids = Turning(), torch.randint(9, (4, 12))
    (batch,) = prepare("trace", network, {"input_ids": ids, "labels": ids}).batches
    assert torch.equal(batch.x, ids) and torch.equal(batch.targets, ids)
    loader = [{"x": ids[:2], "y": ids[:2]}, {"x": ids[2:], "y": ids[2:]}]
    assert len(prepare("trace", network, loader).batches) == 2
    x, lengths = torch.randn(4, 12, 3), torch.tensor([12, 3, 7, 1])
    (batch,) = prepare("trace", PackedClassifier(), {"inputs": x, "lengths": lengths}).batches
    assert torch.equal(batch.lengths, lengths) and batch.targets is None
    with pytest.raises(DataError, match="lengths alone, got 'x', 'mask'"):
        prepare("trace", network, {"x": ids, "mask": ids > 0})


def test_what_was_compiled_is_looked_at_as_it_was_written() -> None:
    ids = torch.randint(9, (4, 12))
    network = Turning()
    plain = trace(network, ids)
    whole = torch.compile(network, backend="eager")
    whole(ids)
    inside = Turning()
    inside.load_state_dict(network.state_dict())
    inside.gru = torch.compile(inside.gru, backend="eager")
    inside(ids)
    in_place = Turning()
    in_place.load_state_dict(network.state_dict())
    in_place.compile(backend="eager")
    in_place(ids)
    for compiled in (whole, inside, in_place):
        seen = trace(compiled, ids)
        assert_close(seen.outputs, plain.outputs)
        assert_close(seen.layers[0].h, plain.layers[0].h)
