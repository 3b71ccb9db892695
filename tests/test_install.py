"""The install succeeds without a native core, and says why there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CMAKE = shutil.which("cmake", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
NINJA = shutil.which("ninja", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")

needs_cmake = pytest.mark.skipif(not (CMAKE and NINJA), reason="cmake or ninja is not installed")


def configure_and_install(folder: Path, *options: str) -> str:
    """Run the build where no compiler can be found; the reason that it leaves behind."""
    empty = folder / "bin"
    empty.mkdir()
    environment = {"PATH": str(empty), "HOME": str(folder)}  # no CC, no CXX
    build, prefix = folder / "build", folder / "prefix"
    common = [f"-DCMAKE_MAKE_PROGRAM={NINJA}", f"-DPython_EXECUTABLE={sys.executable}"]
    for command in (
        [CMAKE, "-S", ROOT, "-B", build, "-G", "Ninja", *common, *options],
        [CMAKE, "--build", build],
        [CMAKE, "--install", build, "--prefix", prefix],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    installed = [file.name for file in (prefix / "elman" / "kernels").iterdir()]
    assert installed == ["_absent.py"]
    names: dict[str, str] = {}
    exec((prefix / "elman" / "kernels" / "_absent.py").read_text(), names)
    return names["REASON"]


@needs_cmake
def test_without_a_compiler_the_build_succeeds_and_leaves_the_reason(tmp_path: Path) -> None:
    reason = configure_and_install(tmp_path)
    assert reason == "no working C++ compiler was found when Elman was installed"


@needs_cmake
def test_on_another_platform_the_build_succeeds_and_leaves_the_reason(tmp_path: Path) -> None:
    reason = configure_and_install(tmp_path, "-DCMAKE_SYSTEM_NAME=Windows")
    assert "built on Linux only so far, and this is Windows" in reason


def test_without_a_core_layers_run_on_torch_and_repeat_the_reason() -> None:
    program = """
import sys, types
sys.modules["elman.kernels._native"] = None
sys.modules["elman.kernels._absent"] = types.SimpleNamespace(REASON="there was no compiler")
import torch, elman
layer = elman.nn.LSTM(3, 4)
output, _ = layer(torch.ones(2, 1, 3))
output.sum().backward()
print(layer.backend.name, layer.backend.reason)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.startswith("torch ")
    assert "there was no compiler" in done.stdout
