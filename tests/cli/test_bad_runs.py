"""Whatever is wrong with a run: one message, the right exit code, nothing saved lost."""

import errno
import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tests.cli.conftest import QUICK, TRAINED, Elman, check

from elman.runs import writing as runs_writing
from elman.runs.lock import Lock


def spoil_model(run: Path) -> None:
    path = run / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def flip_a_bit_of_the_model(run: Path) -> None:
    path = run / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)


def swap_model_for_a_pickle(run: Path) -> None:
    (run / "model.safetensors").write_bytes(pickle.dumps({"head.bias": [1.0]}))


def put_nan_into_the_model(run: Path) -> None:
    tensors = load_file(run / "model.safetensors")
    tensors["head.bias"][0] = float("nan")
    save_file(tensors, run / "model.safetensors")


def give_the_model_other_shapes(run: Path) -> None:
    tensors = load_file(run / "model.safetensors")
    save_file({**tensors, "head.bias": torch.zeros(3)}, run / "model.safetensors")


def remove_model(run: Path) -> None:
    (run / "model.safetensors").unlink()


def change_config(run: Path, **changes: object) -> None:
    found = json.loads((run / "config.json").read_text())
    (run / "config.json").write_text(json.dumps({**found, **changes}))


def ask_for_a_huge_network(run: Path) -> None:
    config = json.loads((run / "config.json").read_text())["config"]
    change_config(run, config={**config, "hidden_size": 10**9})


def shorten_vocabulary(run: Path) -> None:
    found = json.loads((run / "tokenizer.json").read_text())
    (run / "tokenizer.json").write_text(json.dumps({**found, "tokens": found["tokens"][:-1]}))


def spoil_vocabulary(run: Path) -> None:
    (run / "tokenizer.json").write_text('{"unit": "word", "word_split": "whitespace", "tokens": 7}')


def spoil_probe(run: Path) -> None:
    save_file({"weights": torch.zeros(2, 2, 2)}, run / "probe.safetensors")


def spoil_baseline(run: Path) -> None:
    (run / "baseline" / "counts.safetensors").write_bytes(b"\0" * 64)


SPOILED = {
    spoil_model: "model.safetensors",
    flip_a_bit_of_the_model: "model.safetensors: the file must hold what was written",
    swap_model_for_a_pickle: "model.safetensors",
    put_nan_into_the_model: "`head.bias` must hold finite numbers",
    give_the_model_other_shapes: "`head.bias` must have shape (9,), got (3,)",
    remove_model: "model.safetensors",
    ask_for_a_huge_network: "model.safetensors",
    shorten_vocabulary: "must have shape",
    spoil_vocabulary: "`tokens` must be",
    spoil_baseline: "counts.safetensors",
    lambda run: shutil.rmtree(run / "baseline"): "baseline: it must be a folder",
    lambda run: (run / "config.json").write_text("{"): "config.json",
    lambda run: (run / "config.json").write_text('{"model": "gpt2"}'): "written by something else",
    lambda run: change_config(run, task="translation"): "got 'translation'",
    lambda run: change_config(run, format=2): "Read it with that version or a later one",
}


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda spoil: spoil.__name__)
def test_a_run_that_cannot_be_read(spoil, elman: Elman, copy: Path, cats: Path) -> None:  # type: ignore[no-untyped-def]
    spoil(copy)
    check(elman("evaluate", copy, cats), 1, SPOILED[spoil])


def cut_probe(run: Path) -> None:
    path = run / "probe.safetensors"
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("spoil", [spoil_probe, cut_probe])
def test_a_damaged_probe_stops_only_what_needs_it(
    spoil: Callable[[Path], None], elman: Elman, copy: Path, cats: Path
) -> None:
    whole = elman("evaluate", copy, cats, "--json")
    spoil(copy)
    assert elman("evaluate", copy, cats, "--json") == whole
    check(elman("next", copy, "I love"), 1, str(copy / "probe.safetensors"))


@pytest.mark.parametrize("end", [b'{"event": "sto', b"\0\0\0\n", b"[1]\n", b'{"a": \xff}\n{\n'])
def test_a_damaged_history_stops_no_reader(
    end: bytes, elman: Elman, copy: Path, cats: Path
) -> None:
    commands = (("next", copy, "I love"), ("evaluate", copy, cats))
    whole = [elman(*command) for command in commands]
    with open(copy / "history.jsonl", "ab") as file:
        file.write(end)
    assert [elman(*command) for command in commands] == whole
    assert whole[0].code == whole[1].code == 0


def test_a_folder_that_is_no_run(elman: Elman, cats: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "thesis"
    foreign.mkdir()
    (foreign / "chapter1.tex").write_text("years of work")
    for flag in ("-q", "--overwrite"):
        outcome = elman("train", "language", cats, "--out", foreign, *QUICK[:-1], flag)
        check(outcome, 1, "must be empty or a run of Elman")
    assert (foreign / "chapter1.tex").read_text() == "years of work"


def test_no_run_at_all(
    elman: Elman, cats: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    check(elman("next", "I love"), 1, "runs: it must hold a run, got none")
    check(elman("evaluate", "runs/mine", cats), 1, "runs/mine: it must be a run folder")


def test_a_training_that_never_began_hides_no_run(
    elman: Elman, cats: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(copy.parent)
    copy.rename("good")
    Path("runs").mkdir()
    Path("good").rename("runs/good")
    for name in ("bad", "good"):
        words = ("--out", f"runs/{name}", "--device", "cuda:99", "--overwrite", *QUICK)
        check(elman("train", "language", cats, *words), 2, "`--device` must be")
        assert os.listdir("runs") == ["good"]
    Path("runs/bad").mkdir()  # as a process leaves it that is killed while it counts
    for file in ("config.json", "tokenizer.json"):
        shutil.copy(f"runs/good/{file}", "runs/bad")
    assert elman("next", "I love") == elman("next", "runs/good", "I love")
    check(elman("next", "runs/bad", "I love"), 1, "runs/bad: the run must hold", "never trained")


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (b"I love cats .\n" * 90_000 + b"\xff\n", (), "must be UTF-8 text, got byte 0xff"),
        (b"I love cats\nyou hate dogs\n", (), "got none among 6"),
        (b"I love cats .\n" * 9, ("--batch-size", 999), "`--batch-size` must be at most"),
        (b"I love cats .\n" * 9, ("--hidden-size", 10**12), "must fit into memory"),
    ],
)
def test_nothing_is_overwritten_for_a_text_that_is_of_no_use(
    content: bytes, options: tuple[object, ...], said: str, elman: Elman, copy: Path, tmp_path: Path
) -> None:
    text = tmp_path / "text.txt"
    text.write_bytes(content)
    before = {path.name: path.read_bytes() for path in copy.iterdir() if path.is_file()}
    command = ("train", "language", text, "--validation", text, "--out", copy, "--overwrite")
    outcome = elman(*command, *QUICK, *options)
    assert (outcome.code, outcome.out) in ((1, ""), (2, ""))
    assert said in outcome.err
    assert {path.name: path.read_bytes() for path in copy.iterdir() if path.is_file()} == before


def test_a_run_that_another_process_writes(elman: Elman, copy: Path, cats: Path) -> None:
    again = ("train", "language", cats, "--out", copy, *TRAINED, "--epochs", 4, "-q")
    lock = Lock(copy)
    try:
        outcome = elman(*again)
        check(outcome, 1, "only one process may write to a run", str(os.getpid()))
        assert elman("next", copy, "I love").code == 0
    finally:
        lock.release()


def test_a_full_disk(elman: Elman, copy: Path, cats: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = elman("next", copy, "I love", "--json")

    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    with monkeypatch.context() as patch:
        patch.setattr(runs_writing, "_flush", full)
        again = ("train", "language", cats, "--out", copy, *TRAINED, "--epochs", 5, "-q")
        outcome = elman(*again)
        check(outcome, 1, "No space left on device", "What was saved before is whole")
    assert elman("next", copy, "I love", "--json") == before
