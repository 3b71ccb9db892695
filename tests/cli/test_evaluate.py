import json
import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file
from tests.cli.conftest import Elman


def test_json_is_as_promised(elman: Elman, trained: Path, cats: Path) -> None:
    outcome = elman("evaluate", trained, cats, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    found = json.loads(outcome.out)
    assert list(found) == ["task", "scores"]
    assert found["task"] == "language"
    first = found["scores"][0]
    assert list(first) == ["name", "value", "unit", "better", "baseline", "baseline_name"]
    assert (first["name"], first["unit"], first["better"]) == ("perplexity", "", "lower")
    assert first["baseline_name"] == "5-gram modified Kneser–Ney"
    assert 1 < first["value"] < 1.5


def test_for_people(elman: Elman, trained: Path, cats: Path) -> None:
    lines = elman("evaluate", trained, cats).out.splitlines()
    assert lines[0] == f"{trained} on {cats}"
    assert lines[1] == (
        "12,000 words, <eos> counted, 0.0 % unknown; every one predicted once, in one stream, "
        "state carried over"
    )
    assert lines[2].split() == ["cats", "5-gram", "modified", "Kneser–Ney"]
    assert lines[3].split()[0] == "perplexity"


def test_memory_off_stands_beside_memory_on(elman: Elman, trained: Path, cats: Path) -> None:
    off = json.loads(elman("evaluate", trained, cats, "--memory", "off", "--json").out)
    on = json.loads(elman("evaluate", trained, cats, "--json").out)
    assert off["scores"][0]["value"] > 1.3 * on["scores"][0]["value"]
    shown = elman("evaluate", trained, cats, "--memory", "off").out
    heads, figures = shown.splitlines()[2:4]
    assert heads.split()[:4] == ["memory", "off", "memory", "on"]
    values = [float(word) for word in figures.split()[1:3]]
    expected = [off["scores"][0]["value"], on["scores"][0]["value"]]
    assert values == pytest.approx(expected, abs=0.01)


def test_the_latest_run_serves_when_none_is_named(
    elman: Elman, trained: Path, cats: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("runs").mkdir()
    Path("runs/cats").symlink_to(trained)
    named = elman("evaluate", trained, cats, "--json")
    assert elman("evaluate", cats, "--json") == named


def test_a_score_that_no_number_can_hold_is_null_in_json(
    elman: Elman, trained: Path, cats: Path, tmp_path: Path
) -> None:
    """A network so sure of what is wrong that its perplexity overflows is scored, not a crash."""
    run = Path(shutil.copytree(trained, tmp_path / "sure"))
    tensors = load_file(run / "model.safetensors")
    tensors["head.bias"][0] = 1e6
    save_file(tensors, run / "model.safetensors")
    outcome = elman("evaluate", run, cats, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    found = json.loads(outcome.out, parse_constant=pytest.fail)
    assert found["scores"][0]["value"] is None
    assert found["scores"][1]["value"] > 1e5
    assert elman("evaluate", run, cats).out.splitlines()[3].split()[:3] == [
        "perplexity",
        "not",
        "finite",
    ]


def test_a_text_of_unknown_words_is_scored_with_a_warning(
    elman: Elman, trained: Path, tmp_path: Path
) -> None:
    text = tmp_path / "zebras.txt"
    text.write_text("I love zebras and gnus .\n" * 9)
    for options in ((), ("--memory", "off"), ("--json",)):
        outcome = elman("evaluate", trained, text, *options)
        assert outcome.code == 0
        (warning,) = outcome.err.splitlines()
        assert warning.startswith("elman evaluate: 43 % of the text is words that the model does")
    text.write_text("I love zebras .\n" * 9)  # one in five
    assert elman("evaluate", trained, text).err == ""


def test_the_part_of_a_data_set_is_named(
    elman: Elman, trained: Path, cats: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELMAN_CACHE", str(tmp_path))
    first = elman("evaluate", trained, "elman-sentences").out.splitlines()[0]
    assert first == f"{trained} on elman-sentences (test part)"
    monkeypatch.chdir(tmp_path)
    Path("elman-sentences").write_bytes(cats.read_bytes())  # a file goes before a data set
    first = elman("evaluate", trained, "elman-sentences").out.splitlines()[0]
    assert first == f"{trained} on elman-sentences"
