from pathlib import Path

import pytest
import torch
from tests.training.jobs import Line

from elman.errors import CheckpointError
from elman.fields import TrainingFields
from elman.runs import Description, Run
from elman.training import checkpointing
from elman.training.checkpointing import Cadence, FolderStore, MemoryStore, Store, store_for
from elman.training.state import TrainingState


class Clock:
    now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def run(run_folder: Path):
    with Run.begin(run_folder, Description(task="toy", config={})) as run:
        yield run


def test_the_first_checkpoint_is_due_after_five_seconds_and_then_every_fifteen(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(checkpointing, "time", clock)
    store = store_for(run, Cadence())
    store.resume()
    state = TrainingState(Line(), TrainingFields())
    written = []
    for second in range(1, 60):
        clock.now_s += 1.0
        if store.due():
            written.append(second)
            assert store.checkpoint(state.capture)
    store.close()
    assert written == [5, 20, 35, 50]


@pytest.mark.parametrize("kind", [MemoryStore, FolderStore])
def test_the_best_weights_and_the_history_are_kept(kind: type[Store], run: Run) -> None:
    store = store_for(None if kind is MemoryStore else run, Cadence())
    assert isinstance(store, kind)
    assert store.resume() is None
    module = Line().module
    store.load_best(module)  # nothing was kept: nothing changes
    assert module.weight.sum() == 0
    torch.nn.init.ones_(module.weight)
    store.keep_best(module)
    torch.nn.init.zeros_(module.weight)
    store.load_best(module)
    assert module.weight.sum() == 3
    store.add({"event": "step", "loss": 0.5})
    assert store.history() == [{"event": "step", "loss": 0.5}]
    store.close()


def test_a_resumed_store_forgets_what_came_after_the_checkpoint(run: Run) -> None:
    store = store_for(run, Cadence())
    store.resume()
    store.add({"event": "step", "step": 1})
    store.checkpoint(TrainingState(Line(), TrainingFields()).capture)
    store.add({"event": "step", "step": 2})
    store.close()
    again = store_for(run, Cadence())
    snapshot = again.resume()
    again.close()
    assert snapshot is not None
    assert again.history() == [{"event": "step", "step": 1}]


def test_memory_saves_no_checkpoint() -> None:
    store = store_for(None, Cadence(first_s=0.0))
    assert not store.due()
    assert not store.checkpoint(TrainingState(Line(), TrainingFields()).capture)


def test_a_store_must_be_resumed_first(run: Run) -> None:
    with pytest.raises(RuntimeError, match="`resume` must be called first"):
        store_for(run, Cadence()).add({})


def test_a_damaged_checkpoint_is_named(run: Run) -> None:
    (run.path / "resume.safetensors").write_bytes(b"\0" * 40)
    with pytest.raises(CheckpointError, match=r"resume\.safetensors: the file must hold whole"):
        store_for(run, Cadence()).resume()
