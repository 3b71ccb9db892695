"""Every layer on a torch that lacks what it never promised."""

import os
import subprocess
import sys

import pytest
from tests.nn.pairs import BUILT

from elman.nn import unpromised

# Torch itself cannot do without the others, so that they cannot be taken away here.
TAKEN = [
    "_C._dynamo.eval_frame.get_eval_frame_callback",
    "_C._are_functorch_transforms_active",
    "_C._len_torch_dispatch_stack",
    "_C._is_any_autocast_enabled",
    "_C._functorch.is_functorch_wrapped_tensor",
    "_C._functorch.is_legacy_batchedtensor",
    "autograd.forward_ad._current_level",
]

SCRIPT = """
import sys, torch
x = torch.zeros(2, 3, 4)
for path in sys.argv[1:]:
    *owners, name = path.split(".")
    owner = torch
    for part in owners:
        owner = getattr(owner, part)
    delattr(owner, name)
import elman.nn
from elman.sequences import PaddedBatch
layers = [elman.nn.RNN(4, 5), elman.nn.GRU(4, 5, learned_state=True), elman.nn.LSTM(4, 5)]
for layer in [*layers, elman.nn.Elman(4, 5, 6)]:
    for call in (x, PaddedBatch.full(x)):
        layer(call)
        print(layer.backend.name, layer.backend.reason)
"""


def _run(*taken: str) -> list[str]:
    """What each call of `SCRIPT` ran on, without the names taken from torch."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", SCRIPT, *taken]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def test_this_torch_has_all_of_it() -> None:
    assert unpromised.MISSING == ""


@pytest.mark.skipif(not BUILT, reason="the lack of a core is told first")
def test_layers_run_on_torch_s_operators_and_say_what_is_missing() -> None:
    lines = _run(*TAKEN)
    assert len(lines) == 8
    for line in lines:
        assert line.startswith("torch this torch lacks torch._C._dynamo.eval_frame.get_eval_frame")
        for name in TAKEN:
            assert (f"torch.{name}" in line) == (name != "_C._is_any_autocast_enabled")
