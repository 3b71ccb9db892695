import json
from pathlib import Path

import pytest

import elman
from elman.errors import CheckpointError, ConfigError
from elman.runs import Description, Run


def test_a_task_of_a_later_version_is_refused(tmp_path: Path) -> None:
    Run.begin(tmp_path, Description(task="langauge", config={})).close()
    with pytest.raises(CheckpointError, match=r"got 'langauge'. Did you mean 'language'\?"):
        elman.load(tmp_path)


def test_a_run_that_has_not_saved_a_model_yet_is_refused(tmp_path: Path) -> None:
    config = elman.LanguageModel()._config()
    with Run.begin(tmp_path, Description.of("language", config)) as run:
        run.write_json("tokenizer.json", {})
    with pytest.raises(CheckpointError, match=f"{tmp_path}: .* weights, .*but never trained"):
        elman.load(tmp_path)
    with Run.begin(tmp_path, Description.of("language", config)) as run:
        run.write_tensors("model.safetensors", {})
    with pytest.raises(CheckpointError, match="codec: `unit` must be one of"):
        elman.load(tmp_path)


def test_what_stands_in_the_config_is_checked(tmp_path: Path) -> None:
    config = elman.LanguageModel()._config()
    with Run.begin(tmp_path, Description.of("language", config)) as run:
        run.write_tensors("model.safetensors", {})
    found = json.loads((tmp_path / "config.json").read_text())
    found["config"]["cell"] = "ltsm"
    (tmp_path / "config.json").write_text(json.dumps(found))
    with pytest.raises(CheckpointError, match="Did you mean 'lstm'"):
        elman.load(tmp_path)


def test_a_path_must_be_one() -> None:
    with pytest.raises(ConfigError, match=r"elman\.load: `path` must be a path .* got 3\."):
        elman.load(3)  # type: ignore[arg-type]
