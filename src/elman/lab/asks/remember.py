"""What the view Remember asks: of the models on the shelf, and of networks made for it.

remember.horizon  {model}                parts: {writing: share} while the model writes the text
                                         that it is measured on, then {found, share}: the answer
                                         by the places read so far, a share of all
                                         → the result of `memory_horizon`, and what it is of
remember.fading   {model, scale}         parts: {writing: share}
                                         → the result of `gradient_flow` with V times scale
remember.sentence {model, text, scale}   → {words, unit, steps}, gradients as a sentence grows
remember.race     {gap, steps, seed, clip, kinds}   parts: entrant, measure, finish; → {chance}
remember.descent  {scale, clip, f, seed}   → {free, held, guess}
"""

import contextlib
import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Generator

from elman.data.datasets import elman_sentences
from elman.errors import ConfigError
from elman.inspect.contexts import approach_horizon
from elman.inspect.horizon import Horizon
from elman.lab.experiments.descent import descend
from elman.lab.experiments.evidence import Evidence, gathering, heeding
from elman.lab.experiments.fading import fading, grown_gradients, spectral_radius
from elman.lab.experiments.race import RaceFields, race
from elman.lab.experiments.racers import KINDS
from elman.lab.experiments.recall_task import MOST_GAP
from elman.lab.protocol import Body, Call, Handler
from elman.lab.shelf import Exhibit
from elman.tasks.language.trained import Trained

__all__ = ["ASKS"]

_MOST_STEPS = 2_000
_MOST_SEEDS = 2**20
_DESCENT_STEPS = 60
_MOST_SCALE = 4
_MODELS = 8
_LONGEST_LINE = 2_000


class _Text:
    """The text that a model is measured on, found when first wanted.

    Where the model has to write it, whoever waits for it writes on, and nothing is written twice.
    """

    def __init__(self, trained: Trained) -> None:
        self.trained, self._lock = trained, threading.Lock()
        self._way: Generator[float, None, Evidence] | None = None
        self._found: Evidence | None = None

    def found(self, call: Call) -> Evidence:
        """The text; tells the visitor how far it is, as {writing: share}."""
        while True:
            with self._lock:
                share = self._go_on()
                if self._found is not None:
                    return self._found
            call.part({"writing": share}, latest=True)

    def _go_on(self) -> float:
        """Take one step towards it; returns the share that is done."""
        if self._found is not None:
            return 1.0
        way, self._way = self._way or gathering(self.trained), None
        try:
            share = next(way)
        except StopIteration as end:
            self._found = end.value
            return 1.0
        self._way = way  # only a way that did not fail is gone on with
        return share


class _Texts:
    """The texts that models are measured on, kept while the models stay as they are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[str, _Text] = OrderedDict()

    def of(self, exhibit: Exhibit[Trained], call: Call) -> Evidence:
        """The text of a model."""
        with self._lock:
            text = self._held.pop(exhibit.key, None)
            if text is None or text.trained is not exhibit.trained:
                text = _Text(exhibit.trained)
            self._held[exhibit.key] = text
            while len(self._held) > _MODELS:
                self._held.popitem(last=False)
        return text.found(call)


_texts = _Texts()


def _exhibit(call: Call) -> Exhibit[Trained]:
    return call.lab.shelf.get(call.text("model"), call.visitor)


def _horizon(call: Call) -> Body:
    """How far back a model looks."""
    exhibit = _exhibit(call)
    evidence = heeding(_texts.of(exhibit, call), call.check)

    def told(found: Horizon) -> Body:
        return {
            **found.to_json(),
            "source": evidence.held.source,
            "version": exhibit.version,
            "truth": elman_sentences.horizon(found.tolerance) if evidence.of_grammar else None,
        }

    for so_far in approach_horizon(evidence):
        share = len(so_far.measured.extra) / so_far.places
        call.part({"found": told(so_far.horizon), "share": share}, latest=True)
    return told(so_far.horizon)


def _fading(call: Call) -> Body:
    """Gradient by lag with V turned up or down."""
    evidence = heeding(_texts.of(_exhibit(call), call), call.check)
    scale = call.number("scale", 1.0, at_least=0, at_most=_MOST_SCALE)
    radius = spectral_radius(evidence)
    return {
        **fading(evidence, scale).to_json(),
        "scale": scale,
        "radius": None if radius is None else radius * scale,
        "source": evidence.held.source,
    }


def _sentence(call: Call) -> Body:
    """Gradients as a sentence grows."""
    exhibit = _exhibit(call)
    text = " ".join(call.text("text", longest=_LONGEST_LINE).split())
    scale = call.number("scale", 1.0, at_least=0, at_most=_MOST_SCALE)
    steps = []
    for grown in grown_gradients(exhibit.trained, text, scale):
        call.check()
        steps.append({"target": grown.target, "layers": [list(layer) for layer in grown.layers]})
    codec = exhibit.trained.codec
    return {"words": codec.split(text), "steps": steps, "scale": scale, "unit": codec.unit}


def _race(call: Call) -> Body:
    """Let the networks race, and tell of each step of the way."""
    kinds = call.args.get("kinds", list(KINDS))
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        raise ConfigError(f"{call.ask}: `kinds` must be a list of names, got {kinds!r:.60}.")
    fields = RaceFields(
        gap=call.whole("gap", at_least=0, at_most=MOST_GAP),
        kinds=tuple(kinds),
        steps=call.whole("steps", 600, at_least=1, at_most=_MOST_STEPS),
        clip_norm=call.number("clip", 1.0, at_least=0),
        seed=call.whole("seed", 0, at_least=0, below=_MOST_SEEDS),
    )
    with contextlib.closing(race(fields)) as told:
        for each in told:
            kind = type(each).__name__.lower()
            call.part({"event": kind, **dataclasses.asdict(each)})
    return {"chance": fields.task.chance}


def _descent(call: Call) -> Body:
    """Walk downhill from one network twice: as it is, and with clipping."""
    scale = call.number("scale", at_least=0, at_most=2)
    clip_norm = call.number("clip", 1.0, above=0)
    f = call.choice("f", ("identity", "tanh"), "identity")
    seed = call.whole("seed", 0, at_least=0, below=_MOST_SEEDS)
    walks = {}
    for name, norm in (("free", 0.0), ("held", clip_norm)):
        call.check()
        walk = descend(scale, clip_norm=norm, f=f, steps=_DESCENT_STEPS, seed=seed)
        walks[name] = dataclasses.asdict(walk)
    return {**walks, "guess": 1.0}  # the variance of what is to be said


ASKS: dict[str, Handler] = {
    "remember.horizon": _horizon,
    "remember.fading": _fading,
    "remember.sentence": _sentence,
    "remember.race": _race,
    "remember.descent": _descent,
}
