"""The loss of a classifier, in training and in validation."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from elman.data.labelled import Labelled
from elman.tasks.classification.codec import ClassCodec
from elman.tasks.classification.config import ClassificationConfig
from elman.tasks.classification.examples import Examples
from elman.tasks.classification.job import ClassificationJob
from elman.tasks.classification.trained import build


@pytest.mark.parametrize("weights", ["none", "balanced"])
def test_validation_weighs_as_training_does(weights: str) -> None:
    config = ClassificationConfig(hidden_size=4, dropout=0.0, class_weights=weights)
    train = [Labelled("a b", "common" if n % 4 else "rare", f"line {n}") for n in range(12)]
    codec = ClassCodec.fit(train, config, "t")
    validation = Examples(codec, train[:6])  # 2 of 6 are rare, not 3 of 12
    module = build(config, codec).double().eval()
    job = ClassificationJob(module, codec, Examples(codec, train), validation, config)
    whole = validation.batch(np.arange(6))
    assert job.validate() == pytest.approx(job.loss(whole, None).loss.item())
    plain = F.cross_entropy(module(whole.x), whole.classes, reduction="none")
    rare = whole.classes == codec.number("rare")
    each = torch.where(rare, 12 / 2 / 3, 12 / 2 / 9) if weights == "balanced" else 1.0
    assert job.validate() == pytest.approx((plain * each).mean().item())


@pytest.mark.parametrize("weights", ["none", "balanced"])
def test_smoothed_labels_count_for_all_classes(weights: str) -> None:
    config = ClassificationConfig(
        hidden_size=4, dropout=0.0, label_smoothing=0.3, class_weights=weights
    )
    train = [Labelled("a b", "common" if n % 4 else "rare", f"line {n}") for n in range(8)]
    codec = ClassCodec.fit(train, config, "t")
    examples = Examples(codec, train)
    module = build(config, codec).double().eval()
    batch = examples.batch(np.arange(8))
    logs = module(batch.x).log_softmax(1)
    wanted = F.one_hot(batch.classes, 2) * 0.7 + 0.3 / 2
    smoothed = ClassificationJob(module, codec, examples, examples, config).loss(batch, None).loss
    rare = batch.classes == codec.number("rare")
    each = torch.where(rare, 8 / 2 / 2, 8 / 2 / 6) if weights == "balanced" else 1.0
    assert smoothed.item() == pytest.approx(-((wanted * logs).sum(1) * each).mean().item())


def test_the_loss_of_a_committee_is_the_mean_of_its_members() -> None:
    """Weighed and smoothed as theirs; so is each weight's gradient a share of its own network's."""
    config = ClassificationConfig(
        hidden_size=4, dropout=0.0, label_smoothing=0.3, class_weights="balanced", members=3
    )
    train = [Labelled("a b", "common" if n % 4 else "rare", f"line {n}") for n in range(8)]
    codec = ClassCodec.fit(train, config, "t")
    examples = Examples(codec, train)
    module = build(config, codec).double().eval()
    batch = examples.batch(np.arange(8))
    losses = [
        ClassificationJob(member, codec, examples, examples, config).loss(batch, None).loss
        for member in module.members
    ]
    whole = ClassificationJob(module, codec, examples, examples, config)
    loss = whole.loss(batch, None).loss
    torch.testing.assert_close(loss, torch.stack(losses).mean())
    weights = list(module.parameters())
    together = torch.autograd.grad(loss, weights)
    alone = torch.autograd.grad(sum(losses), weights)
    for name, ours, theirs in zip(dict(module.named_parameters()), together, alone, strict=True):
        torch.testing.assert_close(ours, theirs / 3, msg=lambda said, name=name: f"{name}: {said}")
    logs = module(batch.x)  # it is validated by what all say together
    rare = batch.classes == codec.number("rare")
    nats = F.nll_loss(logs, batch.classes, reduction="none") * torch.where(rare, 2, 2 / 3)
    assert whole.validate() == pytest.approx(nats.mean().item())
