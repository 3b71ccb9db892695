import pytest
import torch

from elman.tasks.fitting import weights_bytes
from elman.tasks.language.config import LanguageConfig
from elman.tasks.language.trained import build

VOCABULARY = 11


def built(config: LanguageConfig) -> torch.nn.Module:
    return build(config, VOCABULARY)


@pytest.mark.parametrize("layers", [1, 2, 5])
@pytest.mark.parametrize("embedding_size", [0, 3])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_the_size_of_a_network_is_known_before_it_is_built(
    layers: int, embedding_size: int, precision: str
) -> None:
    config = LanguageConfig(
        layers=layers, hidden_size=7, embedding_size=embedding_size, precision=precision
    )
    expected = sum(p.numel() * p.element_size() for p in built(config).parameters())
    assert weights_bytes(config, built) == expected


def test_any_number_of_layers_is_counted_at_once() -> None:
    assert weights_bytes(LanguageConfig(layers=10**9), built) > 10**12
