import torch
from torch import nn

from elman.contracts import Material
from elman.data.datasets.elman_sentences.model import ExactModel
from elman.inspect.steppables import as_reader, as_text
from elman.nn import GRU, CausalTransformer
from elman.sequences import PaddedBatch

IDS, WIPED = torch.arange(5), torch.tensor([True, False, False, True, False])


def test_a_text_is_one_row_of_ids() -> None:
    module = nn.Embedding(5, 2)
    assert as_text(Material(module, IDS))[0] is IDS
    ids, resets = as_text(Material(module, PaddedBatch.full(IDS[None], WIPED[None])))
    assert (ids.tolist(), resets.tolist()) == (IDS.tolist(), WIPED.tolist())
    for other in (IDS[None], IDS.float(), (IDS, IDS), "text", PaddedBatch.full(IDS.expand(2, 5))):
        assert as_text(Material(module, other)) is None


def test_readers_carry_a_state_and_are_no_bare_layers() -> None:
    class Stranger(nn.Module):
        def initial_state(self, batch_size):
            return ()

        def forward(self, x):
            return x

    exact, transformer = ExactModel(), CausalTransformer
    assert as_reader(exact) is exact
    assert hasattr(transformer, "initial_state")
    for other in (GRU(2, 3), nn.GRU(2, 3), Stranger()):
        assert as_reader(other) is None
