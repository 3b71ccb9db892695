"""Words and options of a command, in whatever order people give them."""

from pathlib import Path

import pytest
from tests.cli.conftest import QUICK, Elman, check

from elman.cli.bench import Bench
from elman.cli.evaluate import Evaluate
from elman.cli.order import words_first
from elman.cli.train_language import TrainLanguage
from elman.cli.train_tagging import TrainTagging


@pytest.mark.parametrize(
    ("kind", "given", "wanted"),
    [
        (Evaluate, "run --memory off text --json", "run text --memory off --json"),
        (Evaluate, "run --memory=off text", "run text --memory=off"),
        (Evaluate, "--json run -- --memory text", "run --json -- --memory text"),
        (TrainLanguage, "-q a --bptt 3 b --cell gru", "a b -q --bptt 3 --cell gru"),
        (TrainLanguage, "--hidden_size 8 --no-tie-weights a", "a --hidden_size 8 --no-tie-weights"),
        (TrainLanguage, "--epochs -1 a --out", "a --epochs -1 --out"),
        (TrainTagging, "--no-bidirectional a --column -1", "a --no-bidirectional --column -1"),
        (TrainTagging, "--none a -", "a - --none"),
        (Bench, "--shapes tiny all --json", "--shapes tiny all --json"),
    ],
)
def test_words_come_first_and_options_keep_their_values(
    kind: type, given: str, wanted: str
) -> None:
    assert words_first(given.split(), kind) == wanted.split()


def test_a_word_may_stand_behind_an_option(elman: Elman, trained: Path, cats: Path) -> None:
    wiped = elman("evaluate", trained, cats, "--memory", "off")
    assert wiped.code == 0
    assert elman("evaluate", trained, "--memory", "off", cats) == wiped
    assert elman("next", trained, "--top", 2, "I", "love") == elman(
        "next", trained, "I love", "--top", 2
    )


def test_an_option_that_does_not_exist_is_named_alone(
    elman: Elman, cats: Path, tmp_path: Path
) -> None:
    words = ("train", "language", "--hiden-size", "3", cats, "--out", tmp_path / "run", *QUICK)
    check(elman(*words), 2, "Unrecognized options: --hiden-size ", "--hidden-size")
