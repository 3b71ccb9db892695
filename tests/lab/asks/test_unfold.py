import base64
import threading

import numpy as np
import pytest
import torch
from tests.lab.models import random_model

from elman.lab.asks.unfold import ASKS, pack
from elman.lab.laboratory import Laboratory
from elman.lab.news import News
from elman.lab.protocol import Call
from elman.lab.reading import Reading
from elman.lab.shelf import Exhibit, Shelf


@pytest.fixture
def lab(tmp_path):
    made = Laboratory(None, tmp_path)
    made.shelf = Shelf(News())
    made.shelf.put(Exhibit("m", "M", random_model("lstm", layers=2)))
    return made


def ask(lab, name, **args):
    stop = threading.Event()
    return ASKS[name](Call(name, args, "ada", lab, lambda body, latest: None, stop.is_set))


def unpacked(packed, width=5):
    shares = np.frombuffer(base64.b64decode(packed["data"]), "<i2").astype(float)
    return torch.tensor(shares * packed["scale"] / 32767).reshape(-1, width)


def test_a_text_is_split_as_the_model_reads_it(lab):
    assert ask(lab, "unfold.split", model="m", text="I love\ncats")["words"] == [
        "I",
        "love",
        "cats",
    ]


@pytest.mark.parametrize("memory", [True, False])
def test_the_page_gets_what_the_network_does(lab, memory):
    trained = lab.shelf.get("m").trained
    text = "I love tigers very"
    ids, pieces = trained.codec.encode(text), trained.codec.split(text)
    wanted = Reading(trained, memory).read(ids, pieces, 1, 4)
    found = ask(lab, "unfold.read", model="m", text=text, memory=memory, **{"from": 1, "to": 4})
    assert found["known"] == [True, False, True]
    for packed, layer in zip(found["layers"], wanted.layers, strict=True):
        # int16 shares of the largest value: half a share is the most that rounding takes away
        room = {"rtol": 0.0, "atol": float(layer.h.abs().max()) / 32767}
        torch.testing.assert_close(unpacked(packed["h"]), layer.h.double(), **room)
        gate = unpacked(packed["gates"]["f"])
        torch.testing.assert_close(gate, layer.gates["f"].double(), rtol=0.0, atol=1 / 32767)
        assert list(packed["gates"]) == ["i", "f", "o"]
    word, probability = found["next"][0][0]
    wanted.expected[:, trained.codec.unknown_id] = 0
    best = int(wanted.expected[0].argmax())
    assert word == trained.codec.tokens[best]
    assert probability == pytest.approx(float(wanted.expected[0, best]), abs=1e-5)
    assert "<unk>" not in {word for step in found["next"] for word, _ in step}


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ({"from": 0, "to": 9}, "within the text's 2, got 0 to 9"),
        ({"from": 1, "to": 1}, "`to` must be at least 2, got 1"),
        ({"from": -1, "to": 1}, "`from` must be at least 0, got -1"),
        ({"from": 0.5, "to": 1}, "`from` must be a whole number, got 0.5"),
        ({"from": 0, "to": True}, "`to` must be a number, got True"),
        ({"from": 0, "to": 1, "memory": "no"}, "`memory` must be true or false, got 'no'"),
        ({"from": 0, "to": 1, "text": 7}, "`text` must be a text of at most"),
        ({"from": 0, "to": 1, "text": "x" * 100_001}, "at most 100,000 characters, got 100,001"),
    ],
)
def test_what_cannot_be_read_is_refused(lab, args, why):
    with pytest.raises(ValueError, match=why):
        ask(lab, "unfold.read", **{"model": "m", "text": "I love", **args})


def test_numbers_that_are_all_zero_are_packed_too():
    assert torch.equal(unpacked(pack(torch.zeros(2, 5))), torch.zeros(2, 5).double())
