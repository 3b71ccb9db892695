from pathlib import Path

from tests.cli.conftest import Elman


def test_writes_on_from_the_prompt(elman: Elman, trained: Path) -> None:
    outcome = elman("generate", trained, "--prompt", "I love", "--length", 3, "--temperature", 0)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("I love cats .\n")


def test_the_seed_decides(elman: Elman, trained: Path) -> None:
    first = elman("generate", trained, "--seed", 1, "--temperature", 3)
    assert first == elman("generate", trained, "--seed", 1, "--temperature", 3)
    assert first != elman("generate", trained, "--seed", 2, "--temperature", 3)


def test_a_prompt_without_its_option_is_explained(elman: Elman, trained: Path) -> None:
    outcome = elman("generate", trained, "I love")
    assert outcome.code == 2
    assert "`RUN` must be a run folder, got 'I love'" in outcome.err
    assert "--prompt" in outcome.err


def test_words_of_the_prompt_that_are_unknown_are_named(elman: Elman, trained: Path) -> None:
    outcome = elman("generate", trained, "--prompt", "I love dragons dragons", "--length", 1)
    assert outcome.code == 0
    assert outcome.out.startswith("I love dragons dragons")
    assert outcome.err == ("elman generate: Not in the vocabulary, read as <unk>: dragons.\n")
