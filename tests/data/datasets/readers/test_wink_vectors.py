import json

from elman.data.datasets.readers.wink_vectors import read


def test_vectors_are_written_in_word2vecs_format_without_length_and_place() -> None:
    found = {
        "dimensions": 2,
        "words": ["the", ","],
        "vectors": {",": [0.5, -1, 1.1, 1], "the": [0.25, 3, 3.0, 0]},
    }
    written = b"".join(content for _, content in read({"x.json": json.dumps(found).encode()}))
    assert written == b"2 2\nthe 0.25 3\n, 0.5 -1\n"
