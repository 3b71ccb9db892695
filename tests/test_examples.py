"""Every program in examples/ runs, and says what it is there to show."""

import re
import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
MENDED = EXAMPLES / "mend_a_forgetful_lstm.py"


@pytest.mark.parametrize(
    "program", sorted({*EXAMPLES.glob("*.py")} - {MENDED}), ids=lambda p: p.stem
)
def test_it_runs(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(program), run_name="__main__")
    assert capsys.readouterr().out.strip()


def test_the_forgetful_lstm_is_found_out_and_mended(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(MENDED), run_name="__main__")
    printed = capsys.readouterr().out
    gradients = [float(value) for value in re.findall(r"before training: (\S+)", printed)]
    assert gradients[0] < 1e-4 < 1e-2 < gradients[1]
    shares = [int(value) for value in re.findall(r"after training: (\d+)%", printed)]
    assert shares[0] < 50  # a quarter is chance
    assert shares[1] > 95
    looks = re.findall(r"looks back (.+)", printed)
    steps = re.search(r"\d+", looks[1])  # of "33 steps (33)", or of "more than 40 steps"
    assert steps is not None
    assert int(steps[0]) >= 32  # the symbol is that far back
