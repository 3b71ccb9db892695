"""The native recurrence against its definition, in every form that a walk can take."""

import dataclasses
import itertools
from collections.abc import Iterator

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from elman.errors import BackendError, ShapeError
from elman.kernels import native, reference
from elman.kernels.layout import ACTIVATIONS, CELLS
from elman.kernels.reference import Result, Scan

needs_core = pytest.mark.skipif(not native.available()[0], reason=native.available()[1])
pytestmark = needs_core

CASES = [*(("elman", f) for f in ACTIVATIONS), ("gru", "tanh"), ("lstm", "tanh")]
SETS = native.instruction_sets() if native.available()[0] else ()
LAYOUTS = [
    (3, (3, 3, 3, 3, 3)),  # dense
    (6, (4, 4, 2, 1, 1)),  # ragged, with empty sequences
    (14, (14, 13, 13)),  # more rows than a tile of the microkernel
    (1, (1,)),
    (2, ()),  # no steps at all
]
TYPES = [torch.float32, torch.float64]


@dataclasses.dataclass
class Problem:
    """Arguments of a walk forward, and gradients to walk back with."""

    scan: Scan
    projected: Tensor
    weight: Tensor
    bias: Tensor | None
    h_0: Tensor
    c_0: Tensor | None
    grad_output: Tensor
    grad_h_n: Tensor
    grad_c_n: Tensor | None

    @staticmethod
    def of(scan: Scan, batch: int, units: int, dtype: torch.dtype = torch.float64) -> "Problem":
        rows, gates = sum(scan.batch_sizes), CELLS[scan.cell].gate_count
        has_cell = CELLS[scan.cell].has_cell

        def draw(*shape: int) -> Tensor:
            return torch.randn(shape, dtype=dtype)

        return Problem(
            scan,
            draw(rows, gates * units),
            draw(gates * units, units) / units**0.5,
            draw(gates * units),
            draw(batch, units),
            draw(batch, units) if has_cell else None,
            draw(rows, units),
            draw(batch, units),
            draw(batch, units) if has_cell else None,
        )

    def arguments(self) -> tuple[Tensor | None, ...]:
        return self.projected, self.weight, self.bias, self.h_0, self.c_0

    def gradients(self) -> tuple[Tensor | None, ...]:
        return self.grad_output, self.grad_h_n, self.grad_c_n


def walks(cell: str, activation: str) -> Iterator[tuple[Scan, int]]:
    """Every layout of rows in both directions, with resets and without."""
    for (batch, sizes), reverse, resets in itertools.product(LAYOUTS, (False, True), (False, True)):
        marks = torch.rand(sum(sizes)) < 0.3 if resets else None
        yield Scan(cell, sizes, activation, reverse, marks), batch


def check_agreement(problem: Problem, about: str = "") -> None:
    """Every field of the result and every gradient, by name."""
    ours = native.forward(problem.scan, *problem.arguments())
    theirs = (
        reference.forward(problem.scan, *problem.arguments()) if problem.scan.batch_sizes else ours
    )
    for field in dataclasses.fields(Result):
        close(getattr(ours, field.name), getattr(theirs, field.name), f"{field.name} {about}")
    if not problem.scan.batch_sizes:
        close(ours.h_n, problem.h_0, "h_n of no steps")
        return
    ours_back = native.backward(
        problem.scan, problem.weight, ours, *problem.gradients(), want_states=True
    )
    theirs_back = reference.backward(
        problem.scan, problem.weight, theirs, *problem.gradients(), want_states=True
    )
    for name in ("projected", "recurrent", "h_0", "c_0"):
        close(getattr(ours_back, name), getattr(theirs_back, name), f"d {name} {about}")
    assert ours_back.states is not None
    assert theirs_back.states is not None
    for mine, its in zip(ours_back.states, theirs_back.states, strict=True):
        close(mine, its, f"states {about}")
    close(
        ours_back.weight(ours.previous),
        theirs_back.recurrent.T @ theirs.previous,
        f"weight {about}",
    )
    close(ours_back.bias(), theirs_back.recurrent.sum(0), f"bias {about}")


def close(ours: Tensor | None, theirs: Tensor | None, name: str) -> None:
    """Equal to rounding, which in a sum is relative to its largest term, not to its result.

    Where numbers stay near 1, as with saturating cells, the bounds are assert_close's own.
    """
    assert (ours is None) == (theirs is None), name
    if ours is None or theirs is None:
        return
    finite = theirs[theirs.isfinite()].abs()
    largest = max(1.0, finite.max().item() if finite.numel() else 1.0)
    absolute, relative = (1e-5, 1.3e-6) if theirs.dtype == torch.float32 else (1e-7, 1e-7)
    torch.testing.assert_close(
        ours,
        theirs,
        atol=absolute * largest,
        rtol=relative,
        equal_nan=True,
        msg=lambda text: f"{name}: {text}",
    )


@pytest.mark.parametrize("instruction_set", SETS)
@pytest.mark.parametrize("dtype", TYPES, ids=["float32", "float64"])
@pytest.mark.parametrize(("cell", "activation"), CASES)
def test_agrees_with_the_definition(
    cell: str, activation: str, dtype: torch.dtype, instruction_set: str
) -> None:
    with native.forced(instruction_set=instruction_set):
        for scan, batch in walks(cell, activation):
            for units in (1, 3, 17, 33):
                check_agreement(Problem.of(scan, batch, units, dtype), f"{scan} H={units}")


@pytest.mark.parametrize("instruction_set", SETS)
@pytest.mark.parametrize("cell", CELLS)
def test_agrees_over_long_walks_and_wide_states(cell: str, instruction_set: str) -> None:
    with native.forced(instruction_set=instruction_set):
        check_agreement(Problem.of(Scan(cell, (2,) * 400), 2, 9))
        ragged = tuple(sorted(torch.randint(1, 9, (60,)).tolist(), reverse=True))
        check_agreement(Problem.of(Scan(cell, ragged, reverse=True), 8, 127))


@pytest.mark.parametrize("cell", CELLS)
def test_agrees_over_thousands_of_steps(cell: str) -> None:
    check_agreement(Problem.of(Scan(cell, (2,) * 3000 + (1,) * 2000), 2, 5))


@given(
    cell=st.sampled_from(CASES),
    lengths=st.lists(st.integers(0, 7), min_size=1, max_size=20),
    units=st.integers(1, 70),
    reverse=st.booleans(),
    resets=st.booleans(),
    wide=st.booleans(),
)
def test_agrees_for_any_lengths(
    cell: tuple[str, str],
    lengths: list[int],
    units: int,
    reverse: bool,
    resets: bool,
    wide: bool,
) -> None:
    sizes = tuple(sum(n > t for n in lengths) for t in range(max(lengths)))
    marks = torch.rand(sum(sizes)) < 0.2 if resets else None
    scan = Scan(cell[0], sizes, cell[1], reverse, marks)
    check_agreement(Problem.of(scan, len(lengths), units, TYPES[wide]))


@pytest.mark.parametrize(("cell", "activation"), CASES)
@pytest.mark.parametrize("reverse", [False, True])
def test_gradients_are_those_of_autograd_through_the_definition(
    cell: str, activation: str, reverse: bool
) -> None:
    marks = torch.rand(10) < 0.3
    problem = Problem.of(Scan(cell, (4, 3, 2, 1), activation, reverse, marks), 5, 6)
    leaves = [t.requires_grad_() for t in problem.arguments() if t is not None]
    result = reference.forward(problem.scan, *problem.arguments())
    ends = [result.output, result.h_n, *([] if result.c_n is None else [result.c_n])]
    given = [gradient for gradient in problem.gradients() if gradient is not None]
    wanted = iter(torch.autograd.grad(ends, leaves, given))
    with torch.no_grad():
        walked = native.forward(problem.scan, *problem.arguments())
        ours = native.backward(problem.scan, problem.weight, walked, *problem.gradients())
    close(ours.projected, next(wanted), "projected")
    close(ours.weight(walked.previous), next(wanted), "weight")
    close(ours.bias(), next(wanted), "bias")
    close(ours.h_0, next(wanted), "h_0")
    if cell == "lstm":
        close(ours.c_0, next(wanted), "c_0")


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_left_out_count_as_zero(cell: str) -> None:
    problem = Problem.of(Scan(cell, (3, 2)), 3, 5)
    result = native.forward(problem.scan, *problem.arguments())
    zeros = [None if g is None else torch.zeros_like(g) for g in problem.gradients()]
    left_out = native.backward(problem.scan, problem.weight, result, None)
    explicit = native.backward(problem.scan, problem.weight, result, *zeros)
    assert left_out.states is None
    assert torch.equal(left_out.projected, explicit.projected)
    assert torch.equal(left_out.h_0, explicit.h_0)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize(("cell", "activation"), CASES)
def test_numbers_that_are_not_finite_pass_through_their_own_sequence(
    cell: str, activation: str, value: float
) -> None:
    problem = Problem.of(Scan(cell, (4, 4, 3), activation), 4, 20)
    problem.projected[5, 2] = value
    check_agreement(problem)
    result = native.forward(problem.scan, *problem.arguments())
    others = [0, 2, 3, 4, 6, 7, 8, 10]
    assert result.output[others].isfinite().all()


@pytest.mark.parametrize("cell", CELLS)
def test_reads_rows_that_stand_apart_and_transposed_weights(cell: str) -> None:
    problem = Problem.of(Scan(cell, (3, 3)), 3, 8)
    gates = CELLS[cell].gate_count
    problem.projected = torch.randn(6, 3 * gates * 8, dtype=torch.float64)[
        :, gates * 8 : -gates * 8
    ]
    problem.grad_output = torch.randn(6, 16, dtype=torch.float64)[:, 8:]
    problem.weight = torch.randn(8, gates * 8, dtype=torch.float64).T
    problem.bias = torch.zeros(1, dtype=torch.float64).expand(gates * 8)
    problem.grad_h_n = torch.ones(1, dtype=torch.float64).expand(3, 8)
    check_agreement(problem)
    problem.bias = None
    check_agreement(problem)


@pytest.mark.parametrize("cell", CELLS)
def test_arguments_are_left_as_they_were(cell: str) -> None:
    problem = Problem.of(Scan(cell, (3, 3)), 3, 8)
    before = [None if t is None else t.clone() for t in problem.arguments()]
    kept = native.forward(problem.scan, *problem.arguments())
    native.backward(problem.scan, problem.weight, kept, *problem.gradients())
    for name, was, now in zip(["x", "w", "b", "h", "c"], before, problem.arguments(), strict=True):
        close(now, was, name)


@pytest.mark.parametrize("cell", CELLS)
def test_keeps_nothing_when_nothing_shall_follow(cell: str) -> None:
    problem = Problem.of(Scan(cell, (3, 3, 1)), 4, 8)
    kept = native.forward(problem.scan, *problem.arguments())
    light = native.forward(problem.scan, *problem.arguments(), keep=False)
    assert torch.equal(kept.output, light.output)
    assert torch.equal(kept.h_n, light.h_n)
    assert light.gates.numel() == 0
    assert light.cells is light.previous_cells is light.candidates is None
    with pytest.raises(ShapeError, match=r"`result\.gates` must have shape"):
        native.backward(problem.scan, problem.weight, light, problem.grad_output)


def test_denormal_numbers_are_flushed_within_the_walk_only() -> None:
    scan = Scan("elman", (1,), "identity")
    tiny = torch.full((1, 1), 1e-40)
    weight, state = torch.ones(1, 1), torch.zeros(1, 1)
    assert native.forward(scan, tiny, weight, None, state).output.item() == 0
    assert (tiny * 2).item() > 0


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            {"weight": torch.zeros(4, 5)},
            ShapeError,
            r"`weight` must have shape \(5, 5\), got \(4, 5\)",
        ),
        ({"projected": torch.zeros(2, 5)}, ShapeError, r"`projected` must have shape \(3, 5\)"),
        ({"bias": torch.zeros(4)}, ShapeError, r"`bias` must have shape \(5,\), got \(4,\)"),
        ({"h_0": torch.zeros(1, 5)}, ShapeError, r"B at least 2 and H at least 1, got \(1, 5\)"),
        ({"c_0": torch.zeros(2, 5)}, ShapeError, r"`c_0` must be None for 'elman', got a tensor"),
        ({"weight": torch.zeros(5, 5).half()}, BackendError, "dtype is float16"),
        ({"weight": torch.zeros(5, 5).double()}, BackendError, "dtypes are float32 and float64"),
        ({"weight": torch.zeros(5, 5).to_sparse()}, BackendError, "layout is sparse_coo"),
        ({"weight": torch.zeros(5, 5, device="meta")}, BackendError, "device is meta"),
    ],
)
def test_rejects_what_does_not_fit(
    change: dict[str, Tensor], error: type[Exception], message: str
) -> None:
    problem = Problem.of(Scan("elman", (2, 1)), 2, 5, torch.float32)
    changed = dataclasses.replace(problem, **change)
    with pytest.raises(error, match=message):
        native.forward(problem.scan, *changed.arguments())


def test_rejects_rows_that_grow_and_marks_of_another_length() -> None:
    problem = Problem.of(Scan("elman", (1, 2)), 2, 5)
    with pytest.raises(BackendError, match="must be positive and never increase"):
        native.forward(problem.scan, *problem.arguments())
    marked = dataclasses.replace(problem.scan, resets=torch.zeros(4, dtype=torch.bool))
    with pytest.raises(ShapeError, match=r"`scan\.resets` must have shape \(3,\), got \(4,\)"):
        native.forward(marked, *problem.arguments())
