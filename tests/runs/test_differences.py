from typing import Any

from elman.runs.description import Description
from elman.runs.differences import Difference, compare, table


def described(data: str = "aa", **config: Any) -> Description:
    return Description(task="language", config=config, data={"train": data})


def test_the_same_again_differs_in_nothing() -> None:
    assert compare(described(layers=1), described(layers=1)) == []


def test_epochs_may_grow_and_only_grow() -> None:
    assert compare(described(epochs=9), described(epochs=5)) == []
    assert compare(described(epochs=5), described(epochs=9)) == [Difference("epochs", "9", "5")]


def test_epochs_that_the_data_choose_may_go_on_with_any() -> None:
    assert compare(described(epochs=0), described(epochs=9)) == []
    assert compare(described(epochs=5), described(epochs=0)) == []


def test_where_it_computes_may_change() -> None:
    assert compare(described(threads=1, device="cpu"), described(threads=2, device="auto")) == []


def test_options_and_data_are_compared() -> None:
    then = described("a" * 64, layers=1, gone=3)
    now = described("b" * 64, layers=2, new=0)
    assert compare(now, then) == [
        Difference("layers", "1", "2"),
        Difference("gone", "3", "(none)"),
        Difference("new", "(none)", "0"),
        Difference("data: train", "SHA-256 aaaaaaaaaaaa…", "SHA-256 bbbbbbbbbbbb…"),
    ]


def test_the_table_is_aligned() -> None:
    rows = [Difference("hidden_size", "256", "512"), Difference("unit", "character", "word")]
    assert table(rows).splitlines() == [
        "  option       then       now",
        "  hidden_size  256        512",
        "  unit         character  word",
    ]
