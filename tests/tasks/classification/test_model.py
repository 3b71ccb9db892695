"""The classifier's network: pooling by the book, and answers that never look ahead."""

from typing import Any

import pytest
import torch
from torch import Tensor

from elman.choices import POOLINGS
from elman.errors import ConfigError
from elman.sequences import PaddedBatch
from elman.tasks.classification.config import ClassifierFields
from elman.tasks.classification.model import ClassificationModule

I, K = 3, 4


def build(pooling: str, **options: Any) -> ClassificationModule:
    torch.manual_seed(0)
    fields = ClassifierFields(hidden_size=5, pooling=pooling, dropout=0.5, **options)
    return ClassificationModule(fields, I, K, of_text=False).double().eval()


def batch() -> PaddedBatch:
    torch.manual_seed(1)
    lengths = torch.tensor([6, 1, 4])
    return PaddedBatch(torch.randn(3, 6, I, dtype=torch.float64), lengths)


def alone(module: ClassificationModule, x: Tensor) -> Tensor:
    """The logits of one sequence (T, I) by the definition of its pooling."""
    h, _ = module.stack(x[None])
    h = h[0]
    z = torch.cat([h, x], 1) if module.pool_input else h
    if module.pooling == "last":
        H = module.stack.hidden_size
        pooled = torch.cat([h[-1, :H], h[0, H:]])
    elif module.pooling == "mean":
        pooled = z.mean(0)
    elif module.pooling == "statistics":
        pooled = torch.cat([z.mean(0), (z.var(0, correction=0) + 1e-5).sqrt()])
    else:
        assert module.attention is not None
        pooled = (module.attention(z).softmax(0) * z).sum(0)
    return module.head(pooled)


@pytest.mark.parametrize("pool_input", [False, True])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("pooling", POOLINGS)
def test_pooling_is_that_of_each_sequence_alone(
    pooling: str, bidirectional: bool, pool_input: bool
) -> None:
    module, x = build(pooling, bidirectional=bidirectional, pool_input=pool_input), batch()
    assert module.pool_input == (pool_input and pooling != "last")
    expected = torch.stack([alone(module, row) for row in x.to_list()])
    x.values[~x.mask] = torch.nan  # padding is never read
    torch.testing.assert_close(module(x), expected)


@pytest.mark.parametrize("cell", ["elman", "lstm"])
@pytest.mark.parametrize("pooling", POOLINGS)
def test_an_early_answer_is_that_of_the_beginning_alone(pooling: str, cell: str) -> None:
    module, x = build(pooling, cell=cell), batch()
    steps = module.every_step(x)
    for row, sequence in enumerate(x.to_list()):
        for t in range(1, len(sequence) + 1):
            torch.testing.assert_close(steps[row, t - 1], alone(module, sequence[:t]))


def test_what_reads_from_the_end_has_no_early_answer() -> None:
    module = build("mean", bidirectional=True)
    assert not module.answers_early
    with pytest.raises(ConfigError, match="`bidirectional` must be False for an answer"):
        module.every_step(batch())


def test_values_of_a_series_are_dropped_while_training() -> None:
    module, x = build("mean"), batch()
    read: list[Tensor] = []
    module.stack.register_forward_pre_hook(lambda _, given: read.append(given[0].values))
    module(x)
    module.train()
    module(x)
    untouched, thinned = read
    assert torch.equal(untouched, x.values)
    assert torch.equal(thinned, torch.where(thinned == 0, 0, 2 * x.values))  # half are dropped
    assert 0 < (thinned[0] == 0).sum() < thinned[0].numel()


def test_noise_is_for_training_alone() -> None:
    module = build("last")
    module.noise = 1.0
    x = batch()
    assert torch.equal(module(x), module(x))
    module.train()
    module.dropout.p = 0.0
    assert not torch.equal(module(x), module(x))


def test_a_series_is_shifted_as_a_whole_while_training() -> None:
    module, x = build("mean"), batch()
    module.shift, module.dropout.p = 0.5, 0.0
    read: list[Tensor] = []
    module.stack.register_forward_pre_hook(lambda _, given: read.append(given[0].values))
    module(x)
    module.train()
    module(x)
    untouched, moved = read
    assert torch.equal(untouched, x.values)
    by = moved - x.values
    torch.testing.assert_close(by, by[:, :1].expand_as(by))
    assert len(by[:, 0].unique()) == by[:, 0].numel()  # each series and channel its own


def text_module(**options: float) -> ClassificationModule:
    torch.manual_seed(0)
    fields = ClassifierFields(hidden_size=5, dropout=0.0, **options)  # type: ignore[arg-type]
    return ClassificationModule(fields, 1000, K, of_text=True)


def test_words_begin_small() -> None:
    embedding = text_module().embedding
    assert embedding is not None
    largest = float(embedding.weight.detach().abs().max())
    assert 0.099 < largest <= 0.1


def test_a_share_of_words_is_read_as_unknown_while_training() -> None:
    module = text_module(word_dropout=0.25)
    assert module.embedding is not None
    ids = torch.randint(1, 1000, (200, 50))
    read: list[Tensor] = []
    module.embedding.register_forward_pre_hook(lambda _, given: read.append(given[0]))
    module(PaddedBatch.full(ids))
    module.eval()
    module(PaddedBatch.full(ids))
    thinned, untouched = read
    assert torch.equal(untouched, ids)
    assert torch.equal(thinned, torch.where(thinned == 0, 0, ids))
    share = float((thinned == 0).double().mean())  # of 10,000: its deviation is 0.0043
    assert abs(share - 0.25) < 0.0043 * 5
