import dataclasses
import math

import pytest
import torch

from elman.data.codecs import WordCodec
from elman.data.tokens import TokenFile
from elman.tasks.language.config import LanguageFields
from elman.tasks.language.job import LanguageJob, rows_for
from elman.tasks.language.model import LanguageModule

FIELDS = LanguageFields(hidden_size=8, batch_size=3, truncation_steps=5)
CODEC = WordCodec(["<unk>", "<eos>", *"abcdefg"], "whitespace")


def tokens(length: int, seed: int) -> TokenFile:
    drawn = torch.randint(1, CODEC.size, (length,), generator=torch.Generator().manual_seed(seed))
    return TokenFile.from_ids(drawn.tolist())


@pytest.fixture
def job() -> LanguageJob:
    return LanguageJob(
        LanguageModule(FIELDS, CODEC.size), CODEC, tokens(102, 1), tokens(30, 2), FIELDS
    )


def test_every_token_after_the_first_is_learned_once(job: LanguageJob) -> None:
    windows = list(job.batches(epoch=0, start=0))
    assert len(windows) == job.steps_per_epoch
    assert sum(window.items for window in windows) == 101


def test_a_position_is_where_batches_go_on(job: LanguageJob) -> None:
    whole, rest = list(job.batches(0, 0)), list(job.batches(3, 4))
    assert len(rest) == len(whole) - 4
    assert torch.equal(rest[0].inputs, whole[4].inputs)


def test_loss_counts_only_what_is_text(job: LanguageJob) -> None:
    job.module.eval()
    last = list(job.batches(0, 0))[-1]
    assert last.weights is not None
    step = job.loss(last, None)
    assert step.items == int(last.weights.sum())
    changed = dataclasses.replace(last, targets=last.targets.masked_fill(~last.weights, 3))
    assert job.loss(changed, None).loss == step.loss


def test_validation_is_perplexity(job: LanguageJob) -> None:
    """In one window, it is that of reading the text in one go."""
    one_row = LanguageFields(hidden_size=8, batch_size=1, truncation_steps=30)
    single = LanguageJob(job.module, CODEC, tokens(102, 1), tokens(30, 2), one_row)
    ids = torch.from_numpy(tokens(30, 2).ids.astype("int64"))
    with torch.no_grad():
        logits, _ = job.module.eval()(ids[None, :-1])
    expected = torch.nn.functional.cross_entropy(logits[0], ids[1:]).exp().item()
    assert single.validate() == pytest.approx(expected, rel=1e-5)


def test_a_sample_never_holds_unknown_words(job: LanguageJob) -> None:
    torch.manual_seed(0)
    sample = job.sample()
    assert sample is not None
    assert set(sample.split()) <= set("abcdefg")


def test_a_diverged_network_gives_no_sample(job: LanguageJob) -> None:
    with torch.no_grad():
        job.module.head.bias.fill_(math.nan)
    assert job.sample() is None


def test_rows_leave_an_epoch_enough_windows() -> None:
    for length in (10, 5_000, 20_000, 100_000, 10**7):
        rows = rows_for(length, steps=35)
        assert 1 <= rows <= 32
        assert rows == 1 or length // (rows * 35) >= 128
