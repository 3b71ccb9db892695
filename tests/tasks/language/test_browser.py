import numpy as np
import pytest
from tests.browser.networks import TEXT, random_model

from elman.errors import ConfigError
from elman.tasks.language.browser import browser_network


def test_tied_weights_are_carried_once_and_others_apart() -> None:
    tied = browser_network(random_model(cell="gru", hidden_size=6, embedding_size=4))
    apart = browser_network(
        random_model(cell="gru", hidden_size=6, embedding_size=4, tie_weights=False, probe=False)
    )
    assert "head" not in tied.tensors
    assert tied.tensors["projection"].shape == (4, 6)
    assert apart.tensors["head"].shape == (len(apart.tokens), 6)
    assert {name for name in tied.tensors if name.startswith("probe.")} == {
        f"probe.{part}" for part in ("weights", "bias", "codes", "edges", "precision")
    }
    assert not any(name.startswith("probe.") for name in apart.tensors)


def test_weights_are_the_module_s_own() -> None:
    trained = random_model(cell="lstm", hidden_size=5, layers=2, probe=False)
    network = browser_network(trained)
    stack = trained.module.stack
    np.testing.assert_array_equal(
        network.tensors["layers.1.V"], stack.weight_hh_l1.detach().numpy()
    )
    np.testing.assert_array_equal(network.tensors["layers.0.d"], stack.bias_hh_l0.detach().numpy())


def test_subwords_are_refused() -> None:
    from elman.data.codecs import SubwordCodec

    trained = random_model(cell="elman", hidden_size=5, probe=False)
    trained.codec = SubwordCodec.fit(TEXT.splitlines() * 9, size=260)
    with pytest.raises(ConfigError, match=r"must be 'word' or 'character' .* got 'subword'"):
        browser_network(trained)
