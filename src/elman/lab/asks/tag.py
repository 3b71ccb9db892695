"""What the Tag view asks.

tag.about   {model}                → {forward, tags: {tag: [group, tint]}, words: known ones}
tag.read    {model, text, memory}  → {lines: [{words, known, tags, sure, likeliest}]}
tag.example {model, number}        → {text, of, source}: a sentence it was validated on
"""

import dataclasses

from elman.errors import ConfigError
from elman.lab.examples import HeldOut
from elman.lab.protocol import Body, Call, Handler
from elman.lab.tagging import tag_line
from elman.lab.tints import tints
from elman.tasks.tagging.inspecting import held_out
from elman.tasks.tagging.trained import Trained

__all__ = ["ASKS"]

MOST_LETTERS = 40_000
"""In one line: some thousands of words."""

_sentences = HeldOut(held_out)


def _about(call: Call) -> Body:
    """What the page must know of a tagger."""
    trained = _trained(call)
    codec = trained.codec
    return {
        "forward": not trained.config.bidirectional,
        "crf": trained.config.head == "crf",
        "tags": tints(codec.tags),
        "words": len(codec.forms),
    }


def _read(call: Call) -> Body:
    """The words of some lines with their tags; every line is a sentence."""
    trained, memory = _trained(call), call.flag("memory", True)
    lines = []
    for line in call.text("text").split("\n"):
        if len(line) > MOST_LETTERS:
            raise ConfigError(
                f"{call.ask}: a line must have at most {MOST_LETTERS:,} letters here, got "
                f"{len(line):,}. Every line is a sentence; `elman predict` takes longer ones."
            )
        call.check()
        found = dataclasses.asdict(tag_line(trained, line, memory=memory))
        lines.append(found)
    return {"lines": lines}


def _example(call: Call) -> Body:
    """A sentence that the tagger did not learn from."""
    trained = _trained(call)
    sentence, of, source = _sentences.one(trained, call.whole("number", 1))
    return {"text": " ".join(sentence.words), "of": of, "source": source}


def _trained(call: Call) -> Trained:
    """The tagger that is meant."""
    return call.lab.shelf.find(call.text("model"), call.visitor, Trained).trained


ASKS: dict[str, Handler] = {"tag.about": _about, "tag.read": _read, "tag.example": _example}
