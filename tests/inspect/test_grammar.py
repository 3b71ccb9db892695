import math

import numpy as np
import pytest
import torch

from elman.data.datasets.elman_sentences import generate, machine
from elman.data.datasets.elman_sentences.model import ExactModel
from elman.errors import DataError
from elman.inspect.grammar import compare_with_grammar


class Blurred:
    """The exact model, mixed with equal chances for all words."""

    def __init__(self, share) -> None:
        self.exact, self.share = ExactModel(), share
        self.tokens = self.exact.tokens
        self.initial_state = self.exact.initial_state

    def __call__(self, x, state=None, resets=None):
        logs, state = self.exact(x, state, resets)
        mixed = (1 - self.share) * logs.exp() + self.share / logs.shape[-1]
        return mixed.log() + 3.0, state  # logits: any constant may be added


class Plural(Blurred):
    """Turns the chances of singular and other verbs around."""

    def __call__(self, x, state=None, resets=None):
        logs, state = super().__call__(x, state, resets)
        ids = machine().ids
        for one, many in (("loves", "love"), ("is", "are"), ("takes", "take"), ("gives", "give")):
            logs[..., [ids[one], ids[many]]] = logs[..., [ids[many], ids[one]]]
        return logs, state


SENTENCES = list(generate(300, seed=21))


def test_divergence_against_the_sum_written_out() -> None:
    share, V = 0.1, len(machine().words)
    found = compare_with_grammar(Blurred(share), machine().words, SENTENCES)
    words = [word for text in SENTENCES for word in (*text.split(), "<eos>")]
    ids = machine().encode(words)
    p = machine().probabilities[np.append(0, machine().walk(ids)[:-1])]
    q = (1 - share) * p + share / V
    terms = np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / q), 0)
    assert found.divergence == pytest.approx(terms.sum(1).mean(), rel=1e-6)
    place = np.arange(len(ids))
    assert found.perplexity == pytest.approx(math.exp(-np.log(q[place, ids]).mean()))
    assert found.exact_perplexity == pytest.approx(math.exp(-np.log(p[place, ids]).mean()))
    assert found.words == len(words)


def test_the_exact_model_is_nowhere_wrong() -> None:
    found = compare_with_grammar(ExactModel(), machine().words, SENTENCES)
    assert found.divergence == pytest.approx(0, abs=1e-9)
    assert found.perplexity == pytest.approx(found.exact_perplexity)
    assert found.slips == ()
    assert {span.slips for span in found.spans} == {0.0}


def test_slips_are_found_and_told_nearest_first() -> None:
    found = compare_with_grammar(Plural(0.01), machine().words, SENTENCES)
    assert found.slips
    distances = [(slip.distance, len(slip.words)) for slip in found.slips]
    assert distances == sorted(distances)
    for slip in found.slips:
        assert slip.wrong_probability > slip.right_probability
    assert found.spans[0].distance == 1
    assert found.spans[0].slips > 0.5
    verbs = sum(span.verbs for span in found.spans)
    assert len(found.slips) == pytest.approx(
        sum(span.slips * span.verbs for span in found.spans), abs=1e-6
    )
    assert verbs > len(found.slips)


def test_a_vocabulary_in_another_order_changes_nothing() -> None:
    tokens = ["<unk>", *reversed(machine().words)]
    found = compare_with_grammar(ExactModel(tokens), tokens, SENTENCES)
    assert found.divergence == pytest.approx(0, abs=1e-9)


def test_a_memory_wiped_at_every_sentence_loses_nothing_here() -> None:
    """The state after a full stop is certain, so wiping it costs the exact model nothing."""
    found = compare_with_grammar(Start(), machine().words, SENTENCES, sentence_resets=True)
    assert found.divergence == pytest.approx(0, abs=1e-9)


class Start(ExactModel):
    """Begins at the start of a sentence; fails unless told where sentences start."""

    def __call__(self, x, state=None, resets=None):
        assert torch.equal(resets, x == machine().ids["<eos>"])
        return super().__call__(x, state, resets)


def test_faults_are_refused() -> None:
    with pytest.raises(DataError, match="`sentences` must hold at least one, got none"):
        compare_with_grammar(ExactModel(), machine().words, [])
    with pytest.raises(DataError, match="must hold the grammar's words, lacks '<eos>'"):
        compare_with_grammar(ExactModel(), ["<unk>", "."], SENTENCES)
    with pytest.raises(DataError, match="word 1 must be in the grammar's vocabulary, got 'Cats'"):
        compare_with_grammar(ExactModel(), machine().words, ["Cats sleep ."])
