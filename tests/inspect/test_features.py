"""Networks that tell features and outputs apart are read as any other, with fewer outputs made."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from elman.contracts import Scorable, Steppable
from elman.inspect import gradient_flow, memory_horizon, recall, saturation, spectrum
from elman.inspect.contexts import approach_horizon
from elman.inspect.rows import losses, read_features

WORDS, UNITS = 11, 6


class Plain(nn.Module):
    """A language model that says its outputs and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(5)
        self.embedding = nn.Embedding(WORDS, UNITS)
        self.layer = nn.GRU(UNITS, UNITS, batch_first=True)
        self.head = nn.Linear(UNITS, WORDS)
        for parameter in self.parameters():
            nn.init.normal_(parameter)
        self.steps_said = 0

    def initial_state(self, batch_size):
        return (torch.zeros(1, batch_size, UNITS),)

    def forward(self, x, state=None, resets=None):
        assert resets is None
        output, h = self.layer(self.embedding(x), *(state or ()))
        return self.say(output), (h,)

    def say(self, output):
        self.steps_said += output.numel() // UNITS
        return self.head(output)


class Apart(Plain):
    """The same network, which tells both apart."""

    def features(self, x, state=None, resets=None):
        output, h = self.layer(self.embedding(x), *(state or ()))
        return output, (h,)

    def logits(self, features):
        return self.say(features)

    def log_probabilities(self, features, targets):
        logs = self.say(features).log_softmax(-1)
        return logs.gather(-1, targets[:, None])[:, 0]


@pytest.fixture(scope="module")
def text():
    """What the network itself says, so that it looks back."""
    ids, state = [torch.zeros(1, 1, dtype=torch.int64)], None
    model, generator = Plain().eval(), torch.Generator().manual_seed(1)
    with torch.no_grad():
        for _ in range(2600):
            logits, state = model(ids[-1], state)
            drawn = torch.multinomial(logits[0, -1].softmax(0), 1, generator=generator)
            ids.append(drawn[None])
    return torch.cat(ids)[:, 0]


def test_which_networks_do() -> None:
    assert isinstance(Apart(), Scorable)
    assert isinstance(Plain(), Steppable)
    assert not isinstance(Plain(), Scorable)


def test_losses_are_the_same_however_many_steps_are_read_at_once(text, monkeypatch) -> None:
    x, targets = text[:-1].view(4, -1), text[1:].view(4, -1)
    with torch.no_grad():
        expected = losses(Plain().eval(), x, targets, None).float()  # as it was worked out
        features = read_features(Apart().eval(), x, None)
        assert_close(losses(Apart().eval(), x, targets, None).float(), expected)
        monkeypatch.setattr("elman.inspect.rows._CELLS", 4 * UNITS * 7)  # seven steps at once
        assert_close(losses(Apart().eval(), x, targets, None).float(), expected)
        assert_close(read_features(Apart().eval(), x, None), features)


def test_the_horizon_is_the_same(text) -> None:
    plain, apart = (memory_horizon(model, text) for model in (Plain(), Apart()))
    assert plain.steps is not None
    assert (plain.steps, plain.low, plain.high) == (apart.steps, apart.low, apart.high)
    assert_close(apart.extra, plain.extra, rtol=1e-4, atol=1e-6)  # of differences, in float32
    assert apart.full_loss == pytest.approx(plain.full_loss, rel=1e-6)


def test_of_the_full_context_only_what_is_wanted_is_scored(text) -> None:
    model = Apart()
    first = next(approach_horizon(model, text, max_context=4, positions=2000))
    assert len(first.measured.extra) == 512
    here = model.steps_said - 512 * 4
    assert 512 <= here <= len(text) - 1 and here == len(first.measured.full)


def test_gradients_are_the_same_and_only_losses_that_are_followed_are_made(text) -> None:
    (plain,), (apart,) = (
        gradient_flow(model, text, max_lag=5, positions=8).layers for model in (Plain(), Apart())
    )
    assert apart.relative == pytest.approx(plain.relative, rel=1e-9)


@pytest.mark.parametrize("instrument", [recall, saturation, spectrum])
def test_memories_are_the_same_and_nothing_is_said(text, instrument) -> None:
    model = Apart()
    plain, apart = instrument(Plain(), text).to_json(), instrument(model, text).to_json()
    assert plain.keys() == apart.keys()
    assert model.steps_said <= 100  # how it is called, and what it returns, is tried on few steps
    figures = {"recall": "scores", "saturation": "layers", "spectrum": "layers"}[plain["kind"]]
    assert plain[figures] == apart[figures]
