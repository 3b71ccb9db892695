import importlib.util
import json

import pytest

from elman.cli import doctor
from elman.cli.doctor import Doctor
from elman.kernels import native


def findings(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    printed = json.loads(capsys.readouterr().out)
    return {finding["subject"]: finding for finding in printed["findings"]}


@pytest.fixture
def without_core(monkeypatch: pytest.MonkeyPatch) -> None:
    reason = "no C++ compiler was found when Elman was installed"
    monkeypatch.setattr(native, "available", lambda: (False, reason))


@pytest.mark.skipif(not native.available()[0], reason="the native core is not installed")
def test_finds_the_native_core_and_that_it_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert Doctor(json=True).run() == 0
    found = findings(capsys)
    assert found["native core"]["fine"]
    assert native.instruction_set() in str(found["native core"]["says"])
    assert found["agreement"]["fine"]


@pytest.mark.skipif(not native.available()[0], reason="the native core is not installed")
def test_a_core_that_errs_is_a_failure(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "TOLERANCE", 0.0)
    assert Doctor(json=True).run() == 1
    assert not findings(capsys)["agreement"]["fine"]


@pytest.mark.usefixtures("without_core")
def test_a_missing_core_is_said_with_its_reason_and_how_to_mend_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.platform, "system", lambda: "Linux")
    assert Doctor().run() == 0
    printed = capsys.readouterr().out
    assert "no C++ compiler was found when Elman was installed" in printed
    assert "apt install g++" in printed


@pytest.mark.usefixtures("without_core")
def test_on_another_platform_no_compiler_is_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.platform, "system", lambda: "Darwin")
    Doctor().run()
    printed = capsys.readouterr().out
    assert "runs on Linux for now" in printed
    assert "apt" not in printed


def test_a_missing_extra_is_named_with_its_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    Doctor().run()
    assert "pip install '.[text]'" in capsys.readouterr().out
