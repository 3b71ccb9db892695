"""A torch LSTM that cannot learn across a gap: what the instruments say, and what mends it.

The task: four blanks, a symbol, thirty blanks, a question; the network must answer with the symbol.
An LSTM as torch begins it does not learn it. Its loss says nothing of the reason; its gradient flow
does.
"""

import torch
from torch import nn

from elman.inspect import gradient_flow, memory_horizon

SYMBOLS, LEAD, GAP = 4, 4, 30
BLANK, QUESTION = SYMBOLS, SYMBOLS + 1


class Network(nn.Module):
    """An ordinary classifier of sequences of ids."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(SYMBOLS + 2, 8)
        self.lstm = nn.LSTM(8, 32, batch_first=True)
        self.head = nn.Linear(32, SYMBOLS)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Logits of the answer, (B, SYMBOLS)."""
        memory, _ = self.lstm(self.embedding(tokens))
        return self.head(memory[:, -1])


def draw(rows: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Sequences and their answers."""
    answers = torch.randint(SYMBOLS, (rows,))
    tokens = torch.full((rows, LEAD + 1 + GAP + 1), BLANK)
    tokens[:, LEAD], tokens[:, -1] = answers, QUESTION
    return tokens, answers


def train(model: Network, steps: int = 300) -> float:
    """Train in the ordinary way; returns the share of right answers afterwards."""
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
    for _ in range(steps):
        tokens, answers = draw(32)
        loss = nn.functional.cross_entropy(model(tokens), answers)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    tokens, answers = draw(500)
    return (model(tokens).argmax(1) == answers).float().mean().item()


def main() -> None:
    """Diagnose, mend, diagnose again."""
    for forget in (0.0, 4.0):
        torch.manual_seed(0)
        model = Network()
        with torch.no_grad():  # torch's order of gates is i, f, g, o
            model.lstm.bias_hh_l0[32:64] += forget
        (flow,) = gradient_flow(model, draw(64), max_lag=GAP + 1).layers
        print(f"forget gates begin with a bias of {forget:g}")
        left = flow.relative[GAP + 1]
        print(f"  gradient that reaches the symbol, before training: {left:.1e}")
        print(f"  right answers after training: {train(model):.0%}")
        horizon = memory_horizon(model, draw(64), max_context=GAP + LEAD)
        print(f"  looks back {horizon.said}")


if __name__ == "__main__":
    main()
