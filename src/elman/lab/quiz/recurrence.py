"""Questions on recurrence: what memory is worth, and what it is made of."""

import torch
from torch import Tensor

from elman.lab.quiz.figures import Bars, Table
from elman.lab.quiz.question import Finding, Question, nearest, scientific
from elman.nn import RNN, Elman
from elman.training.randomness import fork_randomness
from elman.training.uncompiled import AdamW
from elman.wording import percent

__all__ = ["MEMORY_OFF", "ORDER"]


def _memory_off(seed: int) -> Finding:
    """Train a network on a a b b a a b b, with its memory and without."""
    letters = torch.tensor([0, 0, 1, 1]).repeat(12)
    rows = torch.stack([letters[start : start + 40] for start in range(4)])
    right = {}
    for name, wiped in (("memory on", False), ("memory off", True)):
        with fork_randomness(seed):
            layer, head = RNN(2, 16, batch_first=True), torch.nn.Linear(16, 2)
        right[name] = _learn_next(layer, head, rows, wiped)
    off = right["memory off"]
    return Finding(
        answer=nearest(off, {"all": 1.0, "three quarters": 0.75, "half": 0.5, "quarter": 0.25}),
        said=(
            f"Trained and tested with its memory wiped before every letter it got {percent(off)} "
            f"right; the same network with its memory got {percent(right['memory on'])}."
        ),
        figure=Bars(
            tuple(right),
            tuple(right.values()),
            tuple(percent(share) for share in right.values()),
            "next letters right",
        ),
    )


def _learn_next(layer: RNN, head: torch.nn.Linear, rows: Tensor, wiped: bool) -> float:
    """Train to say the next letter; the share it gets right from the fourth letter on."""
    x = torch.nn.functional.one_hot(rows[:, :-1], 2).float()
    steps = x.flatten(0, 1)[:, None] if wiped else x  # each letter a sequence of its own
    learned = [*layer.parameters(), *head.parameters()]
    optimizer = AdamW(learned, lr=0.02)
    logits = head(layer(steps)[0]).view(*x.shape)
    for _ in range(120):
        loss = torch.nn.functional.cross_entropy(logits.transpose(1, 2), rows[:, 1:])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        optimizer.step()
        logits = head(layer(steps)[0]).view(*x.shape)
    right: Tensor = logits.argmax(-1) == rows[:, 1:]
    return right[:, 3:].float().mean().item()


MEMORY_OFF = Question(
    name="memory-off",
    topic="recurrence",
    text=(
        "A network reads a a b b a a b b … and names the next letter each time. "
        "How many does it get right if its memory is wiped before every letter?"
    ),
    options={
        "all": "All of them",
        "three quarters": "Three in four",
        "half": "One in two",
        "quarter": "One in four",
    },
    expected="half",
    explanation=(
        "After an a comes an a or a b, equally often; which one depends on the letter before. "
        "A network that sees each letter alone can only guess. One step of memory settles it."
    ),
    source="Elman, Finding structure in time, Cognitive Science 14, 1990.",
    experiment=_memory_off,
)


def _order(seed: int) -> Finding:
    """The memory of an untrained network after the same words in other orders."""
    with fork_randomness(seed):
        network = Elman(8, 16, 4).double()
        words = dict(zip(("I", "love", "cats"), torch.randn(3, 8).double(), strict=True))
    orders = (("I", "love", "cats"), ("cats", "love", "I"), ("love", "I", "cats"))
    with torch.no_grad():
        memories = [network(torch.stack([words[w] for w in o])[None])[1][0][0, 0] for o in orders]
    size = memories[0].norm().item()
    apart = [(memory - memories[0]).norm().item() / size for memory in memories]
    answer = "order" if min(apart[1:]) > 1e-06 else "last" if apart[1] > 1e-06 else "same"
    return Finding(
        answer=answer,
        said=(
            f"Read backwards, the memory ends {percent(apart[1])} of its own length away; "
            f"with the same last word, still {percent(apart[2])}."
        ),
        figure=Table(
            ("read in this order", "distance from the first memory"),
            tuple(
                (" ".join(order), scientific(distance))
                for order, distance in zip(orders, apart, strict=True)
            ),
        ),
    )


ORDER = Question(
    name="order",
    topic="recurrence",
    text=(
        "An untrained network reads “I love cats”, then afresh “cats love I”, then “love I cats”. "
        "Is its memory the same after each?"
    ),
    options={
        "same": "Yes, it has read the same words",
        "last": "Only where the last word is the same",
        "order": "No, each order leaves another memory",
    },
    expected="order",
    explanation=(
        "h_t = f(U x_t + V h_{t−1}): an earlier word has passed through V and f more often than a "
        "later one. So its place counts, even before anything was learned."
    ),
    source="",
    experiment=_order,
)
