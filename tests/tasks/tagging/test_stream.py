import math

import pytest
import torch

from elman import Tagger
from elman.errors import ConfigError
from elman.tasks.tagging.examples import Examples

SENTENCE = ["I", "saw", "her", "duck", "."]


def test_words_are_tagged_as_they_come(forward: Tagger) -> None:
    stream = forward.stream()
    for _ in range(2):  # a sentence's end wipes the memory
        found = [stream.read(word) for word in SENTENCE]
        stream.end()
        assert [each.tag for each in found] == ["PRON", "VERB", "PRON", "VERB", "PUNCT"]
        module, codec = forward.module, forward._fitted("").codec
        with torch.no_grad():
            emissions = module(Examples(codec, [SENTENCE]).words([0]))
            assert module.crf is not None
            messages = module.crf.forward_messages(emissions)
        for word, alpha in zip(found, messages, strict=True):
            assert math.isclose(word.probability, float(alpha.softmax(1).max()), rel_tol=1e-4)


def test_what_comes_later_changes_nothing(forward: Tagger) -> None:
    stream, other = forward.stream(), forward.stream()
    for word, instead in zip(SENTENCE, ["I", "saw", "her", "zorb", "zorb"], strict=True):
        read, read_other = stream.read(word), other.read(instead)
        if word == instead:
            assert read == read_other


def test_both_directions_need_the_whole_sentence(fitted: Tagger) -> None:
    with pytest.raises(ConfigError, match=r"`bidirectional` must be False.*--no-bidirectional"):
        fitted.stream()
