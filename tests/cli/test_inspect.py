import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.cli.conftest import Elman

from elman.runs import writing as runs_writing

MODULE = """
import torch

class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.RNN(1, 3, nonlinearity="relu", bias=False, batch_first=True)
        with torch.no_grad():
            self.layer.weight_ih_l0.copy_(torch.tensor([[1.0], [0.0], [0.0]]))
            self.layer.weight_hh_l0.copy_(torch.tensor([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]))

    def forward(self, x):
        return self.layer(x)[0][..., 2:]

model = Net()
plain = torch.nn.Linear(1, 1)
number = 7
x = torch.rand(40, 42, 1, generator=torch.Generator().manual_seed(1))
data = (x[:, 2:], x[:, :-2] + 0.1)
broken = Net()
torch.nn.init.constant_(broken.layer.weight_hh_l0, float("nan"))
absolute = torch.nn.L1Loss()

def make():
    return Net()

def fails():
    raise RuntimeError("no GPU")
"""


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stranger's file."""
    path = tmp_path_factory.mktemp("stranger") / "net.py"
    path.write_text(MODULE)
    return path


def test_a_run_and_a_text(elman: Elman, trained: Path, cats: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    outcome = elman("inspect", trained, cats, "--out", report)
    assert (outcome.code, outcome.err) == (0, "")
    assert f"{trained}, on {cats}" in outcome.out
    assert "It looks back " in outcome.out
    assert "word" in outcome.out
    assert "gradient" in outcome.out
    assert outcome.out.rstrip().endswith(f"Report: {report}")
    page = report.read_text()
    assert "It looks back " in page
    assert '"kind": "network"' in page or '"kind":"network"' in page
    assert 'src="http' not in page


def test_json(elman: Elman, trained: Path, cats: Path) -> None:
    found = json.loads(elman("inspect", trained, cats, "--json").out)
    assert found["kind"] == "diagnosis"
    assert found["results"]["memory_horizon"]["unit"] == "word"
    assert found["source"] == str(cats)
    assert len(found["results"]["gradient_flow"]["layers"]) == 1


def test_any_torch_model(elman: Elman, net: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    outcome = elman("inspect", f"{net}:model", f"{net}:data", "--out", report)
    assert (outcome.code, outcome.err) == (0, "")
    assert "It looks back 3 steps." in outcome.out
    assert "A recording: what the network did" in report.read_text()
    made = elman("inspect", f"{net}:make", f"{net}:data", "--json")
    assert json.loads(made.out)["headline"] == "3 steps"
    lossy = elman("inspect", f"{net}:make", f"{net}:data", "--json", "--loss", f"{net}:absolute")
    assert json.loads(lossy.out)["results"]["memory_horizon"]["measure"] == "loss"


def test_data_in_files(elman: Elman, net: Path, tmp_path: Path) -> None:
    x = torch.rand(40, 42, 1)
    pair = {"x": x[:, 2:], "y": x[:, :-2]}
    np.savez(tmp_path / "data.npz", **{name: part.numpy() for name, part in pair.items()})
    np.save(tmp_path / "data.npy", pair["x"].numpy())
    torch.save(pair, tmp_path / "data.pt")
    for name, measure in (
        ("data.npz", "squared error"),
        ("data.pt", "squared error"),
        ("data.npy", "change of output"),
    ):
        outcome = elman("inspect", f"{net}:model", tmp_path / name, "--json")
        found = json.loads(outcome.out)["results"]["memory_horizon"]
        assert (found["measure"], found["steps"]) == (measure, 3), name


def test_without_data_it_says_what_was_read(elman: Elman, net: Path, trained: Path) -> None:
    assert f"{net}:model, on random inputs\n" in elman("inspect", f"{net}:model").out
    named = elman("inspect", f"{net}:model", f"{net}:data").out
    assert named.startswith(f"{net}:model, on {net}:data\n")
    outcome = elman("inspect", trained)  # made by a call that names no text
    assert outcome.code == 1
    assert "`DATA` must be given, since the text that the model was validated on" in outcome.err


def test_a_report_that_cannot_be_written_costs_no_verdict(
    elman: Elman, net: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("inspect", f"{net}:model", f"{net}:data", "--out")
    locked = tmp_path / "locked"
    locked.mkdir()
    allowed = os.access  # root may write anywhere, so the system's answer is feigned
    monkeypatch.setattr(os, "access", lambda path, mode: path != locked and allowed(path, mode))
    places = (
        (tmp_path / "none" / "r.html", "whose folder does not exist"),
        (locked / "r.html", "whose folder cannot be written to"),
        (tmp_path, "a folder"),
    )
    for out, said in places:
        outcome = elman(*words, out)
        assert (outcome.code, outcome.out) == (2, "")  # nothing was measured in vain
        assert f"`--out` must name a file, got '{out}', " in outcome.err
        assert said in outcome.err

    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(runs_writing, "_flush", full)
    outcome = elman(*words, tmp_path / "r.html")
    assert outcome.code == 1
    assert "It looks back 3 steps" in outcome.out
    assert "No space left on device" in outcome.err
    assert os.listdir(tmp_path) == ["locked"]


@pytest.mark.parametrize(
    ("model", "data", "code", "said"),
    [
        ("none.py:model", None, 2, "`none.py` must be a Python file, got nothing there"),
        ("NET:modell", None, 2, "must define 'modell', got none. Did you mean 'model'?"),
        ("NET:number", None, 2, "must be a torch.nn.Module, got int"),
        ("NET:fails", None, 2, "got RuntimeError: no GPU"),
        ("NET:plain", "NET:data", 2, "must hold a recurrent layer"),
        (
            "NET:broken",
            "NET:data",
            1,
            "the weights must be finite, got NaN in `layer.weight_hh_l0`",
        ),
        ("NET:model", "none.npy", 1, "`none.npy` must be a file of arrays, got nothing there"),
        ("NET:model", "NET", 1, "must end in .npy, .npz, .pt, .pth, or be MODULE.py:NAME"),
    ],
)
def test_faults_are_refused(elman: Elman, net: Path, model, data, code, said) -> None:
    words = [word.replace("NET", str(net)) for word in (model, data) if word]
    outcome = elman("inspect", *words)
    assert (outcome.code, outcome.out) == (code, "")
    assert said in outcome.err


def test_files_that_hold_no_arrays_are_refused(elman: Elman, net: Path, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.pt"
    torch.save({"x": Path("/")}, hostile)
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object))
    (tmp_path / "broken.py").write_text("import nothing_of_that_name")
    np.savez(tmp_path / "other.npz", a=np.zeros(3), b=np.zeros(3))
    for name in ("hostile.pt", "objects.npy"):
        outcome = elman("inspect", f"{net}:model", tmp_path / name)
        assert outcome.code == 1, name
        assert "must hold plain arrays, got: " in outcome.err
    outcome = elman("inspect", f"{net}:model", tmp_path / "other.npz")
    assert "lengths alone, got 'a', 'b'" in outcome.err
    outcome = elman("inspect", f"{tmp_path / 'broken.py'}:model")
    assert outcome.code == 2
    assert "must run without an error, got ModuleNotFoundError" in outcome.err


def test_text_of_another_kind_is_refused(elman: Elman, trained: Path, tmp_path: Path) -> None:
    text = tmp_path / "other.txt"
    text.write_text("quite another tongue\n" * 100)
    outcome = elman("inspect", trained, text)
    assert outcome.code == 1
    assert "got only unknown ones" in outcome.err
    outcome = elman("inspect", trained, text, "--loss", "net.py:loss")
    assert "`--loss` must go with MODULE.py:MODEL, got a run" in outcome.err
