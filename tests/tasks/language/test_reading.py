import math
from pathlib import Path

import pytest
import torch

from elman import LanguageModel
from elman.errors import DataError
from elman.tasks.language.scoring import WINDOW_STEPS


def test_candidates_are_the_likeliest_tokens(fitted: LanguageModel) -> None:
    steps = fitted.next_tokens("a b c a b", k=3)
    assert [step.token for step in steps] == ["a", "b", "c", "a", "b"]
    assert [step.candidates[0].token for step in steps] == ["b", "c", "a", "b", "d"]
    for step in steps:
        probabilities = [candidate.probability for candidate in step.candidates]
        assert probabilities == sorted(probabilities, reverse=True)
        assert len(step.candidates) == 3


def test_probabilities_are_those_of_the_network(fitted: LanguageModel) -> None:
    trained = fitted._fitted("test")
    tokens = trained.codec.tokens
    logits, _ = fitted.module(torch.tensor([[1, *trained.codec.encode("a b c")]]))
    expected = logits[0, -1].detach().double().softmax(0)
    step = fitted.next_tokens("a b c", k=len(tokens))[-1]
    for candidate in step.candidates:
        place = tokens.index(candidate.token)
        assert candidate.probability == pytest.approx(float(expected[place]), rel=1e-5)
    assert step.unknown_mass == pytest.approx(float(expected[0]), rel=1e-5)


def test_unknown_is_never_a_candidate_and_its_mass_is_stated(fitted: LanguageModel) -> None:
    step = fitted.next_tokens("a", k=1000)[0]
    assert "<unk>" not in [candidate.token for candidate in step.candidates]
    assert math.isclose(sum(c.probability for c in step.candidates) + step.unknown_mass, 1)


def test_unknown_words_of_the_prompt_are_marked(fitted: LanguageModel) -> None:
    assert [step.known for step in fitted.next_tokens("a zebra c <unk>")] == [
        True,
        False,
        True,
        True,
    ]


def test_a_prompt_of_unknown_words_is_refused(fitted: LanguageModel) -> None:
    with pytest.raises(DataError, match="got only unknown ones: zebra, giraffe"):
        fitted.next_tokens("zebra giraffe")


def test_an_empty_prompt_stands_for_a_beginning(fitted: LanguageModel) -> None:
    (step,) = fitted.next_tokens("")
    assert (step.token, step.known, step.candidates[0].token) == ("", True, "a")


def test_what_is_remembered_ends_with_what_was_read(fitted: LanguageModel) -> None:
    steps = fitted.next_tokens("a b c a b d")
    read = [step.token for step in steps]
    for at, step in enumerate(steps, 1):
        held = step.remembered
        assert len(held) <= at
        assert all(
            word in (None, said) for word, said in zip(held[::-1], read[at - 1 :: -1], strict=False)
        )
    assert steps[-1].remembered[-2:] == ("b", "d")


def test_surprisal_is_bits_of_each_token(fitted: LanguageModel) -> None:
    found = fitted.surprisal("a b c\nzebra")
    assert [token for token, _ in found] == ["a", "b", "c", "<eos>", "zebra", "<eos>"]
    bits = [bits for _, bits in found]
    assert max(bits[:3]) < 1 < 3 < bits[3]
    assert fitted.surprisal("") == []


def test_a_text_is_divided_as_its_file_would_be(fitted: LanguageModel, tmp_path: Path) -> None:
    """By no other line ends than those of files, without blank lines; and scored alike."""
    text = "\ufeffa b\x0cc\u2028a b d\r\n \r\n\r\na b c\ra b d\n\n"
    path = tmp_path / "text.txt"
    path.write_bytes(text.encode())
    found = fitted.surprisal(text)
    assert [token for token, _ in found].count("<eos>") == 3
    bits = fitted.score(path)["bits per word"].value
    assert sum(bits for _, bits in found) / len(found) == pytest.approx(bits)
    assert fitted.surprisal(" \n\n") == []


def test_surprisal_never_holds_the_logits_of_a_whole_text(
    fitted: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "a b c a b d\n" * 300
    longest = []

    def watched(
        features: torch.Tensor, targets: torch.Tensor, real=fitted.module.log_probabilities
    ):
        longest.append(len(targets))
        return real(features, targets)

    monkeypatch.setattr(fitted.module, "log_probabilities", watched)
    assert len(fitted.surprisal(text)) == sum(longest) == 2100
    assert max(longest) <= WINDOW_STEPS


@pytest.mark.parametrize("ids", [[], [-1], [0, 10_000]])
def test_ids_that_are_no_tokens_are_refused(fitted: LanguageModel, ids: list[int]) -> None:
    with pytest.raises(DataError, match=r"`ids` must be tokens in 0 … \d+, one at least, got \["):
        fitted._fitted("test").reader.read(ids)
