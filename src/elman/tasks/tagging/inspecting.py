"""What a tagger hands to the instruments of `elman.inspect`: its network, and tagged sentences."""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import Embedding, Module

from elman.contracts import Material, Training
from elman.data.sources import Data, expand
from elman.data.tagged import Sentence
from elman.errors import DataError
from elman.sequences import PaddedBatch
from elman.tasks.commands import as_named
from elman.tasks.held_out import held_out as found_again
from elman.tasks.tagging.codec import TaggingCodec
from elman.tasks.tagging.corpus import TASK, Corpus, open_corpus, read_all
from elman.tasks.tagging.examples import Examples
from elman.tasks.tagging.model import TaggingModule
from elman.tasks.tagging.trained import Trained

__all__ = ["SentenceReader", "held_out", "material"]

MOST_WORDS = 16_384


class SentenceReader(Module):
    """A tagger's network over the words of one text, each of which was spelled beforehand.

    Shapes: B sentences, T words, K tags, U different words.

    Args:
        module: the network, in evaluation mode.
        spelled: what its stack reads for each different word, (U, I).
    """

    def __init__(self, module: TaggingModule, spelled: Tensor) -> None:
        super().__init__()
        U, I = spelled.shape
        self.embedding = Embedding(U, I, _weight=spelled, _freeze=True)
        self.stack, self.head, self.crf = module.stack, module.head, module.crf

    def forward(self, x: PaddedBatch | Tensor) -> Tensor:
        """Log-probabilities of the tags, (B, T, K), of words by number, (B, T)."""
        x = x if isinstance(x, PaddedBatch) else PaddedBatch.full(x)
        y, _ = self.stack(x.with_values(self.embedding(x.values)))
        emissions = y.with_values(self.head(y.values))
        if self.crf is None:
            scores: Tensor = emissions.values.log_softmax(-1)
            return scores
        return self.crf.marginals(emissions, differentiable=True).clamp_min(1e-30).log()


def material(trained: Trained, data: Data | None) -> Material:
    """The network, and sentences of at most 16,384 words as it reads them.

    Args:
        trained: the model.
        data: tagged text, as for `Tagger.score`; None for what the run was validated on.

    Raises:
        DataError: a text cannot be read, has no tag that the model knows, or is not at hand.
    """
    if data is None:
        sentences, said = held_out(trained)
    else:
        sentences = read_all(expand(data, "test", TASK), trained.config)
        said = as_named(data)
    kept = _beginning(trained.codec, sentences)
    if not kept:
        raise DataError(
            f"Tagger.material: {said} must hold a sentence of two words or more whose tags the "
            "model knows, got none."
        )
    if len(kept) < len(sentences):
        said = f"{len(kept):,} of {len(sentences):,} sentences of {said}"
    return _material(trained, kept, said)


def held_out(trained: Trained) -> tuple[list[Sentence], str]:
    """The text that a run was validated on, if what its command names still has the same bytes.

    Raises:
        DataError: it is not at hand.
    """
    kept = {role: digest for role, digest in trained.data.items() if role == "vectors"}

    def opened(data: Data, validation: Data | None) -> Corpus:
        """The text alone: the vectors stand in the run, and their file may be gone."""
        corpus = open_corpus(data, validation, replace(trained.config, vectors=""))
        return replace(corpus, digests={**corpus.digests, **kept})

    return found_again(trained, "Tagger.material", "the text that", opened)


def _material(trained: Trained, sentences: list[Sentence], said: str) -> Material:
    words = dict.fromkeys(word for each in sentences for word in each.words)
    numbers = {word: number for number, word in enumerate(words)}
    module = trained.module.eval()
    each_once = Examples(trained.codec, [[word] for word in words])
    with torch.no_grad():
        read = each_once.words(np.arange(len(words))).to(module.device)
        spelled = module.spell(read).values[:, 0]
    ids = [torch.tensor([numbers[word] for word in each.words]) for each in sentences]
    tags = [torch.tensor(trained.codec.tag_ids(each.tags)) for each in sentences]
    known = [trained.codec.is_known(word) for each in sentences for word in each.words]
    return Material(
        module=SentenceReader(module, spelled),
        data=(PaddedBatch.from_list(ids), PaddedBatch.from_list(tags).values),
        unit="word",
        names=list(words),
        source=said,
        training=Training(None, trained.config.clip_norm),
        unknown=1 - sum(known) / len(known),
    )


def _beginning(codec: TaggingCodec, sentences: list[Sentence]) -> list[Sentence]:
    """The first sentences that can be judged, up to so many words."""
    kept, words = list[Sentence](), 0
    for sentence in sentences:
        if len(sentence.words) > 1 and -1 not in codec.tag_ids(sentence.tags):
            kept.append(sentence)
            words += len(sentence.words)
        if words >= MOST_WORDS:
            break
    return kept
