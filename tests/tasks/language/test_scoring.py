"""The protocol: every token once, the state carried; and memory off is memory off."""

import numpy as np
import pytest
import torch

from elman.data.tokens import TokenFile
from elman.tasks.language.config import LanguageFields
from elman.tasks.language.model import LanguageModule
from elman.tasks.language.scoring import WINDOW_STEPS, corpus_log_probabilities

EOS = 1


@pytest.fixture
def module() -> LanguageModule:
    fields = LanguageFields(cell="lstm", hidden_size=6, embedding_size=4)
    return LanguageModule(fields, vocabulary_size=9).double()


def text(length: int, starts: tuple[int, ...] = (0,)) -> TokenFile:
    ids = torch.randint(9, (length,), generator=torch.Generator().manual_seed(3))
    return TokenFile.from_ids(ids.tolist(), starts)


def log_probabilities(module: LanguageModule, inputs: list[int], target: int) -> float:
    """The slow way: read all that came before in one go."""
    with torch.no_grad():
        logits, _ = module.eval()(torch.tensor([inputs]))
    return float(logits[0, -1].log_softmax(0)[target])


def test_windows_are_seamless(module: LanguageModule) -> None:
    tokens = text(WINDOW_STEPS + 40)
    found = corpus_log_probabilities(module, tokens, eos_id=EOS)
    ids = [EOS, *tokens.ids.tolist()]
    for t in (0, 1, WINDOW_STEPS - 1, WINDOW_STEPS, WINDOW_STEPS + 39):
        expected = log_probabilities(module, ids[: t + 1], ids[t + 1])
        assert found[t] == pytest.approx(expected, abs=1e-10), t


def test_sequences_begin_with_a_wiped_state(module: LanguageModule) -> None:
    starts = (0, 7, WINDOW_STEPS, WINDOW_STEPS + 9)
    tokens = text(WINDOW_STEPS + 20, starts)
    found = corpus_log_probabilities(module, tokens, eos_id=EOS)
    ids = tokens.ids.tolist()
    for start in starts:
        before = EOS if start == 0 else ids[start - 1]
        for t in (start, start + 3):
            expected = log_probabilities(module, [before, *ids[start:t]], ids[t])
            assert found[t] == pytest.approx(expected, abs=1e-10), t


def test_memory_off_sees_one_token(module: LanguageModule) -> None:
    tokens = text(40)
    found = corpus_log_probabilities(module, tokens, eos_id=EOS, memory="off")
    ids = [EOS, *tokens.ids.tolist()]
    expected = [log_probabilities(module, [ids[t]], ids[t + 1]) for t in range(40)]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


def test_memory_off_is_a_reset_at_every_step(module: LanguageModule) -> None:
    """The same by the other way: one row, wiped before each step by the layers themselves."""
    tokens = text(40)
    inputs = torch.tensor([[EOS, *tokens.ids[:-1].tolist()]])
    features, _ = module.eval().features(inputs, resets=torch.ones(1, 40, dtype=torch.bool))
    expected = module.log_probabilities(features, torch.from_numpy(tokens.ids.astype(np.int64)))
    found = corpus_log_probabilities(module, tokens, eos_id=EOS, memory="off")
    np.testing.assert_allclose(found, expected.numpy(), rtol=0, atol=1e-10)
