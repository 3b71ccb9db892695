import pytest

from elman.data.datasets.readers import generated


def test_splits_are_drawn_apart_and_alike_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    small = {split: (200, seed) for split, (_, seed) in generated.SENTENCES.items()}
    monkeypatch.setattr(generated, "SENTENCES", small)
    texts = dict(generated.read({}))
    assert texts == dict(generated.read({}))
    assert len(set(texts.values())) == 3
    assert all(text.count("\n") == 200 for text in texts.values())
    assert all(line.endswith(" .") for line in texts["train"].splitlines())
