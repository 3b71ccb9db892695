import subprocess
import sys

import torch
from torch.nn import GRU, Embedding, Sequential

from elman.nn import LSTM
from elman.nn.sketching import sketching


def test_sketches_have_the_shapes_of_networks_and_draw_nothing() -> None:
    def build() -> Sequential:
        return Sequential(Embedding(10**9, 64), LSTM(64, 5), GRU(5, 3), torch.nn.Linear(3, 2))

    before = torch.get_rng_state()
    with sketching():
        sketch = build()
    assert torch.equal(torch.get_rng_state(), before)
    assert all(each.is_meta for each in sketch.parameters())
    assert sketch[0].weight.shape == (10**9, 64)
    assert not torch.empty(1).is_meta  # what comes after has memory again


def test_no_sketch_waits_for_torchs_compiler() -> None:
    program = (
        "import sys\n"
        "from torch.nn import Embedding, Linear\n"
        "from elman.nn import LSTM\n"
        "from elman.nn.crf import CRF\n"
        "from elman.nn.sketching import sketching\n"
        "with sketching():\n"
        "    Embedding(9, 4), Linear(3, 2), LSTM(3, 5, num_layers=2), CRF(3)\n"
        "print('torch._dynamo' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout == "False\n"
