"""Small models with weights by chance, for the lab to show, and what they are measured on."""

import numpy as np
import torch

from elman.data.codecs import WordCodec
from elman.data.labelled import Labelled
from elman.data.tagged import Sentence
from elman.lab.experiments.evidence import Evidence, gathering
from elman.tasks.classification import trained as classifiers
from elman.tasks.classification.codec import ClassCodec
from elman.tasks.classification.config import ClassificationConfig
from elman.tasks.language.config import LanguageConfig
from elman.tasks.language.trained import Trained, build
from elman.tasks.tagging import trained as taggers
from elman.tasks.tagging.codec import TaggingCodec
from elman.tasks.tagging.config import TaggingConfig

WORDS = ["I", "love", "cats", "dogs", ".", "very", "and", "you"]


def random_model(cell, **options):
    """An untrained network whose weights are large enough to make every step differ."""
    config = LanguageConfig(cell=cell, hidden_size=5, dropout=0.0, **options)
    codec = WordCodec.fit([" ".join(WORDS)], word_split="whitespace")
    module = _stirred(lambda: build(config, codec.size))
    return Trained(config=config, codec=codec, module=module)


def random_tagger(**options):
    """An untrained tagger whose every word may get another tag."""
    sentences = [Sentence(("the", "old", "man", "sleeps"), ("DET", "ADJ", "NOUN", "VERB"))]
    sentences.append(Sentence(("you", "man", "the", "boat"), ("PRON", "VERB", "DET", "NOUN")))
    config = TaggingConfig(
        cell="gru", hidden_size=6, character_hidden_size=3, dropout=0.0, **options
    )
    codec = TaggingCodec.fit(sentences)
    return taggers.Trained(config, codec, _stirred(lambda: taggers.build(config, codec)))


def random_classifier(*, of_text=False, **options):
    """An untrained classifier of texts, or of series of two channels."""
    contents = ["I love cats", "I lost my cat"] if of_text else [_noise(5), _noise(7)]
    examples = [Labelled(contents[0], "up", ""), Labelled(contents[1], "down", "")]
    config = ClassificationConfig(hidden_size=6, dropout=0.0, **options)
    codec = ClassCodec.fit(examples, config, "it")
    return classifiers.Trained(config, codec, _stirred(lambda: classifiers.build(config, codec)))


def evidence_for(trained: Trained) -> Evidence:
    """The text that a model is measured on, with all the time that it takes."""
    way = gathering(trained)
    while True:
        try:
            next(way)
        except StopIteration as end:
            return end.value


def _noise(steps):
    return np.random.default_rng(steps).normal(size=(steps, 2)).astype(np.float32)


def _stirred(build):
    """A network with weights by chance."""
    torch.manual_seed(3)
    module = build().eval()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.uniform_(-1, 1)
    return module
