"""Small real jobs with known answers, for the tests of training."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from elman.contracts import State, StepLoss


class Recaller(nn.Module):
    """Says, at each step, what it read some steps before."""

    def __init__(self, hidden_size: int = 16, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.rnn = nn.GRU(1, hidden_size, batch_first=True)
        self.head = nn.Linear(hidden_size, 1)

    def initial_state(self, batch_size: int) -> State:
        return (torch.zeros(self.rnn.num_layers, batch_size, self.rnn.hidden_size),)

    def forward(self, x: Tensor, state: State | None) -> tuple[Tensor, State]:
        output, h = self.rnn(x[..., None], None if state is None else state[0])
        return self.head(self.dropout(output))[..., 0], (h,)


class Recall:
    """Bits in, the bits of two steps before out, in windows of four steps.

    Without the carried state half of the targets cannot be known: the loss stays above
    ln(2) / 2 = 0.347. With it the answer is exact and the loss goes to 0.
    """

    delay, steps, rows, steps_per_epoch = 2, 4, 8, 25

    def __init__(self, dropout: float = 0.0, seed: int = 0) -> None:
        generator = torch.Generator().manual_seed(seed)
        size = (self.rows, self.steps * self.steps_per_epoch + self.delay)
        self.bits = torch.randint(0, 2, size, generator=generator).float()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.module = Recaller(dropout=dropout)

    def batches(self, epoch: int, start: int) -> Iterator[tuple[Tensor, Tensor]]:
        for step in range(start, self.steps_per_epoch):
            first = step * self.steps
            inputs = self.bits[:, first + self.delay : first + self.delay + self.steps]
            yield inputs, self.bits[:, first : first + self.steps]

    def loss(self, batch: tuple[Tensor, Tensor], state: State | None) -> StepLoss:
        output, after = self.module(batch[0], state)
        loss = F.binary_cross_entropy_with_logits(output, batch[1])
        return StepLoss(loss, batch[1].numel(), after)

    def validate(self) -> float:
        state, losses = None, []
        for batch in self.batches(0, 0):
            result = self.loss(batch, state)
            state = result.state
            losses.append(result.loss)
        return torch.stack(losses).mean().item()

    def blame(self, batch: tuple[Tensor, Tensor]) -> str | None:
        bad = (~torch.isfinite(batch[0])).nonzero()
        return f"row {bad[0, 0] + 1}, step {bad[0, 1] + 1} holds NaN." if len(bad) else None

    def sample(self) -> str | None:
        return f"{torch.rand(()).item():.3f}"


class DeepRecall(Recall):
    """The same task for a stack of Elman layers, begun with weights of chosen size.

    Args:
        layers: how many.
        spread: spectral radius of the recurrent weights, nearly; 0 keeps torch's own.
        between: what the weights from layer to layer are multiplied by.
        hidden_size: units in each.
        steps: of a window.
    """

    def __init__(
        self,
        layers: int = 1,
        spread: float = 0.0,
        between: float = 1.0,
        hidden_size: int = 16,
        steps: int = 4,
    ) -> None:
        self.steps = steps
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1)
            self.module.rnn = nn.RNN(1, hidden_size, layers, batch_first=True)
            self.module.head = nn.Linear(hidden_size, 1)
            for name, weight in self.module.rnn.named_parameters():
                if spread and name.startswith("weight_hh"):
                    nn.init.normal_(weight, 0, spread / hidden_size**0.5)
                elif name.startswith("weight_ih") and not name.endswith("l0"):
                    weight.data.mul_(between)


class Line:
    """A linear function with known weights (1, 2, 3), one batch a step; nothing is carried."""

    steps_per_epoch = 10

    def __init__(self, validations: list[float] | None = None) -> None:
        self.module = nn.Linear(3, 1, bias=False)
        nn.init.zeros_(self.module.weight)
        generator = torch.Generator().manual_seed(0)
        self.x = torch.randn(self.steps_per_epoch, 8, 3, generator=generator)
        self.y = self.x @ torch.tensor([1.0, 2.0, 3.0])
        self.validations = iter(validations) if validations else None
        self.seen: list[tuple[int, int]] = []

    def batches(self, epoch: int, start: int) -> Iterator[Any]:
        for step in range(start, self.steps_per_epoch):
            self.seen.append((epoch, step))
            yield self.x[step], self.y[step]

    def loss(self, batch: Any, state: State | None) -> StepLoss:
        assert state is None
        return StepLoss(((self.module(batch[0])[:, 0] - batch[1]) ** 2).mean(), 8, None)

    def validate(self) -> float:
        assert not self.module.training
        assert not torch.is_grad_enabled()
        if self.validations is not None:
            return next(self.validations)
        return ((self.module(self.x)[..., 0] - self.y) ** 2).mean().item()

    def blame(self, batch: Any) -> str | None:
        return None

    def sample(self) -> str | None:
        return None
