from elman.data.datasets.readers.sotu import read

SPEECH = (
    "Fellow-Citizens: I met Mr. Smith of the U.S. Congress on Jan. 5. It cost $1.50 million "
    'in No. 7. He said “Go!” Then "we" left, e.g. by train. (Applause.) Thank you.  Good\nnight.'
)


def test_sentences_are_lines_and_speeches_documents() -> None:
    (train,) = [document for _, document in read({"1790.txt": SPEECH.encode()})]
    assert train.splitlines() == [
        "Fellow-Citizens: I met Mr. Smith of the U.S. Congress on Jan. 5.",
        "It cost $1.50 million in No. 7.",
        "He said “Go!”",
        'Then "we" left, e.g. by train.',
        "(Applause.)",
        "Thank you.",
        "Good night.",
    ]


def test_every_tenth_speech_is_test() -> None:
    members = {f"{year}.txt": str(year).encode() for year in range(1790, 1812)}
    assert [d for split, d in read(members) if split == "test"] == ["1799\n", "1809\n"]
