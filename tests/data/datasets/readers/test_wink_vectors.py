import json

import pytest

from elman.data.datasets.readers.wink_vectors import read

FOUND = {
    "size": 2,
    "dimensions": 2,
    "words": ["the", '"'],
    "vectors": {"the": [0.25, 3, 3.0, 0], '"': [0.5, -1, 1.1, 1]},
    "unkVector": [0, 0],
}


def written(found: dict[str, object]) -> bytes:
    content = json.dumps(found, separators=(",", ":")).encode()
    return b"".join(content for _, content in read({"x.json": content}))


def test_vectors_are_written_in_word2vecs_format_without_length_and_place() -> None:
    assert written(FOUND) == b'2 2\nthe 0.25 3\n" 0.5 -1\n'


def test_vectors_in_another_order_than_words_are_refused() -> None:
    with pytest.raises(ValueError, match="the vector of 'the' stands where that of '\"' must"):
        written({**FOUND, "words": ['"', "the"]})
