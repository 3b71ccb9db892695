"""What a classifier hands to the instruments."""

from pathlib import Path

import pytest
import torch
from tests.tasks.classification.conftest import SMALL, series

from elman import Classifier
from elman.errors import DataError
from elman.inspect import diagnose, memory_horizon
from elman.sequences import PaddedBatch


def test_the_material_is_what_the_run_was_validated_on(of_texts: Classifier, sayings: Path) -> None:
    model = Classifier.load(sayings.parent / "run")
    with pytest.raises(DataError, match="`DATA` must be given"):
        model.material()  # fitted by a call that names no data
    material = model.material(sayings)
    x, classes = material.data
    assert isinstance(x, PaddedBatch) and len(classes) == 120
    assert material.unit == "word" and material.names is not None
    assert "cats" in material.names and material.source == str(sayings)
    del of_texts


def test_its_diagnosis_is_in_samples(signs: Path, tmp_path: Path) -> None:
    file = tmp_path / "more.ts"
    file.write_text(series(60, seed=2))
    model = Classifier(**SMALL, pooling="last").fit(signs)
    material = model.material(file)
    assert material.unit == "sample" and not torch.isnan(material.data[0].values).any()
    horizon = memory_horizon(model, file)
    assert horizon.unit == "sample"
    assert str(diagnose(model, file))


def test_classes_that_are_new_are_left_out(of_texts: Classifier, tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_text("text,label\nI love my cats,joy\nI hate my cats,anger\n")
    assert "1 of 2 examples of" in of_texts.material(file).source
    file.write_text("text,label\nI hate my cats,anger\n")
    with pytest.raises(DataError, match="must hold an example of a class that the model knows"):
        of_texts.material(file)
