"""What `elman bench` measures and says."""

import json
import re

import pytest
import torch
from torch.nn.utils.rnn import PackedSequence

from elman import bench, nn
from elman.bench import layers, rounds
from elman.bench.inputs import random_input, steps_of
from elman.bench.rounds import Rounds, interleave
from elman.cli.main import main


@pytest.fixture(autouse=True)
def short_rounds(monkeypatch):
    """Here nobody asks whether the times are right."""
    monkeypatch.setattr(rounds, "_ROUND_SECONDS", 0.01)


def test_work_takes_turns():
    seen = []
    interleave([lambda: seen.append("a"), lambda: seen.append("b")], seconds=0)
    order = [mark for mark, before in zip(seen, ["", *seen], strict=False) if mark != before]
    assert order == ["a", "b"] * (len(order) // 2)
    assert len(order) >= 2 * 5


def test_only_quiet_rounds_count_where_there_are_enough():
    seconds = tuple((1.0, 2.0) for _ in range(5)) + ((9.0, 1.0),) * 20
    measured = Rounds(seconds, (0.0,) * 5 + (0.7,) * 20)
    assert (measured.noisy, measured.median(0), measured.ratio(1, 0)) == (False, 1.0, 2.0)
    noisy = Rounds(seconds, (0.0,) * 4 + (0.7,) * 21)
    assert (noisy.noisy, noisy.median(0)) == (True, 9.0)
    unknown = Rounds(seconds, ())
    assert (unknown.noisy, unknown.median(0)) == (False, 9.0)


def test_what_others_use_is_told_apart_from_what_we_use(tmp_path, monkeypatch):
    stat = tmp_path / "stat"
    stat.write_text("cpu  100 10 50 999 9 5 5 0 0 0\ncpu0 1 2 3\n")
    monkeypatch.setattr(rounds, "_STAT", stat)
    monkeypatch.setattr(rounds.os, "sysconf", lambda _: 10)
    monkeypatch.setattr(rounds.os, "times", lambda: rounds.os.times_result((2, 1, 0, 0, 0)))
    assert rounds._busy_elsewhere() == pytest.approx(17 - 3)
    monkeypatch.setattr(rounds, "_STAT", tmp_path / "absent")
    assert rounds._busy_elsewhere() is None


def test_the_same_is_computed_by_both():
    row = bench.measure("tiny", bench.Shape(3, 2, 4, 5), "lstm", seconds=0.01)
    assert max(row.error, row.torch_error) < 1e-6


class Wrong(nn.LSTM):
    """Ours, with every output half too high."""

    def forward(self, *arguments):
        output, states = super().forward(*arguments)
        return output + 0.5, states


def test_figures_follow_from_the_times_and_errors_from_the_outputs(monkeypatch):
    seconds = (2.0, 6.0, 4.0)  # of ours, torch's, and the product for the peak
    monkeypatch.setattr(layers, "interleave", lambda *_: Rounds((seconds,) * 5, ()))
    monkeypatch.setitem(layers.CELLS, "lstm", (Wrong, *layers.CELLS["lstm"][1:]))
    row = bench.measure("tiny", bench.Shape(3, 2, 4, 5), "lstm")
    multiplied = (3 * 2) * (4 * 5) * (4 + 5)  # steps, rows of the weights, their columns
    of_peak = pytest.approx((multiplied / 2.0) / (768**3 / 4.0))
    assert row.forward == bench.Figures(2e3, 6e3, 3.0, of_peak, noisy=False)
    assert row.training.of_peak == pytest.approx(3 * row.forward.of_peak)
    assert row.error == pytest.approx(0.5, abs=1e-6)
    assert row.torch_error < 1e-6


def test_float64_is_compared_with_itself():
    row = bench.measure("tiny", bench.Shape(3, 2, 4, 5), "gru", 0.01, precision="float64")
    assert row.torch_error == 0
    assert row.error < 1e-15


def test_ragged_sequences_have_a_third_of_the_steps():
    torch.manual_seed(0)
    x = random_input(bench.Shape(60, 2000, 1, 5), ragged=True)
    assert isinstance(x, PackedSequence)
    assert len(x.batch_sizes) == 60
    assert steps_of(x) / (60 * 2000) == pytest.approx(1 / 3, abs=0.03)
    row = bench.measure("tiny", bench.Shape(9, 4, 2, 3), "lstm", 0.01, ragged=True)
    assert max(row.error, row.torch_error) < 1e-6
    assert row.backend == "native"


@pytest.mark.parametrize("steps", [1, 3])
def test_a_third_of_few_steps_is_one(steps):
    torch.manual_seed(0)
    x = random_input(bench.Shape(steps, 8, 1, 5), ragged=True)
    assert x.batch_sizes.tolist() == [8, 1, 1][:steps]


def test_chance_elsewhere_is_left_alone():
    torch.manual_seed(3)
    before = torch.get_rng_state()
    bench.measure("tiny", bench.Shape(1, 1, 1, 1), "gru", seconds=0.01)
    assert torch.equal(torch.get_rng_state(), before)


def _row(cell, speedup, noisy=False, backend="native"):
    figures = bench.Figures(1.0, speedup, speedup, 0.5, noisy)
    return bench.Row("x", bench.Shape(1, 2, 3, 4), cell, figures, figures, 1e-7, 2e-7, backend)


def test_the_summary_says_what_the_table_comes_to():
    said = bench.summary([_row("gru", 2.0), _row("gru", 8.0), _row("lstm", 1.0)], 2)
    assert said.splitlines()[:2] == [
        "gru    4.00 × torch forward, 4.00 × in training, 2.00 × at worst",
        "lstm   1.00 × torch forward, 1.00 × in training, 1.00 × at worst",
    ]
    assert "busy" not in said
    assert "~ 2 of 2 figures were measured while" in bench.summary([_row("gru", 2.0, True)], 1)
    fallen = bench.summary([_row("gru", 1.0, backend="torch")], 1)
    assert "gru: ran on torch's operators. See `elman doctor`." in fallen


def test_the_command_prints_a_table_or_json(capsys):
    options = ["bench", "--shapes", "step", "--cells", "elman", "--seconds", "0.01"]
    assert main(options) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1].split()[:5] == ["cell", "ours", "torch", "ratio", "peak"]
    assert said[2] == "step: T 1, B 1, I 256, H 256"
    assert said[3].startswith("elman ")
    assert max(map(len, said)) < 80
    assert main([*options, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert row["shape"] == {"steps": 1, "batch": 1, "inputs": 256, "units": 256}
    assert row["training"].keys() == bench.Figures.__annotations__.keys()


def test_all_shapes_may_be_named_beside_others(monkeypatch, capsys):
    monkeypatch.setattr(bench, "measure", lambda name, _, cell, *__, **___: _row(cell, 2.0))
    assert main(["bench", "--shapes", "step", "all", "--cells", "gru"]) == 0
    assert len(re.findall("(?m)^gru .*e-", capsys.readouterr().out)) == len(bench.SHAPES)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--shapes", "ptb-meduim"], "Did you mean 'ptb-medium'?"),
        (["--cells", "ltsm"], "Did you mean 'lstm'?"),
        (["--precision", "float46"], "Did you mean 'float64'?"),
        (["--threads", "-1"], "must be at least 0"),
        (["--seconds", "0"], "must be above 0"),
    ],
)
def test_absurd_options_are_refused(capsys, options, says):
    assert main(["bench", *options]) == 2
    assert says in capsys.readouterr().err
