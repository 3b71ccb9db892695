"""What the Classify view asks.

    classify.about   {model}                   → {classes, series, channels, early, unit}
    classify.example {model, number, memory}   → {label, text, of, source, …}: what it was
                                                 validated on; `text` is "" for a series
    classify.read    {model, text, memory}     → {label: null, …}: a text, or a series as CSV rows

where … is {words, known, channels, shares}: a text's words, or a series' channels, and the
probabilities of the classes after every step, (T, K), packed as in `unfold.py`; (1, K) where the
model has no answer before the end.
"""

import torch

from elman.data.codecs.scaling import Scaling
from elman.data.labelled import Labelled
from elman.lab.asks.unfold import pack
from elman.lab.examples import HeldOut
from elman.lab.protocol import Body, Call, Handler
from elman.lab.rows import series_of_rows
from elman.lab.unrolling import MOST_CHANNELS, unroll
from elman.tasks.classification.corpus import Example
from elman.tasks.classification.inspecting import held_out
from elman.tasks.classification.trained import Trained

__all__ = ["ASKS"]

_examples = HeldOut(held_out)


def _about(call: Call) -> Body:
    """What the page must know of a classifier."""
    trained = _trained(call)
    codec = trained.codec
    return {
        "classes": codec.classes,
        "series": not codec.is_text,
        "channels": 0 if codec.is_text else _channels(trained),
        "drawn": MOST_CHANNELS,
        "early": trained.module.answers_early,
        "unit": codec.unit,
    }


def _example(call: Call) -> Body:
    """An example that the classifier did not learn from."""
    trained = _trained(call)
    example, of, source = _examples.one(trained, call.whole("number", 1))
    text = example.content if trained.codec.is_text else ""
    return {"text": text, "of": of, "source": source, **_unrolled(call, trained, example)}


def _read(call: Call) -> Body:
    """What a visitor typed or pasted."""
    trained, text = _trained(call), call.text("text")
    if trained.codec.is_text:
        return _unrolled(call, trained, Labelled(text, "", "the text"))
    values = series_of_rows(text, _channels(trained))
    return _unrolled(call, trained, Labelled(values, "", "the series"))


def _unrolled(call: Call, trained: Trained, example: Example) -> Body:
    """An example and the answers, for the page."""
    found = unroll(trained, example, memory=call.flag("memory", True))
    return {
        "label": example.label or None,
        "words": found.words,
        "known": found.known,
        "channels": found.channels,
        "shares": pack(torch.from_numpy(found.shares)),
    }


def _channels(trained: Trained) -> int:
    """C, the channels of the series that it reads."""
    assert isinstance(trained.codec.reader, Scaling)
    return trained.codec.reader.channels


def _trained(call: Call) -> Trained:
    """The classifier that is meant."""
    return call.lab.shelf.find(call.text("model"), call.visitor, Trained).trained


ASKS: dict[str, Handler] = {
    "classify.about": _about,
    "classify.example": _example,
    "classify.read": _read,
}
