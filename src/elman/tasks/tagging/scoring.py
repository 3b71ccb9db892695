"""What a tagger is worth on tagged text, beside the taggers that count."""

from collections.abc import Sequence

from elman.data.tagged import Sentence
from elman.tasks.scores import Scores, percentages
from elman.tasks.tagging.baselines import Baselines
from elman.tasks.tagging.codec import TaggingCodec
from elman.tasks.tagging.corpus import TASK
from elman.tasks.tagging.counting import Counts, count
from elman.tasks.tagging.model import TaggingModule
from elman.tasks.tagging.reading import choose
from elman.wording import counted, percent

__all__ = ["score"]


def score(
    module: TaggingModule,
    codec: TaggingCodec,
    baselines: Baselines,
    sentences: Sequence[Sentence],
    *,
    memory: str = "on",
) -> Scores:
    """Accuracy of a network on tagged text, and the baselines' beside it.

    Args:
        module: the network.
        codec: what its numbers mean.
        baselines: fitted on the same text.
        sentences: the text and its tags.
        memory: "on", or "off" to wipe the network's state before each word.
    """
    words = [sentence.words for sentence in sentences]
    found = count(sentences, choose(module, codec, words, memory=memory), codec)
    beside = {name: count(sentences, tags, codec) for name, tags in baselines.tag(words).items()}
    each_of = {name: _figures(counts, codec.entities) for name, counts in beside.items()}
    scores = percentages(_figures(found, codec.entities), each_of)
    return Scores(
        TASK,
        scores,
        _protocol(found, len(sentences), module, memory),
        _warn(found, sentences, codec),
    )


def _figures(counts: Counts, of_entities: bool) -> dict[str, float]:
    """The figures by name, the most telling first."""
    spans = {"span F1": counts.f1} if of_entities else {}
    unknown = counts.unknown_accuracy
    strange = {} if unknown is None else {"accuracy on unknown words": unknown}
    return {**spans, "accuracy": counts.accuracy, **strange}


def _protocol(found: Counts, sentences: int, module: TaggingModule, memory: str) -> str:
    """How the figures were taken, in words."""
    wiped = "" if memory == "on" else "; state wiped before each word"
    if wiped and module.crf is not None:
        wiped += ", though the CRF still sees the tags beside it"
    marked = f", {found.entities:,} entities" if found.entities else ""
    return (
        f"{found.words:,} words in {counted(sentences, 'sentence')}{marked}; "
        f"{percent(found.unknown / found.words)} of the words not in the training text{wiped}"
    )


def _warn(found: Counts, sentences: Sequence[Sentence], codec: TaggingCodec) -> str:
    """What to bear in mind where tags stand that the model cannot choose."""
    if not found.foreign:
        return ""
    sentence, word, tag = next(
        (sentence, word, tag)
        for sentence in sentences
        for word, tag in zip(sentence.words, sentence.tags, strict=True)
        if tag not in codec.tags
    )
    return (
        f"{counted(found.foreign, 'word')} of {found.words:,} with a tag that the training text "
        f"does not have, first '{tag:.40}' of '{word:.40}' in the sentence that begins in line "
        f"{sentence.line:,} of `{sentence.path}`: counted as wrong. Is it another set of tags, or "
        "another column?"
    )
