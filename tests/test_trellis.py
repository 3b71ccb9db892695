"""Against brute force over all paths."""

import itertools

import numpy as np
import pytest

from elman.trellis import best_path, posteriors

SIZES = [(3,), (1, 2), (2, 3, 4), (3, 1, 2, 3), (2, 2, 2, 2, 2)]


def trellis(sizes: tuple[int, ...], seed: int = 0, second_order: bool = True) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    padded = (1, 1, *sizes)
    shapes = list(zip(padded, padded[1:], sizes, strict=False))
    if not second_order:
        shapes = [(1, i, j) for _, i, j in shapes]
    return [rng.normal(0, 2, shape) for shape in shapes]


def worth(scores: list[np.ndarray], path: tuple[int, ...]) -> float:
    padded = (0, 0, *path)
    total = 0.0
    for t, step in enumerate(scores):
        h = padded[t] if step.shape[0] > 1 else 0
        total += step[h, padded[t + 1], padded[t + 2]]
    return total


@pytest.mark.parametrize("second_order", [True, False])
@pytest.mark.parametrize("sizes", SIZES)
def test_agrees_with_all_paths(sizes: tuple[int, ...], second_order: bool) -> None:
    for seed in range(5):
        scores = trellis(sizes, seed, second_order)
        paths = list(itertools.product(*map(range, sizes)))
        worths = np.array([worth(scores, path) for path in paths])
        path, score = best_path(scores)
        assert tuple(path) == paths[int(worths.argmax())]
        assert score == pytest.approx(worths.max(), rel=1e-12)
        shares = np.exp(worths) / np.exp(worths).sum()
        for t, found in enumerate(posteriors(scores)):
            expected = [shares[[p[t] == k for p in paths]].sum() for k in range(sizes[t])]
            np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_what_cannot_be_is_never_taken() -> None:
    scores = trellis((2, 2, 2))
    scores[1][0, :, 1] = -np.inf
    path, _ = best_path(scores)
    assert path[1] == 0
    np.testing.assert_allclose(posteriors(scores)[1], [1, 0], atol=1e-15)


def test_long_paths_neither_overflow_nor_vanish() -> None:
    step = np.full((2, 2, 2), -800.0)
    step[:, :, 1] = -799.0
    scores = [step[:1, :1], step[:1], *[step] * 3000]
    path, score = best_path(scores)
    assert path == [1] * 3002
    assert score == -799.0 * 3002
    np.testing.assert_allclose(posteriors(scores)[-1], [0.26894142, 0.73105858], rtol=1e-6)


def test_nothing() -> None:
    assert best_path([]) == ([], 0.0)
    assert posteriors([]) == []
