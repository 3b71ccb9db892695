"""A tagger from text to tags: it learns, keeps, goes on, and says what is wrong."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tests.tasks.tagging.conftest import SMALL, text

import elman
from elman import Tagger
from elman.errors import CheckpointError, ChoiceError, ConfigError, DataError
from elman.records import Record

ENTITIES = "Ann B-PER\nLee I-PER\nsaw O\nRome B-LOC\n\nsaw O\nLee B-PER\nagain O\n\n"


def tags(tagger: Tagger, line: str) -> list[str]:
    return [word.tag for word in tagger.predict(line)[0]]


def test_context_and_letters_decide(fitted: Tagger) -> None:
    assert tags(fitted, "I saw her duck.") == ["PRON", "VERB", "PRON", "VERB", "PUNCT"]
    assert tags(fitted, "I saw the duck.") == ["PRON", "VERB", "DET", "NOUN", "PUNCT"]
    assert tags(fitted, "her zorb98765 sleeps .")[1] == "PROPN"  # known by its letters alone


@pytest.mark.parametrize("head", ["crf", "softmax"])
@pytest.mark.parametrize("cell", ["elman", "gru"])
def test_every_cell_and_head_learns(head: str, cell: str, tagged: Path, tmp_path: Path) -> None:
    tagger = Tagger(**SMALL, head=head, cell=cell).fit(tagged)
    held_out = tmp_path / "more.txt"
    held_out.write_text(text(3, first=900))
    assert tagger.score(held_out)["accuracy"].value > 95


def test_scores_stand_beside_baselines_and_without_memory(fitted: Tagger, tmp_path: Path) -> None:
    held_out = tmp_path / "more.txt"
    held_out.write_text(text(5, first=900))
    on, off = fitted.score(held_out), fitted.score(held_out, memory="off")
    assert [score.name for score in on] == ["accuracy", "accuracy on unknown words"]
    assert on["accuracy"].value == 100
    assert off["accuracy"].value < 100  # duck and saw are anyone's guess
    assert "state wiped before each word" in off.protocol
    assert on["accuracy"].baseline is not None
    assert len(on["accuracy"].baselines) >= 2
    assert on["accuracy"].value >= on["accuracy"].baseline
    with pytest.raises(ChoiceError, match="`memory` must be one of"):
        fitted.score(held_out, memory="of")


def test_entities_are_scored_by_spans(tmp_path: Path) -> None:
    file = tmp_path / "ner.tsv"
    file.write_text(ENTITIES * 40)
    tagger = Tagger(**SMALL).fit(file)
    scores = tagger.score(file)
    assert scores.scores[0].name == "span F1" and scores["span F1"].value == 100
    assert tags(tagger, "Ann Lee saw Rome") == ["B-PER", "I-PER", "O", "B-LOC"]


def test_every_form_of_words_is_understood(fitted: Tagger, tmp_path: Path) -> None:
    file = tmp_path / "plain.txt"
    file.write_text("I saw the duck .\n\nI saw\n")
    words = ["I", "saw", "the", "duck", "."]
    expected = fitted.predict("I saw the duck.\n\nI saw")
    assert [len(sentence) for sentence in expected] == [5, 2]
    assert fitted.predict([words, words[:2]]) == fitted.predict(file) == expected
    assert fitted.predict(words) == expected[:1]
    assert fitted.predict([]) == fitted.predict("\n") == [] and fitted.predict([[]]) == [[]]
    assert all(0 < word.probability <= 1 for word in expected[0])
    for wrong in ([["I", ""]], [["I", 3]], [["I"], "saw"], [3], b"saw"):
        with pytest.raises(DataError, match=r"`data\[\d\]` must be a list of words"):
            fitted.predict(wrong)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"`data` must be a text, words, .* got 3\."):
        fitted.predict(3)  # type: ignore[arg-type]


def test_probabilities_are_those_of_the_tags(fitted: Tagger) -> None:
    (sentence,), (shares,) = fitted.predict("I saw"), fitted.predict_proba("I saw")
    assert shares.shape == (2, len(fitted.tags))
    np.testing.assert_allclose(shares.sum(1), 1, rtol=1e-4)
    for word, row in zip(sentence, shares, strict=True):
        assert row[fitted.tags.index(word.tag)] == pytest.approx(word.probability, rel=1e-4)


def test_batches_change_nothing(fitted: Tagger) -> None:
    lines = ["I saw her duck .", "I", "the dog sleeps .", "her zorb1 sleeps ."] * 30
    together = fitted.predict("\n".join(lines))
    for line, sentence in zip(lines[:4], together, strict=False):
        (alone,) = fitted.predict(line)
        assert [word.tag for word in alone] == [word.tag for word in sentence]
        np.testing.assert_allclose(
            [word.probability for word in alone],
            [word.probability for word in sentence],
            rtol=1e-4,
        )


def test_a_run_returns(fitted: Tagger, tagged: Path) -> None:
    again = elman.load(tagged.parent / "run")
    assert isinstance(again, Tagger)
    assert again.get_params() == fitted.get_params() and again.tags == fitted.tags
    assert again.predict("I saw her duck .") == fitted.predict("I saw her duck .")
    assert again.history == fitted.history
    assert again.score(tagged).to_json() == fitted.score(tagged).to_json()


def test_a_saved_model_returns(forward: Tagger, tagged: Path, tmp_path: Path) -> None:
    forward.save(tmp_path / "saved")
    again = Tagger.load(tmp_path / "saved")
    assert again.predict("I saw") == forward.predict("I saw")
    assert again.score(tagged).to_json() == forward.score(tagged).to_json()
    with pytest.raises(CheckpointError, match="`task` must be 'language', got a run of 'tagging'"):
        elman.LanguageModel.load(tmp_path / "saved")


def test_a_crf_stands_beside_it_and_is_kept(tagged: Path, tmp_path: Path) -> None:
    pytest.importorskip("pycrfsuite", reason="the extra [baselines] is not installed")
    tagger = Tagger(**{**SMALL, "epochs": 1}, crf_baseline=True).fit(tagged)
    tagger.save(tmp_path / "saved")
    again = Tagger.load(tmp_path / "saved").score(tagged)
    assert again.to_json() == tagger.score(tagged).to_json()
    assert again["accuracy"].baselines["CRF"] > 95


def test_a_stopped_run_goes_on_to_the_same_bits(tagged: Path, tmp_path: Path) -> None:
    options = {**SMALL, "epochs": 2}
    whole = Tagger(**options).fit(tagged, out=tmp_path / "whole")

    class StopError(Exception):
        pass

    def stop(record: Record) -> None:
        if record["event"] == "checkpoint":
            raise StopError

    with pytest.raises(StopError):
        Tagger(**options).fit(tagged, out=tmp_path / "cut", observer=stop)
    cut = Tagger(**options).fit(tagged, out=tmp_path / "cut")
    ours, theirs = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "cut"))
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert whole.predict("I saw her duck .") == cut.predict("I saw her duck .")


def test_params_are_changed_by_name() -> None:
    assert Tagger().set_params(head="softmax").head == "softmax"
    with pytest.raises(ChoiceError, match=r"Tagger\.set_params: .*Did you mean 'head'"):
        Tagger().set_params(haed="crf")


def test_what_needs_weights_says_so() -> None:
    for verb in ("predict", "predict_proba", "score", "material"):
        with pytest.raises(ConfigError, match=rf"Tagger\.{verb}: the model must be fitted first"):
            getattr(Tagger(), verb)("I saw")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b"1\tI\tI\tPRON\t_\t_\t0\troot\t_\n",
            r"line 1 of `.*x.txt` must have 10 tab-sep.*, got 9",
        ),
        (
            b"I\tPRON\nsaw\tVERB\tX\n",
            r"line 2 of `.*x.txt` must have 2 tab-separated columns, got 3",
        ),
        (b"I/PRON saw\n", r"line 1 .* must have a tag for the word 'saw', got none"),
        (
            b"I/PRON saw/PRON\n" * 3,
            r"`.*x.txt` must hold at least two different tags in lines 1 to 2, .* got only 'PR",
        ),
        (b"I/PRON saw/VERB\n", r"`.*x.txt` must hold at least 2 sentences for one to be held out"),
        (b"I saw her\nher duck\n", r"line 1 .* must have a tag for the word 'I', got none"),
        (b"", r"`.*x.txt` must hold tagged sentences, got none"),
        (b"\n\n", r"`.*x.txt` must hold tagged sentences, got none"),
        (b"I/PRON s\xe4w/VERB\n", r"must be UTF-8 text, got byte 0xe4 in line 1, column 9"),
        (b"\xff\xfeI\0/\0X\0\n", r"must be UTF-8 text"),
        (b"Ann B-PER\nsaw O\n\n" * 400 + b"x OUT\n", r"line 1,201 .* O or an entity.*, got 'OUT'"),
    ],
)
def test_what_is_no_tagged_text_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    file, run = tmp_path / "x.txt", tmp_path / "run"
    file.write_bytes(content)
    with pytest.raises(DataError, match=said):
        Tagger(**SMALL, format="conllu" if content.startswith(b"1\t") else "auto").fit(
            file, out=run
        )
    assert not run.exists()


def test_validation_text_of_another_set_of_tags_is_refused(tagged: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.tsv"
    other.write_text("a\tDT\ndog\tNN\n")
    with pytest.raises(
        DataError,
        match=r"other.tsv` must have tags of the training text \('VERB', .*\), got none of them, "
        r"first 'DT' of 'a' in the sentence that begins in line 1\. Is it another set",
    ):
        Tagger(**SMALL).fit(tagged, validation=other)


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = tmp_path / "x.conllu"
    file.write_text("1\tI\tI\tPRON\t_\t_\t0\troot\t_\t_\n\n" * 3)
    with pytest.raises(ChoiceError, match=r"`column` must be one of .* got 'pos'.*'xpos'"):
        Tagger(**SMALL, column="pos").fit(file)
    with pytest.raises(DataError, match=r"line 1 .*x.conllu` .* the word 'I', got none in XPOS"):
        Tagger(**SMALL, column="xpos").fit(file)


def test_tags_that_the_model_never_saw_count_as_wrong(fitted: Tagger, tmp_path: Path) -> None:
    file = tmp_path / "other.txt"
    file.write_text("I/PRP saw/VERB\n")
    scores = fitted.score(file)
    assert scores["accuracy"].value == 50
    assert scores.warning.startswith("1 word of 2 with a tag that the training text does not have")
    place = f"first 'PRP' of 'I' in the sentence that begins in line 1 of `{file}`: counted"
    assert place in scores.warning


def test_a_run_of_other_data_is_not_gone_on_with(
    fitted: Tagger, tagged: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(tagged.parent / "run", tmp_path / "run"))
    other = tmp_path / "other.txt"
    other.write_text(text(7))
    with pytest.raises(CheckpointError, match="must keep its options and data"):
        Tagger(**SMALL).fit(other, out=run)
    config = json.loads((run / "config.json").read_text())
    assert config["task"] == "tagging"
    (run / "codec.json").write_text("[]")
    with pytest.raises(CheckpointError, match=r"codec.json: `tags` must be"):
        Tagger.load(run)
