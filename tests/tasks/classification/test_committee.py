from pathlib import Path

import numpy as np
import torch
from tests.tasks.classification.conftest import SMALL

import elman
from elman import Classifier
from elman.sequences import PaddedBatch
from elman.tasks.classification.committee import Committee
from elman.tasks.classification.config import ClassifierFields
from elman.tasks.classification.model import ClassificationModule

FIELDS = ClassifierFields(hidden_size=5, dropout=0.0)
BATCH = PaddedBatch(torch.randn(4, 6, 3), torch.tensor([6, 4, 1, 2]))


def committee() -> Committee:
    torch.manual_seed(0)
    return Committee(ClassificationModule(FIELDS, 3, 2, of_text=False) for _ in range(3))


def test_the_members_probabilities_are_averaged() -> None:
    judges = committee().eval()
    each = torch.stack([member(BATCH) for member in judges.members])
    assert not torch.allclose(each[0], each[1])  # each has first weights of its own
    torch.testing.assert_close(judges.members_logits(BATCH), each)
    torch.testing.assert_close(judges(BATCH).exp(), each.softmax(-1).mean(0))
    steps = torch.stack([member.every_step(BATCH) for member in judges.members])
    torch.testing.assert_close(judges.every_step(BATCH).exp(), steps.softmax(-1).mean(0))


def test_it_learns_is_kept_streamed_and_looked_into(signs: Path, tmp_path: Path) -> None:
    options = {**SMALL, "epochs": 6, "members": 3, "pooling": "last"}
    model = Classifier(**options).fit(signs, out=tmp_path / "run")
    again = Classifier.load(tmp_path / "run")
    assert model.score(signs)["accuracy"].value > 95
    assert again.predict_proba(signs.resolve()).tolist() == model.predict_proba(signs).tolist()
    steps = again.predict_proba_steps(signs)
    np.testing.assert_allclose([each[-1] for each in steps], again.predict_proba(signs), atol=1e-6)
    found = elman.inspect.diagnose(again, signs)
    assert "looks back more than 8 samples" in str(found)  # what came first decides
