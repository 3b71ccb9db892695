"""Questions on clipping: what it changes, what it saves, and what it cannot."""

import math

import torch

from elman.lab.experiments.descent import descend
from elman.lab.experiments.race import Finish, Measure, RaceFields, race
from elman.lab.quiz.figures import Bars, Curve, Curves, Table
from elman.lab.quiz.question import Finding, Question, scientific
from elman.training.clipping import clip_gradients
from elman.training.randomness import fork_randomness
from elman.wording import percent

__all__ = ["DIRECTION", "RESCUE", "TOO_FAR"]

_NETWORKS = 20
_SCALE = 1.1


def _direction(seed: int) -> Finding:
    """A long gradient before and after clipping by norm."""
    with fork_randomness(seed):
        before = (1000 * torch.randn(64) / 8).double()  # about a thousand long
    parameter = torch.nn.Parameter(torch.zeros_like(before))
    parameter.grad = before.clone()
    clip_gradients([("V", parameter)], norm=1.0)
    after = parameter.grad
    lengths = [scientific(each.norm().item()) for each in (before, after)]
    cosine = torch.nn.functional.cosine_similarity(before, after, dim=0).item()
    turned = cosine < 1 - 1e-9
    shorter = after.norm().item() < 0.99 * before.norm().item()
    answers = {(False, True): "length", (True, False): "direction", (True, True): "both"}
    return Finding(
        answer=answers.get((turned, shorter), "nothing"),
        said=(
            f"Its length went from {lengths[0]} to {lengths[1]}; "
            f"the cosine between the two is {cosine:.6f}."
        ),
        figure=Table(
            ("", "before", "after"),
            (
                ("length", *lengths),
                ("first entry", scientific(before[0].item()), scientific(after[0].item())),
                ("second entry", scientific(before[1].item()), scientific(after[1].item())),
                ("cosine with the first", "1.000000", f"{cosine:.6f}"),
            ),
        ),
    )


DIRECTION = Question(
    name="direction",
    topic="clipping",
    text="A gradient a thousand times too long is clipped by its norm. What does clipping change?",
    options={
        "length": "Its length alone",
        "direction": "Its direction alone",
        "both": "Length and direction",
        "nothing": "Nothing",
    },
    expected="length",
    explanation=(
        "All entries are multiplied by the same number, so the step goes where it would have gone, "
        "only not as far. Clipping by value, an older form, cuts each entry alone and does turn it."
    ),
    source="Pascanu, Mikolov and Bengio, ICML 2013, algorithm 1; Mikolov's thesis, Brno 2012.",
    experiment=_direction,
)


def _rescue(seed: int) -> Finding:
    """One step of descent by twenty networks with exploding gradients, clipped or not."""
    rose: dict[str, float] = {}
    lengths: list[float] = []
    for name, clip_norm in (("without clipping", 0.0), ("clipped to 1", 1.0)):
        seeds = range(seed * _NETWORKS, (seed + 1) * _NETWORKS)
        walks = [descend(_SCALE, clip_norm=clip_norm, steps=1, seed=each) for each in seeds]
        rose[name] = sum(w.diverged or w.losses[-1] > w.losses[0] for w in walks) / _NETWORKS
        lengths += [norm for walk in walks for norm in walk.norms]
    free, held = rose.values()
    if abs(free - held) < 0.2:
        answer = "neither" if free < 0.5 else "both"
    else:
        answer = "unclipped" if free > held else "clipped"
    return Finding(
        answer=answer,
        said=(
            f"The gradients were {scientific(min(lengths))} to {scientific(max(lengths))} long. "
            f"One step made the loss larger in {percent(free)} of {_NETWORKS} networks without "
            f"clipping, and in {percent(held)} with it."
        ),
        figure=Bars(
            tuple(rose),
            (free, held),
            (percent(free), percent(held)),
            "networks whose loss rose",
        ),
    )


RESCUE = Question(
    name="rescue",
    topic="clipping",
    text=(
        "In twenty linear networks V makes everything a tenth longer at each of 30 steps, so that "
        "gradients explode. Each takes one step downhill, as it is and clipped to length 1. "
        "Which steps make the loss larger more often?"
    ),
    options={
        "unclipped": "The unclipped ones",
        "clipped": "The clipped ones",
        "both": "Both, nearly always",
        "neither": "Neither",
    },
    expected="unclipped",
    explanation=(
        "The slope is true only close by. A step as long as an exploded gradient lands beyond the "
        "wall that made it steep; a short one stays where the slope holds. With tanh the memory is "
        "bounded, and so is much of the harm."
    ),
    source="Pascanu, Mikolov and Bengio, ICML 2013, section 2.3 and figure 6.",
    experiment=_rescue,
)


def _too_far(seed: int) -> Finding:
    """An Elman network learns to recall across 50 steps, with clipping and without."""
    right: dict[str, float] = {}
    curves: list[Curve] = []
    for name, norm in (("clipped to 1", 1.0), ("without clipping", 0.0)):
        fields = RaceFields(gap=50, kinds=("elman",), steps=100, clip_norm=norm, seed=seed)
        told = list(race(fields))
        right[name] = next(each.accuracy for each in told if isinstance(each, Finish))
        start = next(each for each in told if isinstance(each, Measure))
        if not curves:
            curves.append(Curve("share of the gradient, before training", start.by_lag))
    held, free = right.values()
    helped = held > 0.5 and held > free + 0.2
    share = curves[0].values[-1] if curves[0].values else math.nan
    return Finding(
        answer="yes" if helped else "no",
        said=(
            f"After 100 steps {percent(held)} right with clipping and {percent(free)} without; "
            f"a guess is right in {percent(fields.task.chance)}. "
            f"The symbol's share of the gradient was {scientific(share)}."
        ),
        figure=Curves("steps back from the question", "share", tuple(curves), logarithmic=True),
    )


TOO_FAR = Question(
    name="too-far",
    topic="clipping",
    text=(
        "An Elman network must recall a symbol from 50 steps ago, and what its gradient says of "
        "that step has all but vanished. Does clipping help it learn?"
    ),
    options={"yes": "Yes, it makes training stable", "no": "No"},
    expected="no",
    explanation=(
        "Clipping shortens all of a gradient by one factor. What has vanished relative to the rest "
        "stays so. It is half of the cure only: the other half was another cell."
    ),
    source="Hochreiter and Schmidhuber, Long short-term memory, 1997, section 3.",
    experiment=_too_far,
)
