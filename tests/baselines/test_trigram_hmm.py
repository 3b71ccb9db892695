"""Against the formulas, written out over all sequences of tags."""

import itertools
import math
import pickle
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from elman.baselines.tag_counts import count_tags
from elman.baselines.trigram_hmm import TrigramHMM, interpolation_of
from elman.data.tagged import Sentence
from elman.errors import CheckpointError, DataError


def sentences(*lines: str) -> list[Sentence]:
    pairs = [[token.split("/") for token in line.split()] for line in lines]
    return [Sentence(*map(tuple, zip(*line, strict=True))) for line in pairs]


TEXT = sentences(
    "I/P love/V cats/N",
    "cats/N love/V I/P",
    "my/D love/N sings/V",
    "The/D cats/N sing/V of/I my/D love/N",
    "love/V my/D cats/N",
    "Cats/N love/V love/N",
)
UNTAGGED = ["I love cats", "love love love", "my cats love my love", "Cats sing", "of"]


def state(word: str, tag: str) -> str:
    return f"{tag}{word[0].isupper()}"


def chains() -> list[list[str]]:
    return [
        ["<", "<", *(state(w, t) for w, t in zip(s.words, s.tags, strict=True)), "<"] for s in TEXT
    ]


def counters() -> tuple[Counter, Counter, Counter, Counter, Counter]:
    """Trigrams, their contexts, bigrams, their contexts, and single states."""
    triples = [c[k : k + 3] for c in chains() for k in range(len(c) - 2)]
    return (
        Counter(map(tuple, triples)),
        Counter((h, i) for h, i, _ in triples),
        Counter((i, j) for _, i, j in triples),
        Counter(i for _, i, _ in triples),
        Counter(j for _, _, j in triples),
    )


def weights() -> list[float]:
    tri, contexts, bi, before, single = counters()
    votes = [0.0, 0.0, 0.0]
    for (h, i, j), count in tri.items():
        cases = [
            (single[j] - 1) / (sum(single.values()) - 1),
            (bi[i, j] - 1) / (before[i] - 1) if before[i] > 1 else 0.0,
            (count - 1) / (contexts[h, i] - 1) if contexts[h, i] > 1 else 0.0,
        ]
        votes[max(range(3), key=lambda n: (cases[n], n))] += count
    return [vote / sum(votes) for vote in votes]


def probability(words: list[str], tags: tuple[str, ...]) -> float:
    tri, contexts, bi, before, single = counters()
    pairs = Counter((w, t) for s in TEXT for w, t in zip(s.words, s.tags, strict=True))
    states = ["<", "<", *(state(w, t) for w, t in zip(words, tags, strict=True)), "<"]
    one, two, three = weights()
    total = 1.0
    for h, i, j in zip(states, states[1:], states[2:], strict=False):
        total *= (
            one * single[j] / sum(single.values())
            + two * (bi[i, j] / before[i] if before[i] else 0)
            + three * (tri[h, i, j] / contexts[h, i] if contexts[h, i] else 0)
        )
    for word, tag in zip(words, tags, strict=True):
        total *= pairs[word, tag] / single[state(word, tag)] if pairs[word, tag] else 0
    return total


def test_weights_are_those_of_deleted_interpolation() -> None:
    np.testing.assert_allclose(interpolation_of(count_tags(TEXT)), weights(), rtol=1e-12)
    assert all(weight > 0 for weight in weights())  # else the next test tests less


@pytest.mark.parametrize("line", UNTAGGED)
def test_the_likeliest_of_all_sequences(line: str) -> None:
    words = line.split()
    every = list(itertools.product("PVNDI", repeat=len(words)))
    best = max(every, key=lambda tags: probability(words, tags))
    assert probability(words, best) > 0
    assert TrigramHMM.fit(TEXT).tag(words) == best


def test_unknown_words_go_by_their_ending_and_context() -> None:
    model = TrigramHMM.fit(TEXT)
    assert model.tag(["my", "bats"])[1] == "N"
    assert model.tag(["I", "glove", "cats"])[1] == "V"
    assert model.tag(["", "ß", "Z"])  # no ending, an unseen ending, an unseen capital


def test_emissions_of_unknown_words_are_turned_round() -> None:
    model = TrigramHMM.fit(TEXT)
    states, logs = model._emissions_of("bats")
    likely = model.guesser.tags_of("bats")
    for number, log in zip(states.tolist(), logs.tolist(), strict=True):
        tag = (number - 1) // 2
        seen = sum(
            t == model.counted.tags[tag] and w[0].islower()
            for s in TEXT
            for w, t in zip(s.words, s.tags, strict=True)
        )
        assert log == pytest.approx(math.log(likely[tag] / seen))


def test_nothing_to_tag() -> None:
    assert TrigramHMM.fit(TEXT).tag([]) == ()


def test_text_without_capitals_tags_capitals() -> None:
    model = TrigramHMM.fit(sentences("cats/N sing/V", "dogs/N bark/V"))
    assert model.tag(["Cats", "SING"]) in itertools.product("NV", repeat=2)


def test_one_tag() -> None:
    assert TrigramHMM.fit(sentences("a/X b/X")).tag(["a", "c"]) == ("X", "X")


def test_saved_and_loaded_it_tags_alike(tmp_path: Path) -> None:
    model = TrigramHMM.fit(TEXT)
    model.save(tmp_path)
    again = TrigramHMM.load(tmp_path)
    for line in UNTAGGED:
        assert again.tag([*line.split(), "bats"]) == model.tag([*line.split(), "bats"])


def test_no_sentences() -> None:
    with pytest.raises(DataError, match="must hold a tagged word, got none"):
        TrigramHMM.fit([])


def test_no_model(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="must hold a fitted trigram hidden Markov model"):
        TrigramHMM.load(tmp_path)


def test_it_travels_to_another_process() -> None:
    model = TrigramHMM.fit(TEXT)
    model.tag(["I", "love", "cats"])
    again = pickle.loads(pickle.dumps(model))
    for text in UNTAGGED:
        assert again.tag(text.split()) == model.tag(text.split())
