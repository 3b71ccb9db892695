"""What the view Remember asks of networks made for it: the race, and descent with clipping.

remember.race     {gap, steps, seed, clip, kinds}   parts: entrant, measure, finish; → {}
remember.descent  {scale, clip, f, seed}            → {free, held, guess}
"""

import contextlib
import dataclasses

from elman.errors import ConfigError
from elman.lab.experiments.descent import descend
from elman.lab.experiments.race import RaceFields, race
from elman.lab.experiments.racers import KINDS
from elman.lab.experiments.recall_task import MOST_GAP
from elman.lab.protocol import Body, Call, Handler

__all__ = ["ASKS"]

_MOST_STEPS = 2_000
_MOST_SEEDS = 2**20
_DESCENT_STEPS = 60


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


ASKS: dict[str, Handler] = {"remember.race": _race, "remember.descent": _descent}
