"""Questions on sharing: the same weights at every step."""

import torch
from torch import Tensor

from elman.lab.quiz.figures import Bars, Table
from elman.lab.quiz.question import Finding, Question
from elman.nn import RNN, Elman
from elman.training.randomness import fork_randomness
from elman.training.uncompiled import AdamW
from elman.wording import percent

__all__ = ["ANYWHERE", "LONGER"]

_LENGTHS = (10, 100, 1000)
_T, _H = 12, 16


def _longer(seed: int) -> Finding:
    """Count weights while the sequences grow."""
    with fork_randomness(seed):
        network = Elman(8, 32, 4)
        outputs = [network(torch.randn(1, length, 8))[0].shape[1] for length in _LENGTHS]
    shared = sum(parameter.numel() for parameter in network.parameters())
    counts = [shared] * len(_LENGTHS) if outputs == list(_LENGTHS) else []
    own = [shared * length for length in _LENGTHS]  # were each step to have its own
    return Finding(
        answer="none" if counts and max(counts) == min(counts) else "each",
        said=(
            f"The network read {', '.join(f'{n:,}' for n in outputs)} steps and said something "
            f"after each, with {shared:,} weights every time. "
            f"A set of weights for each of 1,000 steps would be {own[-1]:,}."
        ),
        figure=Table(
            ("steps read", "outputs given", "weights", "if no step shared its own"),
            tuple(
                (f"{length:,}", f"{given:,}", f"{shared:,}", f"{many:,}")
                for length, given, many in zip(_LENGTHS, outputs, own, strict=True)
            ),
        ),
    )


LONGER = Question(
    name="longer",
    topic="sharing",
    text=(
        "A network was made for sequences of 10 steps. "
        "How many weights must be added for it to read 1,000?"
    ),
    options={
        "none": "None",
        "each": "A set for each further step: 990 sets",
        "square": "As many as there are pairs of steps",
    },
    expected="none",
    explanation=(
        "U, V and W serve every step, so length costs time but no weights. Reading on is not yet "
        "remembering: whether the first step still counts after 1,000 is another question."
    ),
    source="",
    experiment=_longer,
)


def _draw(batch_size: int, places: range, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Sequences of four letters, half of them with one more letter at one of `places`."""
    tokens = torch.randint(4, (batch_size, _T), generator=generator)
    holds = torch.arange(batch_size) % 2
    place = torch.randint(places.start, places.stop, (batch_size,), generator=generator)
    rows = holds.nonzero()[:, 0]
    tokens[rows, place[rows]] = 4
    return torch.nn.functional.one_hot(tokens, 5).float(), holds


class _Shared(torch.nn.Module):
    """The same weights at every step."""

    def __init__(self) -> None:
        super().__init__()
        self.memory, self.head = RNN(5, _H, batch_first=True), torch.nn.Linear(_H, 2)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.memory(x)[0][:, -1])
        return logits


class _Separate(torch.nn.Sequential):
    """Weights of its own for every place."""

    def __init__(self) -> None:
        super().__init__(
            torch.nn.Flatten(),
            torch.nn.Linear(5 * _T, _H),
            torch.nn.Tanh(),
            torch.nn.Linear(_H, 2),
        )


def _anywhere(seed: int) -> Finding:
    """Train two networks on a letter in one half of the places, and look for it in the other."""
    early, late = range(_T // 2), range(_T // 2, _T)
    right: dict[str, tuple[float, float]] = {}
    for name, kind in (("shared", _Shared), ("separate", _Separate)):
        generator = torch.Generator().manual_seed(seed)
        with fork_randomness(seed):
            network = kind()
        optimizer = AdamW(network.parameters(), lr=0.01)
        for _ in range(250):
            x, holds = _draw(64, late, generator)
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(network(x), holds).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        drawn = (_draw(400, places, generator) for places in (late, early))
        seen, unseen = ((network(x).argmax(-1) == y).float().mean().item() for x, y in drawn)
        right[name] = seen, unseen
    shared, separate = right["shared"][1], right["separate"][1]
    if abs(shared - separate) < 0.1:
        answer = "both" if shared > 0.8 else "neither"
    else:
        answer = "shared" if shared > separate else "separate"
    return Finding(
        answer=answer,
        said=(
            f"At places it had never seen the letter in, the network with shared weights got "
            f"{percent(shared)} right, the one with a weight for every place {percent(separate)}; "
            "one in two would be a guess."
        ),
        figure=Bars(
            ("shared, places seen", "shared, new places", "separate, places seen", "separate, new"),
            right["shared"] + right["separate"],
            tuple(percent(share) for share in right["shared"] + right["separate"]),
            "right answers",
        ),
    )


ANYWHERE = Question(
    name="anywhere",
    topic="sharing",
    text=(
        "Two networks learn whether a sequence of 12 letters holds an x. While they learn, x only "
        "ever stands in the second half; then it stands in the first. Which network still sees it?"
    ),
    options={
        "shared": "The one with the same weights at every step",
        "separate": "The one with its own weights for every place",
        "both": "Both",
        "neither": "Neither",
    },
    expected="shared",
    explanation=(
        "What U learns of x at one step it knows at every step. Separate weights must learn each "
        "place by itself, and those of a place where x never stood have learned nothing."
    ),
    source="Elman, Finding structure in time, 1990, where it speaks of time as space.",
    experiment=_anywhere,
)
