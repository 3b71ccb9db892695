import pytest

from elman.data.datasets.readers.penn_treebank import read
from elman.errors import DataError

MODULE = '''penn = {}
penn['train'] = """ aer banknote
 pierre <unk> N\\/N years old
"""
penn['valid'] = """ mr. <unk>
"""
penn['test'] = """ no it was n't
"""
'''


def test_texts_are_taken_as_they_stand_but_for_an_extra_newline() -> None:
    texts = dict(read({"m": MODULE.replace("old\n", "old \n\n").encode()}))
    assert texts == {
        "train": " aer banknote\n pierre <unk> N\\/N years old \n",
        "validation": " mr. <unk>\n",
        "test": " no it was n't\n",
    }


@pytest.mark.parametrize("line", ["import os", "penn['train'] = open('x').read()", "print(1)"])
def test_a_module_that_does_anything_else_is_refused(line: str) -> None:
    with pytest.raises(DataError, match=r"line 2 of the module must assign a text"):
        dict(read({"m": f"penn = {{}}\n{line}\n".encode()}))


def test_no_python() -> None:
    with pytest.raises(DataError, match=r"must be a Python module, got: "):
        dict(read({"m": b"penn = {"}))
