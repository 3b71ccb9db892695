"""The compiled core as a guest in the process: threads, forks, signals, instruction sets."""

import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor

from elman.errors import BackendError, ChoiceError
from elman.kernels import core, native
from elman.kernels.layout import CELLS
from elman.kernels.reference import Scan
from elman.nn import GRU, LSTM, RNN, Backend

needs_core = pytest.mark.skipif(not native.available()[0], reason=native.available()[1])
LAYERS = {"elman": RNN, "gru": GRU, "lstm": LSTM}
NATIVE = Backend("native", "")
EXECUTORS = ("serial", "pool", "torch")


def walk(cell: str, sizes: tuple[int, ...], units: int) -> list[Tensor]:
    """Everything that a walk there and back computes, from fixed numbers."""
    generator = torch.Generator().manual_seed(7)
    gates, has_cell = CELLS[cell].gate_count, CELLS[cell].has_cell

    def draw(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    batch = sizes[0]
    weight, h_0 = draw(gates * units, units) / units**0.5, draw(batch, units)
    projected, grad_output = draw(sum(sizes), gates * units), draw(sum(sizes), units)
    scan = Scan(cell, sizes)
    result = native.forward(scan, projected, weight, None, h_0, h_0 if has_cell else None)
    back = native.backward(scan, weight, result, grad_output, want_states=True)
    return [result.output, result.gates, result.h_n, back.projected, back.rotated, back.h_0]


def same_bits(ours: list[Tensor], theirs: list[Tensor]) -> bool:
    return all(torch.equal(mine, its) for mine, its in zip(ours, theirs, strict=True))


# Divided by sequences, ragged, and by units, as native/tests/test_plan.cpp checks; and single
# steps, by pieces with few rows.
SHAPES = [
    ((16,) * 12, 120),
    ((16, 16, 9, 9, 8, 3, 3, 1, 1, 1), 120),
    ((1,) * 12, 400),
    ((4,), 128),
    ((8,), 128),
]


@needs_core
@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("cell", CELLS)
def test_bits_do_not_depend_on_threads_or_executor(cell: str, executor: str) -> None:
    for sizes, units in SHAPES:
        with native.forced(executor="serial"):
            alone = walk(cell, sizes, units)
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            with native.forced(executor=executor):
                assert same_bits(walk(cell, sizes, units), alone), (sizes, threads)


@needs_core
@pytest.mark.parametrize(("steps", "batch"), [(1, 9), (9, 1), (1, 7), (40, 4)])
def test_bits_of_inputs_do_not_depend_on_threads(steps: int, batch: int) -> None:
    """Their weights lie beyond a near cache, where torch's BLAS would round few rows otherwise."""
    I, H = 700, 300
    weights = (torch.randn(4 * H, I), torch.randn(4 * H, H), torch.randn(4 * H), None)
    scan, state = Scan("lstm", (batch,) * steps), torch.zeros(batch, H)
    x = torch.randn(steps, batch, I)
    torch.set_num_threads(1)
    alone = native.read(scan, x, weights, state, state)
    for threads in (2, 3):
        torch.set_num_threads(threads)
        shared = native.read(scan, x, weights, state, state)
        assert torch.equal(shared.output, alone.output), threads


@needs_core
@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_gradients_of_weights_have_the_same_bits_from_run_to_run(cell: str, threads: int) -> None:
    torch.set_num_threads(threads)
    first = gradients_of_weights(cell)
    for _ in range(4):
        assert same_bits(gradients_of_weights(cell), first)


def gradients_of_weights(cell: str) -> list[Tensor]:
    """By both matrices of a layer that reads 40 steps of 16 sequences, enough to be divided."""
    layer = LAYERS[cell](30, 120)
    generator = torch.Generator().manual_seed(7)
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter, std=0.1, generator=generator)
    layer(torch.randn(40, 16, 30, generator=generator))[0].square().sum().backward()
    assert layer.backend == NATIVE
    return [layer.weight_ih_l0.grad, layer.weight_hh_l0.grad]


@needs_core
def test_several_python_threads_may_walk_at_once() -> None:
    torch.set_num_threads(2)
    alone = walk("gru", *SHAPES[0])
    with ThreadPoolExecutor(4) as threads:
        for executor in EXECUTORS:
            with native.forced(executor=executor):
                found = list(threads.map(lambda _: walk("gru", *SHAPES[0]), range(8)))
            assert all(same_bits(each, alone) for each in found)


@needs_core
@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_forked_child_walks_alone(executor: str) -> None:
    torch.set_num_threads(2)
    scan, weight = Scan("elman", (16,) * 12), torch.randn(250, 250) / 16
    projected, h_0 = torch.randn(192, 250), torch.zeros(16, 250)

    def digits() -> bytes:  # torch's own larger operations would hang in the child
        return native.forward(scan, projected, weight, None, h_0).output.numpy().tobytes()

    with native.forced(executor=executor):
        before = digits()  # the team exists now, and will not exist in the child
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python's own advice on forks
            child = os.fork()
        if child == 0:
            torch.set_num_threads(2)  # as one may, whatever the fork has set
            os._exit(0 if digits() == before else 1)
        assert exit_code(child, seconds=20) == 0
        assert digits() == before


@needs_core
def test_a_forked_child_trains_alone() -> None:
    torch.set_num_threads(2)
    layer = LSTM(300, 300)  # its products are torch's
    x = torch.randn(20, 32, 300, requires_grad=True)

    def train() -> Tensor:
        layer(x)[0].sum().backward()
        return layer.weight_hh_l0.grad

    train()  # torch's team exists now, and will not exist in the child
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os._exit(0 if train().isfinite().all() and torch.get_num_threads() == 1 else 1)
    assert exit_code(child, seconds=20) == 0
    assert torch.get_num_threads() == 2


def exit_code(child: int, seconds: float) -> int:
    """Of a child process, which is killed if it does not end in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        finished, status = os.waitpid(child, os.WNOHANG)
        if finished:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -1


@pytest.fixture
def alarm() -> Iterator[None]:
    """Ctrl-C comes of itself after 50 ms."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@needs_core
@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("batch", [1, 8])
@pytest.mark.usefixtures("alarm")
def test_an_interrupt_ends_a_long_walk(executor: str, batch: int) -> None:
    torch.set_num_threads(2)
    steps, units = 40_000 // batch, 512  # some seconds
    projected = torch.zeros(1, units).expand(steps * batch, units).contiguous()
    weight, h_0 = torch.randn(units, units) / units, torch.zeros(batch, units)
    scan = Scan("elman", (batch,) * steps)
    with native.forced(executor=executor):
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(KeyboardInterrupt) as caught:
            native.forward(scan, projected, weight, None, h_0, keep=False)
        assert caught.traceback[-2].path.name == "native.py", "raised by the call, not after it"


@needs_core
def test_the_interpreter_runs_on_during_a_walk() -> None:
    with ThreadPoolExecutor(1) as threads:
        walking = threads.submit(walk, "lstm", (16,) * 60, 400)
        counted = 0
        while not walking.done():
            counted += 1
    assert counted > 1000


@needs_core
def test_instruction_sets_are_forced_by_name() -> None:
    automatic = native.instruction_set()
    assert native.instruction_sets()[0] == "baseline"
    assert automatic == native.instruction_sets()[-1]
    for name in native.instruction_sets():
        with native.forced(instruction_set=name):
            assert native.instruction_set() == name
    assert native.instruction_set() == automatic
    with (
        pytest.raises(ChoiceError, match=r"got 'avx51'\. Did you mean 'avx512'\?|got 'avx51'"),
        native.forced(instruction_set="avx51"),
    ):
        pass
    with pytest.raises(ChoiceError, match="'serial', 'pool', 'torch'"), native.forced(executor="x"):
        pass


@needs_core
def test_what_is_forced_within_ends_with_its_block() -> None:
    automatic = native.instruction_set(), core.executor()
    with native.forced(instruction_set="baseline"):
        with native.forced(executor="serial"):
            serial = core.executor()
            assert (native.instruction_set(), serial[0]) == ("baseline", 0)
            with native.forced(instruction_set=automatic[0], executor="pool"):
                assert (native.instruction_set(), core.executor()[0]) == (automatic[0], 1)
            assert (native.instruction_set(), core.executor()) == ("baseline", serial)
            with pytest.raises(ChoiceError), native.forced(instruction_set="avx51"):
                pass
            assert native.instruction_set() == "baseline"
        assert (native.instruction_set(), core.executor()) == ("baseline", automatic[1])
    assert (native.instruction_set(), core.executor()) == automatic


@needs_core
def test_the_environment_names_the_instruction_set() -> None:
    code = "from elman.kernels import native; print(native.instruction_set())"
    for name, fits in (("baseline", True), ("neon-2", False)):
        ran = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "ELMAN_ISA": name},
            capture_output=True,
            text=True,
        )
        assert (ran.stdout.strip() == name) == fits
        assert ("`ELMAN_ISA` must be an instruction set" in ran.stderr) != fits


def test_a_missing_core_is_a_reason_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "_core", None)
    monkeypatch.setattr(core, "_reason", "no compiler was found")
    assert native.available() == (False, "no compiler was found")
    with pytest.raises(BackendError, match=r"must be installed, but no compiler was found\."):
        native.forward(Scan("elman", (1,)), *(torch.zeros(1, 1),) * 2, None, torch.zeros(1, 1))


def test_the_reason_that_the_build_left_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "elman.kernels._native", None)
    absent = type(sys)("elman.kernels._absent")
    absent.REASON = "Python's headers were not found"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "elman.kernels._absent", absent)
    assert core._load() == (None, "Python's headers were not found")
    monkeypatch.setitem(sys.modules, "elman.kernels._absent", None)
    assert core._load() == (None, "the native core has not been built")
