import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

import elman as package
from elman.data.datasets.readers import generated

SHORT = {"train": (24_000, 1), "validation": (400, 2), "test": (400, 3)}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder to work in, and a text that is short."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ELMAN_CACHE", str(folder / "cache"))
        patch.setattr(generated, "SENTENCES", SHORT)
        patch.chdir(folder)
        yield folder


@pytest.fixture(scope="module")
def demo(place, elman):
    """What `elman demo` prints in a pipe."""
    return elman("demo", "--threads", 1)


def test_ends_as_promised(demo) -> None:
    assert demo.code == 0, demo.err
    table = demo.out[demo.out.index("I love cats    ") :].splitlines()
    assert table[0] == "I love cats          before training     after      truth"
    share = r"\d+(\.\d)? %"
    for line, start in zip(table[1:4], ("I      → am", "love   → cats", "cats   → ."), strict=True):
        assert re.fullmatch(rf"{re.escape(start)} +{share} +{share} +{share}", line)
        assert line.index("→") == 7
    number = r"\d+\.\d\d"
    assert re.fullmatch(
        rf"memory off {number} · Elman {number} · LSTM {number} · exact {number}   perplexity",
        table[4],
    )
    back = r"(\d+|more than 16)"
    looks = rf"looks back: Elman {back} words · LSTM {back} · the grammar needs 9"
    assert re.fullmatch(looks, table[5])
    assert table[6].startswith(("Elman gets wrong: ", "Elman agrees with"))
    assert table[7].startswith(("LSTM gets wrong: ", "LSTM agrees with"))
    assert table[8].endswith("figures: runs/demo/report.html")


def test_the_report_holds_the_network_and_what_was_found(demo, place) -> None:
    page = (place / "runs/demo/report.html").read_text()
    assert "It looks back " in page
    assert "The network itself runs in this file" in page
    assert "I love cats" in page


def test_truth_and_exact_perplexity_are_the_grammars(demo) -> None:
    lines = demo.out.splitlines()
    truths = [line.rsplit("  ", 1)[1].strip() for line in lines if "→ " in line]
    assert truths == ["22 %", "15 %", "36 %"]
    exact = re.search(r"exact (\d+\.\d\d)", demo.out)
    assert exact is not None
    assert 3.9 < float(exact[1]) < 4.5


def test_samples_appear_while_it_learns(demo) -> None:
    elman_part, lstm_part = demo.out.split("LSTM network: ")
    for part in (elman_part, lstm_part):
        assert re.search(r"^ +100 %  perplexity [\d.]+  [A-Za-z]", part, flags=re.M)
    assert "Elman network: 100 units" in elman_part


def test_no_control_characters_in_a_pipe(demo) -> None:
    assert "\x1b" not in demo.out
    assert "\r" not in demo.out


def test_the_three_commands_work_when_pasted(demo, elman) -> None:
    _, commands = demo.out.split("Try next:\n")
    lines = commands.splitlines()
    assert len(lines) == 3
    for line in lines:
        words = shlex.split(line)
        verb = next(k for k, word in enumerate(words) if word in ("next", "evaluate", "generate"))
        outcome = elman(*words[verb:])
        assert outcome.code == 0, (line, outcome.err)
        assert outcome.out.strip()


def test_both_networks_are_kept(demo, place) -> None:
    assert package.load(place / "runs" / "demo").cell == "elman"
    assert package.load(place / "runs" / "demo-lstm").cell == "lstm"


def test_json_is_one_object_and_an_earlier_demo_is_replaced(demo, elman) -> None:
    outcome = elman("demo", "--json", "--threads", 1, "--seed", 7)
    assert outcome.code == 0, outcome.err
    found = json.loads(outcome.out)
    assert [expected["following"] for expected in found["example"]] == ["am", "cats", "."]
    assert found["grammar_horizon"] == 9
    assert [network["name"] for network in found["networks"]] == ["Elman", "LSTM"]
    for network in found["networks"]:
        assert found["exact_perplexity"] < network["perplexity"] < network["memory_off_perplexity"]
        assert 0 < network["divergence"] < 1
        assert package.load(network["run"]).seed == 7


@pytest.mark.parametrize("option", ["--seed", "--threads"])
def test_absurd_options_are_refused_before_anything_is_printed(elman, option) -> None:
    outcome = elman("demo", option, -1)
    assert (outcome.code, outcome.out) == (2, "")
    assert f"elman demo: `{option}` must be at least 0" in outcome.err


def test_a_run_that_is_no_demo_is_left_alone(demo, place, elman, cats) -> None:
    mine = place / "runs" / "mine"
    small = ("--hidden-size", 8, "--epochs", 1, "--threads", 1, "--quiet")
    assert elman("train", "language", cats, "--out", mine, *small).code == 0
    before = (mine / "model.safetensors").read_bytes()
    outcome = elman("demo", "--out", mine)
    assert outcome.code == 1
    assert "the run there must be one of `elman demo`, got one of" in outcome.err
    assert (mine / "model.safetensors").read_bytes() == before
