"""A model of elman-sentences beside the grammar itself: how far off it is, where it slips.

Letters: N words of a text, V words of the model's vocabulary, S states of the grammar's machine.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from elman.choices import EOS
from elman.contracts import State, Steppable
from elman.data.datasets.elman_sentences import Machine, machine
from elman.data.datasets.elman_sentences.agreement import Link, agreeing, disagreeing, links
from elman.data.datasets.elman_sentences.beliefs import Floats
from elman.errors import DataError
from elman.inspect.rows import evaluating
from elman.perplexity import perplexity

__all__ = ["Comparison", "Slip", "Span", "compare_with_grammar"]

_WINDOW = 4096  # steps read at once


@dataclass(frozen=True)
class Slip:
    """A place where a model prefers verbs that do not agree with their subject.

    Attributes:
        words: the sentence up to the verb.
        distance: how many words back the subject stands.
        wrong: the likeliest verb form that does not agree, as the model sees it.
        right: the likeliest one that does.
        wrong_probability: of `wrong`.
        right_probability: of `right`.
    """

    words: tuple[str, ...]
    distance: int
    wrong: str
    right: str
    wrong_probability: float
    right_probability: float


@dataclass(frozen=True)
class Span:
    """Verbs whose subject stands equally far back.

    Attributes:
        distance: in words.
        verbs: how many.
        divergence: mean divergence from the grammar where they are predicted, in nats.
        slips: share of them where forms that do not agree are together the likelier ones.
    """

    distance: int
    verbs: int
    divergence: float
    slips: float


@dataclass(frozen=True)
class Comparison:
    """A model beside the grammar on one text.

    Attributes:
        divergence: mean over words of KL(grammar ‖ model), in nats a word.
        perplexity: the model's, `<eos>` counted.
        exact_perplexity: the grammar's own, on the same words.
        spans: by distance between subject and verb.
        slips: agreement that the model gets wrong, nearest and shortest first.
        words: how many were predicted.
    """

    divergence: float
    perplexity: float
    exact_perplexity: float
    spans: tuple[Span, ...]
    slips: tuple[Slip, ...]
    words: int


def compare_with_grammar(
    model: Steppable,
    tokens: Sequence[str],
    sentences: Iterable[str],
    *,
    sentence_resets: bool = False,
) -> Comparison:
    r"""Hold a model against the exact distribution of the next word, word by word.

        divergence = mean over t of sum over v of p_t(v) log [p_t(v) / q_t(v)]

    p_t is what the grammar and q_t what the model expects after the words up to t. The text is
    read as one stream from `<eos>` on.

    Shapes: B sequences, T steps, V words.

    Args:
        model: reads ids (B, T) and gives logits or log-probabilities (B, T, V).
        tokens: the model's vocabulary, id -> word, `<eos>` among them.
        sentences: of the grammar, one a line, without `<eos>`.
        sentence_resets: whether the model's memory is wiped at the start of each sentence.

    Raises:
        DataError: there is no sentence, one is not of the grammar, or a word is not in `tokens`.

    >>> from elman.data.datasets.elman_sentences import generate
    >>> from elman.data.datasets.elman_sentences.model import ExactModel
    >>> exact = ExactModel()
    >>> found = compare_with_grammar(exact, exact.tokens, generate(50, seed=5))
    >>> abs(found.divergence) < 1e-6, found.slips
    (True, ())
    >>> compare_with_grammar(exact, exact.tokens, [])
    Traceback (most recent call last):
    elman.errors.DataError: compare_with_grammar: `sentences` must hold at least one, got none.
    """
    grammar = machine()
    texts = [sentence.split() for sentence in sentences]
    if not texts:
        raise DataError("compare_with_grammar: `sentences` must hold at least one, got none.")
    words = [word for text in texts for word in (*text, EOS)]
    columns = _columns(grammar, tokens)
    targets = grammar.encode(words)
    p = grammar.probabilities[np.append(0, grammar.walk(targets)[:-1])]
    log_q = _read(model, [columns[v] for v in targets], columns[grammar.ids[EOS]], sentence_resets)
    log_q = log_q[:, columns]
    place = np.arange(len(targets))
    divergences = _divergences(p, log_q)
    spans, slips = _agreement(grammar, texts, divergences, np.exp(log_q))
    return Comparison(
        divergence=float(divergences.mean()),
        perplexity=perplexity(-float(log_q[place, targets].mean())),
        exact_perplexity=perplexity(-float(np.log(p[place, targets]).mean())),
        spans=spans,
        slips=slips,
        words=len(targets),
    )


def _columns(grammar: Machine, tokens: Sequence[str]) -> list[int]:
    """Where the model's vocabulary has each word of the grammar's."""
    place = {token: index for index, token in enumerate(tokens)}
    for word in grammar.words:
        if word not in place:
            raise DataError(
                f"compare_with_grammar: `tokens` must hold the grammar's words, lacks '{word}'."
            )
    return [place[word] for word in grammar.words]


def _read(model: Steppable, targets: list[int], eos: int, sentence_resets: bool) -> Floats:
    """Log-probabilities of what may follow every word, (N, V), read from `<eos>` on."""
    inputs = torch.tensor([[eos, *targets[:-1]]])
    state: State | None = None
    found: list[Tensor] = []
    with evaluating(model):
        for x in torch.split(inputs, _WINDOW, dim=1):
            outputs, state = model(x, state, x == eos if sentence_resets else None)
            found.append(torch.log_softmax(outputs[0].double(), dim=-1))
    return torch.cat(found).numpy()


def _divergences(p: Floats, log_q: Floats) -> Floats:
    """KL(p ‖ q) of each row, in nats, (N,)."""
    possible = p > 0
    log_p = np.log(p, where=possible, out=np.zeros_like(p))
    found: Floats = np.where(possible, p * (log_p - np.where(possible, log_q, 0.0)), 0.0).sum(1)
    return found


def _agreement(
    grammar: Machine, texts: list[list[str]], divergences: Floats, q: Floats
) -> tuple[tuple[Span, ...], tuple[Slip, ...]]:
    """How the model does at verbs, by distance; and where it slips."""
    at: dict[int, list[tuple[float, bool]]] = {}
    slips: list[Slip] = []
    start = 0
    for text in texts:
        for link in links(text):
            row = start + link.verb
            slip = _slip(grammar, text, link, q[row])
            at.setdefault(link.distance, []).append((float(divergences[row]), slip is not None))
            slips += [slip] if slip else []
        start += len(text) + 1
    spans = tuple(
        Span(distance, len(found), *(float(mean) for mean in np.mean(found, axis=0)))
        for distance, found in sorted(at.items())
    )
    return spans, tuple(sorted(slips, key=lambda slip: (slip.distance, len(slip.words))))


def _slip(grammar: Machine, text: list[str], link: Link, q: Floats) -> Slip | None:
    """The slip at a verb, if forms that do not agree are together likelier than those that do."""
    right = {word: float(q[grammar.ids[word]]) for word in sorted(agreeing(link.number))}
    wrong = {word: float(q[grammar.ids[word]]) for word in sorted(disagreeing(link.number))}
    if sum(right.values()) >= sum(wrong.values()):
        return None
    best_right, best_wrong = max(right, key=right.__getitem__), max(wrong, key=wrong.__getitem__)
    return Slip(
        words=tuple(text[: link.verb]),
        distance=link.distance,
        wrong=best_wrong,
        right=best_right,
        wrong_probability=wrong[best_wrong],
        right_probability=right[best_right],
    )
