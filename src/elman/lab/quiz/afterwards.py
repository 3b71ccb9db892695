"""Questions on what came after: attention in place of a memory, and its price."""

import torch

from elman.lab.experiments.race import Finish, Measure, RaceFields, race
from elman.lab.quiz.figures import Curve, Curves
from elman.lab.quiz.question import Finding, Question
from elman.nn import LSTM, CausalTransformer
from elman.training.randomness import fork_randomness
from elman.wording import percent

__all__ = ["FIRST_TO_LEARN", "PRICE"]

_STEPS = 100


def _first_to_learn(seed: int) -> Finding:
    """An Elman network, an LSTM and a transformer of equal size, across a gap of 30."""
    kinds = ("elman", "lstm", "transformer")
    told = list(race(RaceFields(gap=30, kinds=kinds, steps=_STEPS, seed=seed)))
    ends = {each.kind: each for each in told if isinstance(each, Finish)}
    curves = tuple(
        Curve(kind, tuple(m.accuracy for m in told if isinstance(m, Measure) and m.kind == kind))
        for kind in kinds
    )
    learned = {kind: end.step for kind, end in ends.items() if end.outcome == "learned"}
    answer = min(learned, key=lambda kind: learned[kind]) if learned else "none"
    return Finding(
        answer=answer,
        said="; ".join(
            f"{kind}: {percent(end.accuracy)} right after {end.step} steps"
            for kind, end in ends.items()
        )
        + ". A guess is right in 12 %.",
        figure=Curves("steps of training, in tens", "right answers", curves),
    )


FIRST_TO_LEARN = Question(
    name="first-to-learn",
    topic="what came after",
    text=(
        "Elman, LSTM and a transformer, none with more than 11,000 weights, learn to recall a "
        "symbol across 30 steps of noise. Which one can do it first?"
    ),
    options={
        "elman": "Elman",
        "lstm": "LSTM",
        "transformer": "The transformer",
        "none": "None within 100 steps of training",
    },
    expected="transformer",
    explanation=(
        "Attention joins the question to the symbol in one step, so the gradient need not come "
        "through thirty. With more training the LSTM learns it too, and longer gaps."
    ),
    source="Vaswani et al., Attention is all you need, 2017, table 1 on path lengths.",
    experiment=_first_to_learn,
)


def _price(seed: int) -> Finding:
    """Numbers carried from step to step, by steps read."""
    with fork_randomness(seed):
        recurrent = LSTM(16, 32, batch_first=True)
        transformer = CausalTransformer(8, width=32, layers=2, context=1_001)
        tokens = torch.randint(8, (1, 1_000))
        x = torch.randn(1, 1_000, 16)
    carried: dict[str, list[float]] = {"LSTM": [], "transformer": []}
    with torch.no_grad():
        for steps in range(0, 1_001, 100):
            state = recurrent(x[:, :steps])[1] if steps else recurrent.initial_state(1)
            carried["LSTM"].append(float(sum(part.numel() for part in state)))
            _, (keys, values, known) = transformer(tokens[:, :steps])
            per_step = (keys.numel() + values.numel()) / known.numel()
            carried["transformer"].append(per_step * known.sum().item())
    ends = {name: (counts[1], counts[-1]) for name, counts in carried.items()}
    grows = {name: last > 1.01 * first for name, (first, last) in ends.items()}
    answers = {(True, False): "lstm", (False, True): "transformer", (True, True): "both"}
    return Finding(
        answer=answers.get((grows["LSTM"], grows["transformer"]), "neither"),
        said="; ".join(
            f"{name}: {first:,.0f} numbers after 100 steps, {last:,.0f} after 1,000"
            for name, (first, last) in ends.items()
        )
        + ".",
        figure=Curves(
            "steps read, in hundreds",
            "numbers carried on",
            tuple(Curve(name, tuple(counts)) for name, counts in carried.items()),
        ),
    )


PRICE = Question(
    name="price",
    topic="what came after",
    text=(
        "To go on reading, a network needs what it carries from the steps before. "
        "In which does that grow with the length of the text?"
    ),
    options={
        "lstm": "In the LSTM",
        "transformer": "In the transformer",
        "both": "In both",
        "neither": "In neither",
    },
    expected="transformer",
    explanation=(
        "An LSTM carries a state of fixed size, which is its bottleneck and its thrift. A "
        "transformer keeps keys and values of every step, up to the context it was given."
    ),
    source="",
    experiment=_price,
)
