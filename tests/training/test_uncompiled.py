"""torch's optimisers without what torch.compile wraps around them."""

import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import Tensor

from elman.training import uncompiled

KINDS: list[tuple[Any, Any, dict[str, Any]]] = [
    (uncompiled.AdamW, torch.optim.AdamW, {"lr": 0.01, "weight_decay": 0.1, "fused": True}),
    (uncompiled.AdamW, torch.optim.AdamW, {"lr": 0.01, "amsgrad": True}),
    (uncompiled.SGD, torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "foreach": True}),
]


def trained(kind: Any, options: dict[str, Any]) -> list[Tensor]:
    """The weights that some steps leave, and the optimiser's state."""
    torch.manual_seed(0)
    layer = torch.nn.Linear(5, 3)
    optimizer = kind(layer.parameters(), **options)
    for _ in range(4):
        optimizer.zero_grad()
        layer(torch.randn(8, 5)).square().sum().backward()
        optimizer.step()
    state = [value for slots in optimizer.state.values() for value in slots.values()]
    return [*layer.parameters(), *state]


@pytest.mark.parametrize(("ours", "theirs", "options"), KINDS)
def test_steps_have_torchs_bits(ours: Any, theirs: Any, options: dict[str, Any]) -> None:
    got, expected = trained(ours, options), trained(theirs, options)
    assert len(got) > 2
    assert all(torch.equal(a, b) for a, b in zip(got, expected, strict=True))


def test_hooks_and_closures_are_called() -> None:
    layer = torch.nn.Linear(2, 1)
    optimizer = uncompiled.SGD(layer.parameters(), lr=0.1)
    seen: list[str] = []
    optimizer.register_step_post_hook(lambda *_: seen.append("hook"))

    def loss() -> Tensor:
        seen.append("gradient" if torch.is_grad_enabled() else "none")
        total: Tensor = layer(torch.ones(1, 2)).sum()
        return total

    optimizer.step(loss)
    assert seen == ["gradient", "hook"]


def test_the_compiler_is_not_imported() -> None:
    program = """if True:
        import sys, torch
        from elman.training.uncompiled import SGD, AdamW
        for kind in (SGD, AdamW):
            layer = torch.nn.Linear(2, 1)
            optimizer = kind(layer.parameters(), lr=0.1)
            optimizer.zero_grad()
            layer(torch.ones(1, 2)).sum().backward()
            optimizer.step()
        sys.exit("torch._dynamo" in sys.modules)
    """
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
