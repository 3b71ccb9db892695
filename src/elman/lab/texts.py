"""Texts that models on the shelf did not learn from, for the instruments to read."""

from pathlib import Path

from elman.contracts import Material
from elman.data.datasets.elman_sentences import generate
from elman.data.tokens import encode_text
from elman.tasks.language.corpus import encode, open_corpus
from elman.tasks.language.inspecting import material_of
from elman.tasks.language.trained import Trained

__all__ = ["held_out_part", "sentences"]

_SENTENCES, _SEED = 6_000, 1_992


def sentences(trained: Trained) -> Material:
    """A starter, and sentences of the small grammar that none of them learned from."""
    text = "".join(f"{line}\n" for line in generate(_SENTENCES, _SEED))
    said = "new sentences of the small grammar"
    return material_of(trained, encode_text(text, trained.codec), said)


def held_out_part(trained: Trained, text: Path, name: str) -> Material:
    """A training's model, and the part of its text that was held out.

    Args:
        trained: the model.
        text: the whole text.
        name: what people call it.

    Raises:
        DataError: the text cannot be read.
    """
    corpus = open_corpus(text, None)
    with encode(corpus.validation, trained.codec, trained.config) as tokens:
        return material_of(trained, tokens, f"{name} ({corpus.split})")
