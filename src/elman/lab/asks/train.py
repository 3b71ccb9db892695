"""What the Train view asks.

train.begin   {text, name, options}   → {id}        text: the number that POST /texts gave
train.watch   {id}                    parts {state, points, …, warnings, now}, endless
train.pause   {id}   train.resume {id}   train.discard {id}   → {}
train.keep    {id, name}              → {place}
train.limits  {}                      → {bytes, options: {name: default}, most: {name: …}}
train.sentences {}                    → {text}: some of the small grammar, for who has no text
"""

import dataclasses
from typing import Any

from elman.data.datasets.elman_sentences import generate
from elman.errors import ConfigError
from elman.lab.protocol import Body, Call, Handler
from elman.lab.trainings.ledger import Progress, check_name
from elman.lab.trainings.training import Training
from elman.lab.uploads import MOST_BYTES
from elman.tasks.language.config import LanguageConfig

__all__ = ["ASKS"]

OPTIONS: dict[str, Any] = {
    "cell": "lstm",
    "unit": "word",
    "hidden_size": 128,
    "layers": 1,
    "epochs": 10,
    "learning_rate": 0.005,
    "clip_norm": 1.0,
    "truncation_steps": 35,
    "dropout": 0.1,
    "min_count": 0,
    "seed": 0,
}
"""What the page lets people choose, and what it begins with."""

_MOST = {"hidden_size": 1024, "layers": 4, "epochs": 200, "truncation_steps": 500}
_SENTENCES, _SEED = 3_000, 7
_BEAT_S = 0.5
_PAUSE_S = 0.2


def _limits(_: Call) -> Body:
    """What may be sent and chosen."""
    return {"bytes": MOST_BYTES, "options": OPTIONS, "most": _MOST}


def _sentences(_: Call) -> Body:
    """A text to try with."""
    return {"text": "\n".join(generate(_SENTENCES, _SEED)) + "\n"}


def _begin(call: Call) -> Body:
    """Let a network learn."""
    chosen = call.args.get("options", {})
    if not isinstance(chosen, dict):
        raise ConfigError(f"{call.ask}: `options` must be an object, got {chosen!r:.60}.")
    for name in chosen:
        if name not in OPTIONS:
            raise ConfigError(f"{call.ask}: `options` must be those of the page, got '{name:.40}'.")
    config = LanguageConfig(**{**OPTIONS, **chosen, "threads": 1})
    for name, most in _MOST.items():
        if getattr(config, name) > most:
            raise ConfigError(
                f"{call.ask}: `{name}` must be at most {most:,} here, got "
                f"{getattr(config, name):,}. `elman train language` takes more."
            )
    name = check_name(call.ask, call.text("name", longest=200))
    options = dataclasses.asdict(config)
    training = call.lab.trainings.begin(call.visitor, name, call.text("text"), options)
    return {"id": training.ledger.id}


def _watch(call: Call) -> Body:
    """Tell all that a training told, and then what it tells, until it is not wanted any more."""
    training = _training(call)
    seen = _Seen()
    told = -1
    while True:
        now = training.wait(told, _BEAT_S)
        if now != told:
            call.part(seen.news(training))
        told = now
        call.check()
        training.wait(told + 50, _PAUSE_S)  # a few times a second is enough for eyes


class _Seen:
    """How much of a training's progress one page has been told."""

    def __init__(self) -> None:
        self._first = True
        self._last: float = -1

    def news(self, training: Training) -> Body:
        """What is new: points since the last time, the rest as it stands."""
        progress: Progress = training.progress
        fresh = [point for point in list(progress.points) if (point[0] or 0) > self._last]
        first, self._first = self._first, False
        if fresh:
            self._last = fresh[-1][0] or 0
        return {
            **training.described(),
            "first": first,
            "points": fresh,
            "validations": progress.validations,
            "samples": progress.samples[-10:],
            "warnings": progress.warnings[-3:],
        }


def _pause(call: Call) -> Body:
    """Let it save and stop."""
    _training(call).pause()
    return {}


def _resume(call: Call) -> Body:
    """Let it go on."""
    call.lab.trainings.resume(_training(call))
    return {}


def _keep(call: Call) -> Body:
    """Move the run to where runs are."""
    place = call.lab.trainings.keep(_training(call), call.text("name", longest=200))
    return {"place": str(place)}


def _discard(call: Call) -> Body:
    """Remove it."""
    call.lab.trainings.discard(_training(call))
    return {}


def _training(call: Call) -> Training:
    """The training that is meant."""
    return call.lab.trainings.get(call.visitor, call.text("id"))


ASKS: dict[str, Handler] = {
    "train.begin": _begin,
    "train.watch": _watch,
    "train.pause": _pause,
    "train.resume": _resume,
    "train.keep": _keep,
    "train.discard": _discard,
    "train.limits": _limits,
    "train.sentences": _sentences,
}
