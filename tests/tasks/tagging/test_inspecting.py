from pathlib import Path

import pytest
import torch
from tests.tasks.tagging.conftest import SMALL, text

from elman import Tagger
from elman.errors import DataError
from elman.inspect import diagnose, memory_horizon


def test_the_network_reads_as_the_tagger_does(fitted: Tagger, tagged: Path) -> None:
    found = fitted.material(tagged)
    inputs, targets = found.data
    with torch.no_grad():
        scores = found.module(inputs)
    sentence = [found.names[n] for n in inputs.to_list()[0].tolist()] if found.names else []
    expected = fitted.predict_proba([sentence])[0]
    torch.testing.assert_close(
        scores[0, : len(sentence)].exp().double(), torch.from_numpy(expected), atol=1e-5, rtol=1e-4
    )
    assert fitted.tags[int(targets[0, 0])] == "DET"
    assert found.unit == "word"


def test_one_direction_looks_one_word_back(forward: Tagger, tmp_path: Path) -> None:
    """Whether duck and saw are verbs is settled by the word before them.

    Of 22 words, saw (3, two of them verbs) and duck (2, one of them a verb) leave 0.15 nats a word
    to whoever sees no other.
    """
    file = tmp_path / "more.txt"
    file.write_text(text(60, first=1000))
    horizon = memory_horizon(forward, file, 0.1)
    assert horizon.steps == 2
    assert horizon.unit == "word" and horizon.measure == "nats"


def test_a_diagnosis_speaks_of_words(fitted: Tagger, tagged: Path) -> None:
    found = diagnose(fitted, tagged)
    assert "word" in str(found)
    assert found.source == str(tagged)
    with pytest.raises(DataError, match=r"`DATA` must be given, .*its command: Tagger\.fit"):
        diagnose(fitted)


def test_what_it_was_validated_on_is_found_by_its_command(tagged: Path, tmp_path: Path) -> None:
    command = f"elman train tagging {tagged} --epochs 1"
    tagger = Tagger(**{**SMALL, "epochs": 1}).fit(tagged, out=tmp_path / "run", command=command)
    found = tagger.material()
    assert found.source == f"{tagged} (the last 10% of the sentences, split off)"
    assert len(found.data[0].lengths) == 30


def test_a_text_without_known_tags_is_refused(fitted: Tagger, tmp_path: Path) -> None:
    file = tmp_path / "other.txt"
    file.write_text("a/DT dog/NN\n" * 9)
    with pytest.raises(DataError, match=r"other.txt must hold a sentence .* tags the model knows"):
        fitted.material(file)
