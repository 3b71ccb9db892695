"""Whatever is wrong with what comes in: one message, the right exit code, nothing saved lost."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import QUICK, Elman, check

from elman.perplexity import perplexity
from elman.tasks.language.job import LanguageJob

TEXTS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "must hold text, got an empty file"),
    "blank": (b"\n \n\n", "must hold text, got only blank lines"),
    "one word": (b"cats\n", "must have at least 2 words for 10% of it to be held out"),
    "no word twice": (
        b"I love cats\nyou hate dogs\n",
        "at least 2 times (`--min-count`), got none",
    ),
    "latin-1": ("caf\xe9 noir\n".encode("latin-1"), "must be UTF-8 text, got byte 0xe9 in line 1"),
    "binary": (b"\x7fELF\x00\x01\x02", "must be UTF-8 text, got a NUL byte"),
    "UTF-16": ("cats\n".encode("utf-16"), "must be UTF-8 text"),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_text_that_cannot_be_learned_from(kind: str, elman: Elman, tmp_path: Path) -> None:
    content, said = TEXTS[kind]
    text = tmp_path / "text.txt"
    text.write_bytes(content)
    check(elman("train", "language", text, "--out", tmp_path / "run", *QUICK), 1, said)


@pytest.mark.parametrize("kind", ["empty", "latin-1", "binary"])
def test_text_that_cannot_be_scored(kind: str, elman: Elman, trained: Path, tmp_path: Path) -> None:
    content, said = TEXTS[kind]
    text = tmp_path / "text.txt"
    text.write_bytes(content)
    check(elman("evaluate", trained, text), 1, said)


def test_validation_text_is_held_to_the_same(
    elman: Elman, cats: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a longer path would be cut
    out = tmp_path / "run"
    words = ("train", "language", cats, "--validation", "none.txt", "--out", out, *QUICK)
    check(elman(*words), 1, "none.txt` must be a file, a folder or a data set")


def test_a_folder_without_text(elman: Elman, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    check(elman("train", "language", tmp_path / "empty"), 1, "got a folder without any")


def test_a_missing_file(elman: Elman, trained: Path, tmp_path: Path) -> None:
    missing = tmp_path / "none.txt"
    check(elman("train", "language", missing), 1, "must be a file, a folder or a data set")
    check(elman("evaluate", trained, missing), 1, "must be a file, a folder or a data set")


def test_a_misspelled_data_set(elman: Elman) -> None:
    check(elman("train", "language", "pen-treebank"), 1, "Did you mean 'penn-treebank'?")


def test_nothing_to_work_on(elman: Elman, trained: Path) -> None:
    check(elman("train", "language"), 2, "`DATA` must name a file or a data set, got nothing")
    check(elman("evaluate", trained), 2, "`DATA` must be given, got nothing")
    check(elman("next", trained), 2, "`PROMPT` must be given, got nothing")


def test_only_unknown_words(elman: Elman, trained: Path, tmp_path: Path) -> None:
    text = tmp_path / "zebras.txt"
    text.write_text("zebras eat grass\n" * 5)
    check(elman("evaluate", trained, text), 1, "got only unknown ones, such as 'zebras'")
    check(elman("next", trained, "zebras eat"), 1, "got only unknown ones: zebras, eat")


def test_a_text_shorter_than_one_window(elman: Elman, tmp_path: Path) -> None:
    """It is short, not wrong: it trains, in the one window that there is."""
    text = tmp_path / "short.txt"
    text.write_text("I love cats and I love you\n" * 3)
    run = ("train", "language", text, "--out", tmp_path / "run", *QUICK)
    assert elman(*run, "--bptt", 1000, "--batch-size", 16).code == 0
    assert elman("evaluate", tmp_path / "run", text).code == 0


ABSURD: list[tuple[str, str, int, str]] = [
    ("--hidden-size", "0", 2, "`--hidden-size` must be at least 1, got 0."),
    ("--hidden-size", "-5", 2, "`--hidden-size` must be at least 1, got -5."),
    ("--hidden-size", "1000000000000", 2, "must fit into memory"),
    ("--hidden-size", "many", 2, "--hidden-size"),
    ("--layers", "100000000", 2, "must fit into memory"),
    ("--layers", "0", 2, "`--layers` must be at least 1, got 0."),
    (
        "--learning-rate",
        "nan",
        2,
        "`--learning-rate` must be above 0 and at most 1e+37, got nan.",
    ),
    (
        "--learning-rate",
        "-1",
        2,
        "`--learning-rate` must be above 0 and at most 1e+37, got -1.0.",
    ),
    ("--epochs", "1e9", 2, "--epochs"),
    ("--epochs", "0", 2, "`--epochs` must be at least 1 and at most 1000000, got 0."),
    ("--batch-size", "-1", 2, "`--batch-size` must be at least 0, got -1."),
    ("--bptt", "0", 2, "`--truncation-steps` must be at least 1, got 0."),
    (
        "--dropout",
        "1",
        2,
        "`--dropout` must be at least 0 and below 1, got 1.0.",
    ),
    ("--cell", "ltsm", 2, "got 'ltsm'. Did you mean 'lstm'?"),
    ("--unit", "wrod", 2, "got 'wrod'. Did you mean 'word'?"),
    (
        "--device",
        "abacus",
        2,
        "`--device` must be 'auto' or one that torch can use here",
    ),
    ("--epochs", "1000000000", 2, "`--epochs` must be at least 1 and at most 1000000, got"),
    ("--threads", "9999", 2, "`--threads` must be at least 0 and at most 1024, got 9999."),
    ("--batch-size", "10000000", 2, "`--batch-size` must be at most 10,795, the words of the text"),
    ("--ngram-order", "99", 2, "`--ngram-order` must be at least 0 and at most 10, got 99."),
    ("--validation", "", 1, "must be a file, a folder or a data set"),
]


@pytest.mark.parametrize(("option", "value", "code", "said"), ABSURD)
def test_absurd_options(
    option: str, value: str, code: int, said: str, elman: Elman, cats: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    check(elman("train", "language", cats, "--out", run, option, value, "-q"), code, said)


def test_a_vocabulary_of_fewer_subwords_than_bytes(
    elman: Elman, cats: Path, tmp_path: Path
) -> None:
    pytest.importorskip("tokenizers")
    run = ("train", "language", cats, "--out", tmp_path / "run", "--unit", "subword", *QUICK)
    said = "`--vocabulary-size` must be at least 258, got 100."
    check(elman(*run, "--vocabulary-size", 100), 2, said)


@pytest.mark.parametrize(
    ("verb", "option", "value", "said"),
    [
        ("generate", "--top-k", -1, "elman generate: `--top-k` must be at least 0, got -1."),
        ("generate", "--top-p", 0, "elman generate: `--top-p` must be above 0 and at most 1"),
        ("generate", "--length", -1, "elman generate: `--length` must be at least 0, got -1."),
        ("next", "--top", 0, "elman next: `--top` must be at least 1, got 0."),
    ],
)
def test_absurd_options_of_readers(
    verb: str, option: str, value: float, said: str, elman: Elman, trained: Path
) -> None:
    words = ("I love",) if verb == "next" else ()
    check(elman(verb, trained, *words, option, value), 2, said)


def test_divergence_is_explained(elman: Elman, cats: Path, tmp_path: Path) -> None:
    run = ("train", "language", cats, "--out", tmp_path / "run", *QUICK)
    wild = ("--learning-rate", "1e30", "--optimizer", "sgd", "--clip-norm", 0)
    check(elman(*run, *wild), 1, "--learning-rate")


def test_a_perplexity_that_overflows_has_one_word(
    elman: Elman, cats: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LanguageJob, "validate", lambda self: perplexity(1e6))
    run = ("train", "language", cats, "--out", tmp_path / "run", *QUICK[:-1])
    outcome = elman(*run)
    assert outcome.code == 1
    assert outcome.out.splitlines()[-1].split()[2:4] == ["not", "finite"]
    warning, error = outcome.err.splitlines()
    assert "the validation figure of epoch 1 is not finite" in warning
    assert "got 1 epoch after which it was not finite. Try a tenth" in error
    assert "inf" not in outcome.out + outcome.err.replace("finite", "")
    again = elman(*run, "--epochs", 2, "--json")
    records = [json.loads(line) for line in again.out.splitlines()]
    assert [each["validation"] for each in records if each["event"] == "epoch"] == [None]


def test_the_advice_of_an_error_can_be_followed(elman: Elman, tmp_path: Path) -> None:
    text, run = tmp_path / "text.txt", tmp_path / "run"
    text.write_bytes(TEXTS["no word twice"][0])
    command = ("train", "language", text, "--validation", text, "--out", run, *QUICK)
    check(elman(*command), 1, "(`--min-count`), got none among 6")
    assert not run.exists()
    assert elman(*command, "--min-count", 1).code == 0
