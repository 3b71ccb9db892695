import numpy as np
import pytest
import torch

from elman.baselines.logistic import fit_logistic


def fitted(rows: np.ndarray, targets: list[int], penalty: float) -> np.ndarray:
    features = torch.from_numpy(rows)
    return fit_logistic(
        lambda w: features @ w[:-1] + w[-1], rows.shape[1], torch.tensor(targets), penalty
    ).numpy()


def test_without_features_it_knows_shares() -> None:
    weights = fitted(np.zeros((4, 1)), [0, 0, 0, 1], 0.0)
    assert np.exp(weights[-1, 0] - weights[-1, 1]) == pytest.approx(3, rel=1e-5)
    assert not weights[0].any()


def test_the_gradient_vanishes_at_the_optimum() -> None:
    rng = np.random.default_rng(0)
    rows, targets, penalty = rng.normal(size=(60, 3)), rng.integers(0, 3, 60), 0.1
    weights = fitted(rows, targets.tolist(), penalty)
    logits = rows @ weights[:-1] + weights[-1]
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    wrong = (shares - np.eye(3)[targets]) / 60
    np.testing.assert_allclose(rows.T @ wrong + penalty * weights[:-1], 0, atol=1e-6)
    np.testing.assert_allclose(wrong.sum(0), 0, atol=1e-6)
