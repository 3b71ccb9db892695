import sys
from types import ModuleType

import pytest

from elman.data.datasets.readers.python_manual import read
from elman.errors import DataError


def test_topics_are_documents_without_blank_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    topics = ModuleType("pydoc_data.topics")
    topics.topics = {"b": "B\n*\n\n   x = 1  \n", "a": "A\n"}
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", topics)
    assert list(read({})) == [("train", "A\n"), ("train", "B\n*\n   x = 1\n")]


def test_this_python_has_a_manual() -> None:
    documents = [document for _, document in read({})]
    assert len(documents) > 50
    assert any('The "while" statement' in document for document in documents)


def test_a_python_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with pytest.raises(DataError, match=r"must have the module pydoc_data, got none"):
        read({})
