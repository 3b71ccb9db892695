from elman.data.datasets.readers.conllu import read


def test_sentences_are_dealt_whole_with_their_comments() -> None:
    text = "\r\n".join(f"# sent {n}\r\n1\tcats\r\n" for n in range(1, 23)) + "\r\n \r\n"
    dealt = list(read({"x.conllu": text.encode()}))
    assert len(dealt) == 22
    assert dealt[9] == ("test", "# sent 10\n1\tcats\n")
    assert [n for n, (split, _) in enumerate(dealt, 1) if split == "validation"] == [11, 21]
