import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from elman.decoding.sampling import Sampling
from elman.errors import ConfigError, DataError, ShapeError

LOGITS = st.lists(st.floats(-20, 20), min_size=1, max_size=12).map(
    lambda row: torch.tensor([row], dtype=torch.float64)
)


def naive(logits, temperature, top_k, top_p, forbidden):
    """The docstring's steps, one token at a time."""
    left = [v for v in range(len(logits)) if v not in forbidden]
    left.sort(key=lambda v: (-logits[v], v))
    if temperature == 0:
        return [float(v == left[0]) for v in range(len(logits))]
    left = left[: top_k or None]
    best = logits[left[0]]
    weight = {v: math.exp((logits[v] - best) / temperature) for v in left}
    total, kept, reached = sum(weight.values()), [], 0.0
    for v in left:
        if kept and reached >= top_p and top_p < 1:
            break
        kept.append(v)
        reached += weight[v] / total
    total = sum(weight[v] for v in kept)
    return [weight[v] / total if v in kept else 0.0 for v in range(len(logits))]


@given(
    LOGITS,
    st.sampled_from([0.0, 0.3, 1.0, 2.5]),
    st.integers(0, 14),
    st.sampled_from([0.05, 0.5, 0.93, 1.0]),
    st.sets(st.integers(0, 11), max_size=4),
)
def test_probabilities_follow_the_steps_one_by_one(logits, temperature, top_k, top_p, forbidden):
    words = logits.shape[1]
    forbidden = {v for v in forbidden if v < words}
    if len(forbidden) == words:
        forbidden = set()
    sampling = Sampling(
        temperature=temperature, top_k=top_k, top_p=top_p, forbidden=tuple(forbidden)
    )
    expected = naive(logits[0].tolist(), temperature, top_k, top_p, forbidden)
    found = sampling.probabilities(logits)[0]
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float64))
    assert found.sum() == pytest.approx(1)


def test_without_options_it_is_softmax():
    logits = torch.randn(3, 7)
    torch.testing.assert_close(Sampling().probabilities(logits), logits.softmax(1))


def test_rows_do_not_touch_each_other():
    logits = torch.randn(4, 9)
    sampling = Sampling(temperature=0.7, top_k=5, top_p=0.8, forbidden=(2,))
    rows = torch.cat([sampling.probabilities(row[None]) for row in logits])
    torch.testing.assert_close(sampling.probabilities(logits), rows)


def test_logits_are_left_as_they_are():
    logits = torch.randn(2, 5)
    before = logits.clone()
    Sampling(temperature=0.5, top_k=2, top_p=0.5, forbidden=(1,)).probabilities(logits)
    assert torch.equal(logits, before)


def test_draws_come_as_often_as_their_probability():
    sampling = Sampling(temperature=0.8, top_k=3, forbidden=(0,))
    logits = torch.tensor([[9.0, 1.0, 0.5, 0.0, -1.0]])
    drawn = sampling.draw(logits.expand(40_000, 5), torch.Generator().manual_seed(1))
    share = torch.bincount(drawn, minlength=5) / 40_000
    # five standard deviations of a share of 40,000 draws: 5 · √(¼ / 40,000)
    torch.testing.assert_close(share, sampling.probabilities(logits)[0], atol=0.0125, rtol=0)
    assert share[[0, 4]].sum() == 0


def test_the_same_generator_draws_the_same_and_chance_elsewhere_is_not_touched():
    logits, before = torch.randn(20, 30), torch.get_rng_state()
    first = Sampling().draw(logits, torch.Generator().manual_seed(7))
    assert torch.equal(first, Sampling().draw(logits, torch.Generator().manual_seed(7)))
    assert torch.equal(torch.get_rng_state(), before)


def test_temperature_zero_takes_the_likeliest_and_no_chance():
    generator = torch.Generator().manual_seed(3)
    before = generator.get_state()
    greedy = Sampling(temperature=0, forbidden=(2,))
    assert greedy.draw(torch.tensor([[1.0, 3.0, 9.0, 3.0]]), generator).tolist() == [1]
    assert torch.equal(generator.get_state(), before)


@pytest.mark.parametrize("temperature", [5e-324, 1e-50, 1e-30, 1e30, 1e300])
def test_extreme_temperatures_stay_finite(temperature):
    p = Sampling(temperature=temperature).probabilities(torch.tensor([[50.0, -50.0, 0.0]]))
    torch.testing.assert_close(p.sum(), torch.tensor(1.0))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": -1}, "`temperature` must be at least 0 and below inf, got -1"),
        ({"temperature": math.nan}, "`temperature` must be .*, got nan"),
        ({"top_k": -2}, "`top_k` must be at least 0, got -2"),
        ({"top_p": 0.0}, "`top_p` must be above 0 and at most 1, got 0.0"),
        ({"top_p": 1.1}, "`top_p` must be above 0 and at most 1, got 1.1"),
    ],
)
def test_absurd_options_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        Sampling(**options)


def test_misfits_are_named():
    with pytest.raises(ShapeError, match=r"`logits` must be \(B, V\) .*, got \(3,\) in float32"):
        Sampling().probabilities(torch.zeros(3))
    with pytest.raises(ShapeError, match="in int64"):
        Sampling().probabilities(torch.zeros(1, 3).long())
    with pytest.raises(ConfigError, match="`forbidden` must hold ids in 0 … 2, got 3"):
        Sampling(forbidden=(3,)).probabilities(torch.zeros(1, 3))
    with pytest.raises(DataError, match="row 1 must leave a token to draw, got all forbidden"):
        Sampling().probabilities(torch.tensor([[0.0], [-math.inf]]))
    for bad in (math.nan, math.inf):
        with pytest.raises(DataError, match=f"got {bad} in row 0. The network has diverged"):
            Sampling().draw(torch.tensor([[0.0, bad]]))


def test_a_number_must_be_one() -> None:
    with pytest.raises(ConfigError, match=r"Sampling: `top_k` must be a whole number, got 2\.5"):
        Sampling(top_k=2.5)  # type: ignore[arg-type]
