import base64
import dataclasses

import numpy as np
import pytest

from elman.errors import DataError
from elman.page.network import MOST_NUMBERS, BrowserNetwork

NETWORK = BrowserNetwork(
    name="tiny",
    cell="elman",
    layers=1,
    tensors={
        "embedding": np.array([[1, 2], [3, 4]], np.float32),
        "layers.0.V": np.array([[0.5]], np.float32),
    },
    tokens=["<unk>", "</script>"],
    split="whitespace",
    unknown=0,
    eos=1,
    sequences="text",
)


def test_weights_stand_one_after_the_other_as_little_endian_float32() -> None:
    data = NETWORK.to_json()
    assert data["tensors"] == {
        "embedding": {"shape": [2, 2], "at": 0},
        "layers.0.V": {"shape": [1, 1], "at": 4},
    }
    assert np.frombuffer(base64.b64decode(data["numbers"]), "<f4").tolist() == [1, 2, 3, 4, 0.5]
    assert data["codec"]["tokens"] == ["<unk>", "</script>"]


def test_a_network_too_large_for_a_page_is_refused_with_its_size() -> None:
    large = dataclasses.replace(NETWORK, tensors={"embedding": np.zeros((2, 750_001), np.float32)})
    with pytest.raises(DataError, match=r"must carry at most 1,500,000 numbers, got 1,500,002"):
        large.to_json()
    assert large.numbers == MOST_NUMBERS + 2
