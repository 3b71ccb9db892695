"""A classifier from examples to classes: it learns, keeps, goes on, and says what is wrong."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tests.tasks.classification.conftest import SMALL, series, texts

import elman
from elman import Classifier
from elman.choices import POOLINGS
from elman.errors import CheckpointError, ChoiceError, ConfigError, DataError
from elman.records import Record


def labels(model: Classifier, data: object) -> list[str]:
    return [each.label for each in model.predict(data)]


def test_channels_of_a_table_are_read_by_their_names(tmp_path: Path) -> None:
    """Wherever the column stands that the class depends on, also for a run that is loaded."""
    table, other = tmp_path / "walks.csv", tmp_path / "other.csv"
    rows = [f"s{n},{n % 2},{2 * (n % 2) - 1},0.{n % 7}" for n in range(60)]
    table.write_text("series,label,x,y\n" + "\n".join(rows))
    other.write_text("series,label,y,x\na,1,-1,1\nb,0,1,-1\n")
    model = Classifier(**{**SMALL, "epochs": 4}).fit(table, out=tmp_path / "run")
    for each in (model, elman.load(tmp_path / "run")):
        assert labels(each, other) == ["1", "0"]
        assert each.score(other)["accuracy"].value == 100


def test_what_came_first_decides_and_only_memory_knows(
    of_series: Classifier, tmp_path: Path
) -> None:
    held_out = tmp_path / "more.ts"
    held_out.write_text(series(100, seed=1))
    on, off = of_series.score(held_out), of_series.score(held_out, memory="off")
    assert on["accuracy"].value == on["macro F1"].value == 100
    assert len(on["accuracy"].baselines) == len(on["macro F1"].baselines) == 2
    assert on["accuracy"].baselines == off["accuracy"].baselines
    assert on["calibration error"].baseline is None
    assert 30 < off["accuracy"].value < 70  # chance
    assert "state wiped before each sample" in off.protocol
    assert [each.to_json()["kind"] for each in on.details] == ["confusion", "early_accuracy"]
    assert json.loads(json.dumps(on.to_json()))["details"][0]["classes"] == ["down", "up"]
    with pytest.raises(ChoiceError, match="`memory` must be one of"):
        of_series.score(held_out, memory="of")


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("options", [{"bidirectional": True}, {"cell": "lstm", "noise": 0.1}])
def test_every_pooling_learns(
    pooling: str, options: dict[str, object], signs: Path, tmp_path: Path
) -> None:
    model = Classifier(**{**SMALL, **options, "pooling": pooling}).fit(signs)
    held_out = tmp_path / "more.ts"
    held_out.write_text(series(60, seed=1))
    assert model.score(held_out)["accuracy"].value > 95
    assert len(model.score(held_out).details) == (1 if model.bidirectional else 2)


@pytest.mark.parametrize("unit", ["word", "character", "subword"])
def test_texts_are_read_in_every_unit(unit: str, sayings: Path, tmp_path: Path) -> None:
    if unit == "subword":
        pytest.importorskip("tokenizers")
    model = Classifier(**SMALL, unit=unit).fit(sayings)
    assert model.score(sayings)["accuracy"].baseline is None
    held_out = tmp_path / "more.csv"
    held_out.write_text(texts(30, seed=1))
    assert model.score(held_out)["accuracy"].value == 100
    assert labels(model, ["I lost the dogs", "where are my cats ?"]) == ["woe", "wonder"]


def test_answers_after_every_step_end_as_the_whole_does(of_series: Classifier, signs: Path) -> None:
    steps, whole = of_series.predict_proba_steps(signs), of_series.predict_proba(signs)
    assert len(steps) == 160 and {len(each) for each in steps} <= set(range(3, 10))
    np.testing.assert_allclose([each[-1] for each in steps], whole, rtol=1e-4)
    early = of_series.early_accuracy(signs)
    assert early.accuracies[-1] == of_series.score(signs)["accuracy"].value / 100
    assert early.accuracies[0] > 0.9  # the first sample says it all
    assert sum(map(sum, of_series.confusion(signs).counts)) == 160


def test_every_form_of_data_is_judged_alike(of_series: Classifier, of_texts: Classifier) -> None:
    one = np.array([[2, 0], [0.1, 0], [0.1, 0.2]])
    assert labels(of_series, one) == labels(of_series, [one.tolist()]) == ["up"]
    assert labels(of_series, [one, -one[:1]]) == ["up", "down"]
    (found,) = of_texts.predict("I love my cats")
    assert found.label == "joy" == max(found.probabilities, key=found.probabilities.__getitem__)
    assert sum(found.probabilities.values()) == pytest.approx(1)
    assert labels(of_texts, []) == []


def test_missing_values_are_told_from_measured_ones(tmp_path: Path) -> None:
    file = tmp_path / "gaps.ts"
    rows = [f"{'?' if k % 2 else '0.0'},1.0,2.0:{'gap' if k % 2 else 'none'}" for k in range(80)]
    file.write_text("@classLabel true gap none\n@data\n" + "\n".join(rows) + "\n")
    model = Classifier(**{**SMALL, "epochs": 30}).fit(file)
    assert model.score(file)["accuracy"].value == 100


def test_classes_may_count_alike(tmp_path: Path) -> None:
    file = tmp_path / "rare.csv"
    file.write_text("text,label\n" + "a b,common\n" * 90 + "a b,rare\n" * 10)
    shares = {}
    for weights in ("none", "balanced"):
        model = Classifier(**SMALL, class_weights=weights).fit(file)
        shares[weights] = model.predict("a b")[0].probabilities["rare"]
    assert shares["none"] == pytest.approx(0.1, abs=0.05)
    assert shares["balanced"] == pytest.approx(0.5, abs=0.1)


def test_groups_are_held_out_whole(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    file = tmp_path / "groups.npz"
    groups = np.array([f"subject {number % 20}" for number in range(100)])
    np.savez(file, X=rng.normal(size=(100, 4, 2)), y=np.arange(100) // 5 % 2, groups=groups)
    records: list[Record] = []
    Classifier(**{**SMALL, "epochs": 1}).fit(file, observer=records.append)
    (data,) = [record for record in records if record["event"] == "data"]
    assert (data["examples"], data["validation_examples"]) == (90, 10)  # two subjects of five


def test_no_class_is_held_out_whole(tmp_path: Path) -> None:
    file = tmp_path / "groups.csv"
    rows = ["I,joy,Ada", "you,woe,Ada", "I,joy,Cyd", "you,woe,Bob", "we,awe,Cyd"]
    file.write_text("\n".join(["text,label,group", *rows]))
    records: list[Record] = []
    model = Classifier(**{**SMALL, "epochs": 1}).fit(file, observer=records.append)
    (data,) = [record for record in records if record["event"] == "data"]
    assert model.classes == (
        "awe",
        "joy",
        "woe",
    )  # Cyd, drawn first, alone has awe: Ada is held out
    assert (data["validation"], data["validation_examples"]) == ("1 of 3 groups, split off", 2)


def test_names_of_groups_may_end_in_anything(tmp_path: Path) -> None:
    file = tmp_path / "groups.jsonl"
    lines = [
        {"text": "I", "label": mood, "group": f"{name}\0"}
        for name in "abc"
        for mood in ("joy", "woe")
    ]
    file.write_text("\n".join(map(json.dumps, lines)))
    records: list[Record] = []
    Classifier(**{**SMALL, "epochs": 1}).fit(file, observer=records.append)
    (data,) = [record for record in records if record["event"] == "data"]
    assert data["validation_examples"] == 2


def test_a_run_returns(of_texts: Classifier, sayings: Path) -> None:
    again = elman.load(sayings.parent / "run")
    assert isinstance(again, Classifier)
    assert again.get_params() == of_texts.get_params() and again.classes == of_texts.classes
    assert again.predict("I love cats") == of_texts.predict("I love cats")
    assert again.history == of_texts.history
    assert again.score(sayings).to_json() == of_texts.score(sayings).to_json()


def test_a_saved_model_returns(of_series: Classifier, signs: Path, tmp_path: Path) -> None:
    of_series.save(tmp_path / "saved")
    again = Classifier.load(tmp_path / "saved")
    assert again.score(signs).to_json() == of_series.score(signs).to_json()
    with pytest.raises(CheckpointError, match="`task` must be 'language', got a run of 'classif"):
        elman.LanguageModel.load(tmp_path / "saved")


@pytest.mark.parametrize("members", [1, 2])
def test_a_stopped_run_goes_on_to_the_same_bits(members: int, signs: Path, tmp_path: Path) -> None:
    options = {**SMALL, "epochs": 3, "dropout": 0.3, "noise": 0.1, "members": members}
    whole = Classifier(**options).fit(signs, out=tmp_path / "whole")

    class StopError(Exception):
        pass

    def stop(record: Record) -> None:
        if record["event"] == "checkpoint":
            raise StopError

    with pytest.raises(StopError):
        Classifier(**options).fit(signs, out=tmp_path / "cut", observer=stop)
    cut = Classifier(**options).fit(signs, out=tmp_path / "cut")
    ours, theirs = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "cut"))
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert np.array_equal(whole.predict_proba(signs), cut.predict_proba(signs))


def test_a_damaged_run_is_refused(of_series: Classifier, signs: Path, tmp_path: Path) -> None:
    run = shutil.copytree(signs.parent / "run", tmp_path / "run")
    (run / "codec.json").write_text('{"kind": "series", "classes": ["up"]}')
    with pytest.raises(CheckpointError, match=r"codec\.json: it must hold"):
        Classifier.load(run)
    del of_series


def test_params_are_changed_by_name() -> None:
    assert Classifier().set_params(pooling="last").pooling == "last"
    with pytest.raises(ChoiceError, match=r"Classifier\.set_params: .*Did you mean 'pooling'"):
        Classifier().set_params(poling="last")


def test_what_needs_weights_says_so() -> None:
    verbs = ("predict", "predict_proba", "predict_proba_steps", "score", "material", "confusion")
    for verb in verbs:
        with pytest.raises(ConfigError, match="the model must be fitted first"):
            getattr(Classifier(), verb)("I love cats")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([np.zeros((3, 2)), "I"], r"`data\[1\]` must be a series of numbers of shape"),
        (np.full((3, 2), np.nan), r"`data\[0\]` must be a series"),
        (np.full((3, 2), np.inf), r"`data\[0\]` must be a series"),
        (np.zeros((0, 2)), r"`data\[0\]` must be a series"),
        (np.zeros((3, 5)), r"data\[0\] must have 2 channels, as the model was trained on, got 5"),
        ([[[1, 2], [3]]], r"`data\[0\]` must be a series"),
        ("up", r"of shape \(T, C=2\).* got 'up'\. Name a file of series"),
    ],
)
def test_what_is_no_series_is_refused(data: object, said: str, of_series: Classifier) -> None:
    with pytest.raises(DataError, match=said):
        of_series.predict(data)


def test_other_channels_to_score_are_told_with_their_file(
    of_series: Classifier, tmp_path: Path
) -> None:
    file = tmp_path / "one.ts"
    file.write_text("@classLabel true up down\n@data\n1,2:up\n")
    with pytest.raises(DataError, match=r"line 3 of `.*one.ts` must have 2 channels, as the model"):
        of_series.score(file)


def test_numbers_too_large_are_told_without_a_warning(of_series: Classifier) -> None:
    with pytest.raises(DataError, match="none of them infinite"):
        of_series.predict(np.full((3, 2), 1e300))


def test_what_is_no_text_is_refused(of_texts: Classifier, signs: Path) -> None:
    with pytest.raises(DataError, match=r"`data\[1\]` must be a text, got 3"):
        of_texts.predict(["I love cats", 3])
    with pytest.raises(DataError, match=r"data\[0\] must have a word, got ' '"):
        of_texts.predict(" ")
    with pytest.raises(DataError, match=r"`data` must be a text or a series, .* got None\."):
        of_texts.predict(None)
    with pytest.raises(DataError, match="must hold texts, as the model reads, got series"):
        of_texts.predict(signs)
    with pytest.raises(DataError, match="must hold texts, as the model reads, got series"):
        of_texts.score(signs)


FILES: dict[str, tuple[str, bytes, str]] = {
    "one example": ("a.csv", b"text,label\nI,joy\n", r"got only 'joy' \(1 example\)"),
    "one class": ("a.csv", b"text,label\nI,joy\nyou,joy\n", "at least two classes, got only 'joy'"),
    "no label": ("a.csv", b"text,label\nI,joy\nyou,\n", r"line 3 of .* must have a label"),
    "no text": ("a.csv", b"text,label\n ,joy\nyou,woe\n", r"line 2 of .* must have a text"),
    "no column": ("a.csv", b"txt,label\nI,joy\n", r"line 1 of .* must have a column 'text'"),
    "ragged": ("a.csv", b"text,label\nI,joy,x\n", r"line 2 of .* must have 2 columns"),
    "latin-1": ("a.csv", "text,label\ncafé,joy\n".encode("latin-1"), "must be UTF-8"),
    "mixed types": ("a.jsonl", b'{"text":"I","label":1}\n{"text":"I","label":"b"}\n', "line 2"),
    "other format": ("a.npz", b"text,label\nI,joy\n", "must be a .npz file"),
    "ragged series": ("a.ts", b"@classLabel true a b\n@data\n1,2:3:a\n", "line 3 of"),
    "all missing": ("a.ts", b"@classLabel true a b\n@data\n?,?:a\n", "none but missing ones"),
    "no number": ("a.ts", b"@classLabel true a b\n@data\n1,x:a\n", "got 'x' as value 2"),
    "empty": ("a.ts", b"", "must have a line @data"),
    "one each": ("a.csv", b"text,label\nI,joy\nyou,woe\n", "got 1 of each of 2 classes"),
    "too rare": (
        "a.csv",
        b"text,label\nI,joy\nyou,woe\nwe,joy\n",
        r"a\.csv` must hold a word seen",
    ),
    "one group": (
        "a.csv",
        b"text,label,group\nI,joy,Ada\nyou,woe,Bob\n",
        r"must hold a group whose every class .*, got 2 groups with 2 of 2 classes in one group",
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_files_that_cannot_be_learned_from_are_named(kind: str, tmp_path: Path) -> None:
    name, content, said = FILES[kind]
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(DataError, match=said) as caught:
        Classifier(**SMALL, min_count=2).fit(file, out=tmp_path / "run")
    assert name in str(caught.value)
    assert "alidation file" not in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_validation_data_must_be_of_the_same_kind_and_classes(
    sayings: Path, signs: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"must hold texts as .* does, got series"):
        Classifier(**SMALL).fit(sayings, validation=signs)
    other = tmp_path / "other.csv"
    other.write_text("text,label\nI hate dogs,anger\n")
    with pytest.raises(
        DataError, match=r"line 2 of .* must have one of the classes .* got 'anger'"
    ):
        Classifier(**SMALL).fit(sayings, validation=other)
    with pytest.raises(DataError, match=r"must hold texts, as `.*sayings.csv` does, got series"):
        Classifier(**SMALL).fit([sayings, signs])


def test_classes_that_are_new_count_as_wrong_and_are_told(
    of_texts: Classifier, tmp_path: Path
) -> None:
    file = tmp_path / "new.csv"
    file.write_text("text,label\nI love my cats,joy\nI hate my cats,anger\n")
    scores = of_texts.score(file)
    assert scores["accuracy"].value == 50 and scores["macro F1"].value < 50
    assert "first 'anger' in line 3" in scores.warning and "counted as wrong" in scores.warning


def test_members_count_where_a_network_is_too_large(signs: Path) -> None:
    with pytest.raises(ConfigError, match=r"must fit into memory .* `members` 100, inputs 2\."):
        Classifier(hidden_size=10**6, members=100).fit(signs)


def test_epochs_that_nobody_asked_for_suit_the_amount_of_data(signs: Path) -> None:
    class EnoughSeenError(Exception):
        pass

    def watch(record: Record) -> None:
        if record["event"] == "start":
            raise EnoughSeenError(record["epochs"], record["steps_per_epoch"])

    options = {name: value for name, value in SMALL.items() if name != "epochs"}
    for rows in (1, 1000):
        with pytest.raises(EnoughSeenError) as seen:
            Classifier(**options | {"batch_size": rows}).fit(signs, observer=watch)
        epochs, steps = seen.value.args
        assert epochs == min(60, round(2000 / steps))
