"""A whole training step of our language models beside the same model written plainly in torch.

    python benchmarks/training_step.py

One process, the two in turn, medians of the ratio round by round. Forward, loss, backward, clipping
and AdamW are all inside; both sides have the same sizes, data, dropout and number of threads. In
the same rounds a large product of matrices gives the peak. Whatever a step leaves out, it cannot
leave out the multiplications of its layers and of its words' scores: "at the peak" is what the
ratio would be if they ran at that rate and all else took no time.
"""

import statistics
import time
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F

from elman.bench import CELLS, PEAK_OPERATIONS, large_product
from elman.fields import TrainingFields
from elman.tasks.language.config import LanguageFields
from elman.tasks.language.model import LanguageModule
from elman.training.clipping import clip_gradients
from elman.training.optimizers import make_optimizer
from penn_treebank import NETWORKS
from report import publish

VOCABULARY, STEPS = 10_000, 35
ROUNDS, WARMUP = 25, 3
KINDS = {"elman": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class Plain(nn.Module):
    """The same network as people write it: tied embedding, torch layers, dropout, linear."""

    def __init__(self, fields: LanguageFields) -> None:
        super().__init__()
        size, width = fields.hidden_size, fields.embedding_size or fields.hidden_size
        self.embedding = nn.Embedding(VOCABULARY, width)
        self.layer = KINDS[fields.cell](width, size, fields.layers, batch_first=True)
        self.projection = nn.Identity() if width == size else nn.Linear(size, width, bias=False)
        self.head = nn.Linear(width, VOCABULARY)
        self.head.weight = self.embedding.weight
        self.dropout = nn.Dropout(fields.dropout)

    def forward(self, tokens: torch.Tensor, state):
        """Logits (B, T, V) and the state."""
        y, state = self.layer(self.dropout(self.embedding(tokens)), state)
        return self.head(self.projection(self.dropout(y))), state


def plain_step(fields: LanguageFields, data: torch.Tensor) -> Callable[[], None]:
    """One step of the plain model, with state carried from step to step."""
    torch.manual_seed(0)
    model = Plain(fields)
    optimizer = torch.optim.AdamW(model.parameters(), lr=fields.learning_rate, fused=True)
    carried: list = [None]

    def step() -> None:
        optimizer.zero_grad()
        logits, state = model(data[:, :-1], carried[0])
        loss = F.cross_entropy(logits.flatten(0, 1), data[:, 1:].flatten())
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), fields.clip_norm)
        optimizer.step()
        loss.item()
        carried[0] = (
            tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
        )

    return step


def our_step(fields: LanguageFields, data: torch.Tensor) -> Callable[[], None]:
    """One step of ours, as the training loop takes it."""
    torch.manual_seed(0)
    module = LanguageModule(fields, VOCABULARY)
    optimizer = make_optimizer(module, fields)
    parameters = list(module.named_parameters())
    carried: list = [None]

    def step() -> None:
        optimizer.zero_grad()
        features, state = module.features(data[:, :-1], carried[0])
        loss = module.loss(features, data[:, 1:])
        loss.item()
        loss.backward()
        clip_gradients(parameters, fields.clip_norm, fields.clip_value)
        optimizer.step()
        carried[0] = tuple(part.detach() for part in state)

    return step


def milliseconds(step: Callable[[], None]) -> float:
    """How long one step takes."""
    start = time.perf_counter()
    step()
    return (time.perf_counter() - start) * 1e3


def operations(fields: LanguageFields) -> float:
    """Multiplications and additions of a step's matrix products, forward and back."""
    hidden, width = fields.hidden_size, fields.embedding_size or fields.hidden_size
    gates = CELLS[fields.cell][2]
    into_layers = [width] + [hidden] * (fields.layers - 1)
    weights = sum(gates * hidden * (inputs + hidden) for inputs in into_layers)
    weights += (hidden * width if hidden != width else 0) + width * VOCABULARY
    forward_and_two_back = 3
    return 2.0 * forward_and_two_back * weights * fields.batch_size * STEPS


def compare(name: str, fields: LanguageFields) -> str:
    """A row: medians of both, of their ratio, and how near the peak they are."""
    data = torch.randint(VOCABULARY, (fields.batch_size, STEPS + 1))
    works = [plain_step(fields, data), our_step(fields, data), large_product(torch.float32)]
    rounds = [[milliseconds(work) for work in works] for _ in range(WARMUP + ROUNDS)][WARMUP:]
    theirs_ms, ours_ms, peak_ms = (
        statistics.median(column) for column in zip(*rounds, strict=True)
    )
    ratio = statistics.median(theirs / mine for theirs, mine, _ in rounds)
    shortest_ms = peak_ms * operations(fields) / PEAK_OPERATIONS
    words = fields.batch_size * STEPS / ours_ms * 1e3
    return (
        f"| {name} | {theirs_ms:.1f} | {ours_ms:.1f} | {ratio:.2f} | {shortest_ms / ours_ms:.2f} "
        f"| {theirs_ms / shortest_ms:.2f} | {words:,.0f} |"
    )


def main() -> None:
    """Measure each Penn Treebank network, print and publish."""
    shared = {f: getattr(TrainingFields(), f) for f in ("optimizer", "weight_decay")}
    cases = {
        f"{name} (H {options['hidden_size']})": {**options, **shared}
        for name, options in NETWORKS.items()
    }
    small = cases[f"elman (H {NETWORKS['elman']['hidden_size']})"]
    cases[f"gru (H {small['hidden_size']})"] = {**small, "cell": "gru"}
    cases["lstm, two layers (H 650)"] = {
        **small,
        "cell": "lstm",
        "hidden_size": 650,
        "embedding_size": 650,
        "layers": 2,
    }
    rows = [compare(name, LanguageFields(**options)) for name, options in cases.items()]
    head = (
        "| network | torch, ms | ours, ms | torch / ours, median | our share of the peak "
        "| torch / ours at the peak | our words per second |\n"
        "|---|---|---|---|---|---|---|\n"
    )
    publish(
        "A whole training step beside plain torch",
        f"Vocabulary 10,000, {STEPS} steps, batch as in the Penn Treebank runs.\n\n"
        + head
        + "\n".join(rows),
        command="python benchmarks/training_step.py",
        seed=0,
    )


if __name__ == "__main__":
    main()
