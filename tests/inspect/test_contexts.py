import itertools
import math

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from elman.contracts import Material
from elman.data.datasets.elman_sentences import (
    entropy,
    extra_losses,
    generate,
    horizon,
    machine,
)
from elman.data.datasets.elman_sentences.beliefs import believe
from elman.data.datasets.elman_sentences.model import ExactModel
from elman.errors import ConfigError, DataError, ShapeError
from elman.inspect import memory_horizon
from elman.inspect.contexts import approach_horizon
from elman.sequences import PaddedBatch

LOG_TWO = math.log(2)
TRUTH = list(itertools.islice(extra_losses(), 13))


class Recurrent(nn.Module):
    """A small torch network as a `Steppable`, without resets."""

    def __init__(self, vocabulary: int, hidden: int = 12) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, hidden)
        self.layer = nn.GRU(hidden, hidden, batch_first=True)
        self.head = nn.Linear(hidden, vocabulary)
        self.dropout = nn.Dropout(0.5)

    def initial_state(self, batch_size):
        return (torch.zeros(1, batch_size, self.layer.hidden_size),)

    def forward(self, x, state=None, resets=None):
        assert resets is None
        output, h = self.layer(self.dropout(self.embedding(x)), *(state or ()))
        return self.head(output), (h,)


class Delay:
    """Says for certain that what came `delay` steps ago comes next; blank where it cannot know."""

    def __init__(self, delay: int, symbols: int) -> None:
        self.delay, self.symbols = delay, symbols

    def initial_state(self, batch_size):
        return (torch.full((1, batch_size, self.delay), -1),)

    def __call__(self, x, state=None, resets=None):
        (memory,) = state or self.initial_state(len(x))
        memory, outputs = memory[0], []
        for t in range(x.shape[1]):
            if resets is not None:
                memory = torch.where(resets[:, t, None], -1, memory)
            memory = torch.cat([memory[:, 1:], x[:, t, None]], dim=1)
            oldest = memory[:, 0]
            known = nn.functional.one_hot(oldest.clamp_min(0), self.symbols) * 50.0
            outputs.append(torch.where(oldest[:, None] < 0, 0.0, known))
        return torch.stack(outputs, dim=1), (memory[None],)


class Tagger(nn.Module):
    """An LSTM over four symbols with an output a step, or after the last."""

    def __init__(self, last: bool = False) -> None:
        super().__init__()
        self.embedding = nn.Embedding(4, 8)
        self.layer = nn.LSTM(8, 24, batch_first=True)
        self.head = nn.Linear(24, 4)
        self.last = last

    def forward(self, x):
        output, _ = self.layer(self.embedding(x))
        return self.head(output[:, -1] if self.last else output)


def delayed(delay, steps):
    """Batches of symbols, and what came `delay` steps before each; noise before the first."""

    def draw(batch, seed):
        generator = torch.Generator().manual_seed(seed)
        x = torch.randint(4, (batch, delay + steps), generator=generator)
        return x[:, delay:], x[:, :-delay]

    return draw


def train(model, draw, updates=300):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for update in range(updates):
        x, y = draw(32, 1000 + update)
        loss = nn.functional.cross_entropy(model(x).flatten(0, -2), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def wiped(ids, resets):
    """A text whose memory is wiped at some steps."""
    return PaddedBatch.full(ids[None], resets[None])


class Wiped:
    """The exact model as an estimator whose memory is wiped at some steps."""

    def __init__(self, resets) -> None:
        self.resets = resets

    def material(self, data):
        return Material(ExactModel(), data, self.resets)


def words_of(sentences, seed):
    words = [word for text in generate(sentences, seed) for word in (*text.split(), "<eos>")]
    return torch.tensor(machine().encode(words))


@pytest.fixture(scope="module")
def measured():
    """The exact model on about 33,000 words."""
    torch.set_num_threads(1)  # this fixture comes before the one that sets it for every test
    return memory_horizon(ExactModel(), words_of(4000, 11), max_context=12, positions=16_000)


def test_the_exact_model_measures_the_true_losses(measured) -> None:
    for extra, error, true in zip(measured.extra, measured.errors, TRUTH[1:], strict=True):
        assert abs(extra - true) < 4 * error + 1e-9
    assert measured.full_loss == pytest.approx(entropy(), abs=0.03)
    assert measured.losses[0] == pytest.approx(measured.full_loss + measured.extra[0])


def test_the_exact_model_measures_the_true_horizon(measured) -> None:
    assert measured.steps == horizon() == 9
    assert measured.low <= 9 <= measured.high
    assert measured.high - measured.low <= 3


def test_the_interval_holds_the_true_horizon_as_often_as_it_says() -> None:
    """Of 20 measurements on few words each, a true 95 % interval misses four or more in 1.6 %."""
    missed = 0
    for seed in range(20):
        found = memory_horizon(
            ExactModel(), words_of(160, 50 + seed), max_context=10, tolerance=0.05, positions=400
        )
        missed += not (found.low or 11) <= horizon(0.05) <= (found.high or 11)
    assert missed <= 3


@pytest.mark.parametrize("n", range(1, 9))
def test_the_exact_model_measures_the_true_horizon_at_any_tolerance(measured, n) -> None:
    """At tolerances half-way between the true loss of n - 1 words and that of n."""
    before, after = TRUTH[n - 1 : n + 1]
    tolerance = math.sqrt(before * after)
    assert 1 + sum(extra > tolerance for extra in measured.extra) == horizon(tolerance) == n


def test_the_exact_model_measures_what_its_beliefs_say() -> None:
    """Position by position, against the probabilities by the grammar's own arrays."""
    ids = words_of(15, 14)
    found = memory_horizon(ExactModel(), ids, max_context=4, positions=10_000)
    text = ids.tolist()
    assert found.positions == len(text) - 20  # all of them, in one row
    nats = [[], [], [], []]
    for start in range(16, len(text) - 4):
        for n in range(1, 5):
            cut = believe(machine(), text[start : start + n]) @ machine().probabilities
            full = believe(machine(), text[: start + n]) @ machine().probabilities
            nats[n - 1].append(math.log(full[text[start + n]] / cut[text[start + n]]))
    assert found.extra == pytest.approx([sum(row) / len(row) for row in nats], abs=1e-12)


@pytest.mark.parametrize("delay", [1, 4, 7])
def test_a_copy_task_of_known_delay(delay) -> None:
    ids = torch.randint(2, (delay,), generator=torch.Generator().manual_seed(1)).repeat(400)
    found = memory_horizon(Delay(delay, 2), ids, max_context=10, positions=200)
    assert found.steps == delay
    assert_close(found.extra[: delay - 1], (LOG_TWO,) * (delay - 1))
    assert found.extra[delay - 1 :] == pytest.approx([0.0] * (11 - delay), abs=1e-9)


def test_agrees_with_brute_force_for_a_trained_network() -> None:
    torch.manual_seed(3)
    ids = words_of(150, 12)
    model = Recurrent(len(machine().words))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    rows = ids[: len(ids) // 16 * 16].reshape(16, -1)
    for _ in range(10):
        logits, _ = model(rows[:, :-1])
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    text = words_of(25, 13)
    found = memory_horizon(model, text, max_context=5, positions=10_000)
    extra, full = brute_force(model.eval(), text, 5)
    assert found.positions == len(text) - 25  # all of them
    assert_close(found.extra, extra)
    assert_close(found.full_loss, full)


def brute_force(model, ids, contexts):
    """Every position beyond the warm-up, every context, one reading each from a wiped memory."""

    def loss(begin, end):
        logits, _ = model(ids[None, begin:end])
        return float(nn.functional.cross_entropy(logits[0, -1:].double(), ids[end : end + 1]))

    with torch.no_grad():
        starts = range(4 * contexts, len(ids) - contexts)
        fulls = {end: loss(0, end) for end in range(4 * contexts + 1, len(ids))}
        extra = tuple(
            sum(loss(start, start + n) - fulls[start + n] for start in starts) / len(starts)
            for n in range(1, contexts + 1)
        )
    return extra, sum(fulls.values()) / len(fulls)


def test_resets_cut_both_readings_alike() -> None:
    """Where memory is wiped every three steps, nothing can look back further."""
    ids, resets = torch.arange(600) % 2, torch.arange(600) % 3 == 0
    found = memory_horizon(Delay(2, 2), wiped(ids, resets), max_context=6)
    assert found.steps == 2
    assert found.full_loss == pytest.approx(LOG_TWO / 3, abs=0.01)
    ids = torch.arange(600) % 4
    assert memory_horizon(Delay(4, 4), wiped(ids, resets), max_context=6).steps == 1


def test_says_when_the_horizon_is_out_of_sight() -> None:
    ids = torch.arange(700) % 7
    found = memory_horizon(Delay(7, 7), ids, max_context=5, positions=50)
    assert found.steps is None
    assert str(found) == "more than 5"


def test_the_same_seed_measures_the_same_and_modes_are_given_back() -> None:
    model, ids = Recurrent(len(machine().words)).train(), words_of(60, 2)
    first, second = (memory_horizon(model, ids, max_context=4, positions=50) for _ in range(2))
    assert first == second
    assert first != memory_horizon(model, ids, max_context=4, positions=50, seed=1)
    assert model.training
    assert all(parameter.grad is None for parameter in model.parameters())


def test_looks_further_until_the_horizon_is_in_sight() -> None:
    ids = torch.randint(2, (20,), generator=torch.Generator().manual_seed(1)).repeat(60)
    found = memory_horizon(Delay(20, 2), ids, positions=200)
    assert (found.steps, found.longest) == (20, 32)
    assert memory_horizon(Delay(20, 2), ids[:81], positions=200).steps is None  # the text ends


def test_the_way_to_the_answer_is_told_place_by_place() -> None:
    ids = torch.randint(2, (20,), generator=torch.Generator().manual_seed(1)).repeat(90)
    told = [
        (len(each.measured.extra), each.places, each.horizon.longest, each.horizon.steps)
        for each in approach_horizon(Delay(20, 2), ids, positions=1200)
    ]
    assert told == [
        (512, 1200, 16, None),  # few places show that it looks back further
        (512, 1200, 32, 20),
        (1024, 1200, 32, 20),
        (1200, 1200, 32, 20),
    ]
    *_, last = approach_horizon(Delay(20, 2), ids, positions=1200)
    assert last.horizon == memory_horizon(Delay(20, 2), ids, positions=1200)


def test_places_come_one_after_another_and_stand_in_the_order_of_the_text() -> None:
    """All places at once, and the same by and by: resampling takes neighbours together."""
    model, ids = ExactModel(), words_of(400, 4)
    *_, whole = approach_horizon(model, ids, max_context=3, positions=10_000)
    few = next(approach_horizon(model, ids, max_context=3, positions=10_000))
    rows = {tuple(row) for row in whole.measured.extra.tolist()}
    assert all(tuple(row) in rows for row in few.measured.extra.tolist())
    assert len(few.measured.extra) == 512 < whole.places == len(whole.measured.extra)
    text = ids.tolist()
    first = believe(machine(), text[12:13]) @ machine().probabilities
    full = believe(machine(), text[:13]) @ machine().probabilities
    assert whole.measured.extra[0, 0] == pytest.approx(
        math.log(full[text[13]] / first[text[13]]), abs=1e-9
    )


def test_an_estimator_brings_its_unit_and_its_resets() -> None:
    class Model:
        def material(self, data):
            ids, resets = torch.arange(600) % 2, torch.arange(600) % 3 == 0
            return Material(Delay(2, 2), ids, resets, "hour", 0.5)

    found = memory_horizon(Model(), "a file", max_context=6)
    assert found.steps == 2
    assert found.full_loss == pytest.approx(LOG_TWO / 3, abs=0.01)
    assert (found.unit, found.unit_per_step, found.said[:6]) == ("hour", 0.5, "1 hour")


def test_a_trained_copy_task_of_known_delay() -> None:
    """A network that learned to say what came three steps ago needs four: those three and now."""
    model = Tagger()
    train(model, delayed(3, 24))
    found = memory_horizon(model, delayed(3, 40)(64, 1))
    assert (found.steps, found.low) == (4, 4)
    assert found.measure == "nats"
    assert found.extra[:3] == pytest.approx([math.log(4)] * 3, abs=0.15)
    assert max(found.extra[4:]) < 0.01


def test_a_classifier_that_must_remember_the_first_symbol() -> None:
    """One label a sequence, what stood seven steps before its end: the horizon is eight."""

    def draw(batch, seed):
        x = torch.randint(4, (batch, 8), generator=torch.Generator().manual_seed(seed))
        return x, x[:, 0]

    model = Tagger(last=True)
    train(model, draw)
    found = memory_horizon(model, draw(400, 1))
    assert found.steps is None  # seven steps at most are cut off eight
    assert found.longest == 7
    assert min(found.extra) > 0.5


def test_a_regressor_is_measured_in_squared_errors() -> None:
    """y_t = x_t + x_{t-2}, known exactly to a linear network with two delays in its state."""
    layer = nn.RNN(1, 3, nonlinearity="relu", bias=False, batch_first=True)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.tensor([[1.0], [0.0], [0.0]]))
        layer.weight_hh_l0.copy_(torch.tensor([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]))
    x = torch.rand(50, 30, 1, generator=torch.Generator().manual_seed(2))  # relu is the identity

    class Sum(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = layer

        def forward(self, x):
            h, _ = self.layer(x)
            return h[..., :1] + h[..., 2:]

    y = x.clone()
    y[:, 2:] += x[:, :-2]
    found = memory_horizon(Sum(), (x, y), max_context=6)
    assert (found.steps, found.measure) == (3, "squared error")
    assert found.extra[:2] == pytest.approx([1 / 3] * 2, abs=0.03)  # E x² where x is unseen
    assert_close(found.extra[2:], (0.0,) * 4)
    assert found.tolerance == pytest.approx(0.01 * found.losses[0])
    change = memory_horizon(Sum(), x, max_context=6)
    assert (change.steps, change.measure, change.full_loss) == (3, "change of output", 0.0)
    assert change.extra[0] == pytest.approx((1 / 3) / (2 / 12), abs=0.15)  # E x² over Var(x + x')
    assert found.steps == memory_horizon(Sum(), (x, y), loss=nn.L1Loss(), max_context=6).steps


def test_nan_is_refused() -> None:
    model = Recurrent(len(machine().words))
    nn.init.constant_(model.head.weight, math.nan)
    with pytest.raises(DataError, match=r"the model must give numbers, got NaN"):
        memory_horizon(model, words_of(60, 2), max_context=4)


def test_faults_are_refused() -> None:
    ids = words_of(60, 2)
    with pytest.raises(DataError, match=r"the text must have at least 101 steps, got 100"):
        memory_horizon(ExactModel(), ids[:100], max_context=20)
    with pytest.raises(ShapeError, match=r"`ids` must have shape \(N,\), got \(2, 50\)"):
        memory_horizon(ExactModel(), ids[:100].reshape(2, 50))
    with pytest.raises(ShapeError, match=r"`resets` must have shape \(N=\d+,\)"):
        memory_horizon(Wiped(torch.zeros(5, dtype=torch.bool)), ids)
    for name, value in (("tolerance", 0.0), ("max_context", 0), ("positions", 1)):
        with pytest.raises(ConfigError, match=f"memory_horizon: `{name}` must be"):
            memory_horizon(ExactModel(), ids, **{name: value})
