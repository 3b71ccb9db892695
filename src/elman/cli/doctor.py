"""`elman doctor`: what this installation can do, whether it does it right, and how to mend it."""

import dataclasses
import importlib.util
import json
import os
import platform
import sys
from dataclasses import dataclass

__all__ = ["Doctor"]

EXTRAS = {
    "text": ("tokenizers", "subword units"),
    "plot": ("matplotlib", "plots"),
    "tables": ("polars", "Parquet files"),
    "baselines": ("pycrfsuite", "the CRF baseline of taggers"),
}
TOLERANCE = 1e-5  # about 80 roundings of float32: 20 steps of sums of 33 products


@dataclass(frozen=True)
class Diagnosis:
    """One line of the doctor's report; `mend` says what to do where `fine` is false."""

    subject: str
    fine: bool
    says: str
    mend: str = ""


@dataclass(kw_only=True)
class Doctor:
    """Say what this installation can do, check that it does it right, and how to mend it."""

    json: bool = False
    """Print one JSON object instead."""

    def run(self) -> int:
        """Print the findings; 1 if something is broken (a missing native core is only slow)."""
        findings = [*_versions(), *_native_core(), *_extras()]
        if self.json:
            print(json.dumps({"findings": [dataclasses.asdict(f) for f in findings]}, indent=2))
        else:
            for finding in findings:
                print(f"{'ok ' if finding.fine else '!! '} {finding.subject:<16} {finding.says}")
                if finding.mend:
                    print(f"    {'':<16} → {finding.mend}")
        return int(any(f.subject == "agreement" and not f.fine for f in findings))


def _versions() -> list[Diagnosis]:
    import torch

    import elman

    threads = f"{torch.get_num_threads()} of {os.cpu_count()} processors used as threads"
    return [
        Diagnosis("elman", True, elman.__version__),
        Diagnosis("python", True, f"{platform.python_version()} at {sys.executable}"),
        Diagnosis("torch", True, f"{torch.__version__}, {threads}"),
    ]


def _native_core() -> list[Diagnosis]:
    from elman.kernels import native

    there, reason = native.available()
    if not there:
        mend = (
            "Install a C++ compiler (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++) "
            "and, in Elman's folder, Elman again: pip install --force-reinstall --no-deps ."
        )
        if platform.system() != "Linux":
            mend = "The native core runs on Linux for now; everything works here, more slowly."
        says = f"missing: {reason}. Layers run on torch's own."
        return [Diagnosis("native core", False, says, mend)]
    sets = ", ".join(native.instruction_sets())
    core = Diagnosis("native core", True, f"{native.instruction_set()} (this machine has: {sets})")
    return [core, _agreement()]


def _agreement() -> Diagnosis:
    """Run each cell natively in float32 and through its slow twin in float64, and compare."""
    from elman.kernels.layout import CELLS

    worst = max(_relative_error(cell) for cell in CELLS)
    says = f"native core agrees with its reference to {worst:.1e} of the largest value"
    if worst <= TOLERANCE:
        return Diagnosis("agreement", True, says)
    return Diagnosis("agreement", False, says, "Please report this, with the lines above.")


def _relative_error(cell: str) -> float:
    """Largest error of outputs and gradients, relative to the largest of each."""
    import torch

    from elman.kernels import native, reference
    from elman.kernels.layout import CELLS

    generator = torch.Generator().manual_seed(0)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator) * 0.3

    batch, units, steps = 5, 33, 20
    scan = reference.Scan(cell, (batch,) * steps)
    gates = CELLS[cell].gate_count * units
    inputs = [draw(batch * steps, gates), draw(gates, units), draw(gates), draw(batch, units)]
    if CELLS[cell].has_cell:
        inputs.append(draw(batch, units))
    upstream = draw(batch * steps, units)
    exact_inputs = [tensor.double() for tensor in inputs]
    ours, truth = native.forward(scan, *inputs), reference.forward(scan, *exact_inputs)
    back = native.backward(scan, inputs[1], ours, upstream)
    true_back = reference.backward(scan, exact_inputs[1], truth, upstream.double())
    pairs = [(ours.output, truth.output), (back.projected, true_back.projected)]
    return max(float((a - b).abs().max() / b.abs().max()) for a, b in pairs)


def _extras() -> list[Diagnosis]:
    findings = []
    for extra, (module, gives) in EXTRAS.items():
        there = importlib.util.find_spec(module) is not None
        mend = "" if there else f"In Elman's folder: pip install '.[{extra}]'"
        says = f"{module} is {'here' if there else 'missing'}: {gives}"
        findings.append(Diagnosis(f"extra [{extra}]", there, says, mend))
    return findings
