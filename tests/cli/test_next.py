import json
import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file
from tests.cli.conftest import Elman


def test_a_line_for_each_word(elman: Elman, trained: Path) -> None:
    outcome = elman("next", trained, "I love cats")
    assert (outcome.code, outcome.err) == (0, "")
    head, *lines = outcome.out.splitlines()
    assert head.split() == ["after", "next", "<unk>", "memory", "still", "holds"]
    assert [line.split()[0] for line in lines] == ["I", "love", "cats"]
    assert "cats" in lines[1]
    assert lines[2].split()[1] == "."
    assert lines[1].rstrip().endswith("love")


def test_the_prompt_needs_no_quotes(elman: Elman, trained: Path) -> None:
    assert elman("next", trained, "I", "love") == elman("next", trained, "I love")


def test_no_figure_is_cut_off(elman: Elman, trained: Path) -> None:
    head, line = elman("next", trained, "I", "--top", 8).out.splitlines()
    assert "…" not in line
    assert line.count(" %") == 8 + 1
    assert head.rstrip().endswith("memory still holds")


def test_a_memory_from_which_nothing_is_read_shows_dots(
    elman: Elman, trained: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(trained, tmp_path / "run"))
    probe = load_file(run / "probe.safetensors")
    probe["precision"] = probe["precision"] * 0
    save_file(probe, run / "probe.safetensors")
    _, *lines = elman("next", run, "I love cats").out.splitlines()
    assert [line.split()[-1] for line in lines] == ["…", "…", "…"]


def test_unknown_words_are_named(elman: Elman, trained: Path) -> None:
    outcome = elman("next", trained, "I love zebras and cats")
    assert outcome.code == 0
    assert "Not in the vocabulary, read as <unk>: zebras, and." in outcome.out


def test_of_many_unknown_words_the_first_are_named(elman: Elman, trained: Path) -> None:
    words = [f"zebra{number}" for number in range(1020)]
    said = elman("next", trained, "I love", *words).out.splitlines()
    assert "zebra19, and 1,000 more." in " ".join(said)
    assert "zebra20" not in " ".join(said[-20:])


def test_unknown_is_never_listed(elman: Elman, trained: Path) -> None:
    found = json.loads(elman("next", trained, "I love", "--json", "--top", 100).out)
    for step in found["steps"]:
        assert "<unk>" not in [candidate["token"] for candidate in step["next"]]
        total = sum(candidate["probability"] for candidate in step["next"]) + step["unknown"]
        assert total == pytest.approx(1)


def test_says_where_the_memory_was_not_measured(
    elman: Elman, trained: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(trained, tmp_path / "run"))
    (run / "probe.safetensors").unlink()
    assert "memory holds was not measured" in elman("next", run, "I love").out
    assert "memory holds was not measured" not in elman("next", trained, "I love").out
    steps = json.loads(elman("next", run, "I love", "--json").out)["steps"]
    assert [step["remembered"] for step in steps] == [None, None]


def test_json(elman: Elman, trained: Path) -> None:
    found = json.loads(elman("next", trained, "I love zebras", "--json").out)
    assert found["prompt"] == "I love zebras"
    assert [step["known"] for step in found["steps"]] == [True, True, False]
    assert found["steps"][1]["remembered"][-1] == "love"
    assert len(found["steps"][0]["next"]) == 3
