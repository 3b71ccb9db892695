from elman.data.datasets.readers.brown import plain_tag, read


def test_sentences_are_lines_without_the_place_of_words() -> None:
    sample = b"\n\n\tThe/at County/nn-tl\n\n\n\t1/2/cd --/-- la/fw-at-tl-hl ./.  \n"
    ((_, document),) = read({"ca01": sample})
    assert document == "The/at County/nn\n1/2/cd --/-- la/at ./.\n"


def test_every_tenth_file_is_test_and_the_next_validation() -> None:
    members = {f"ca{number:02}": f"w{number}/nn".encode() for number in range(1, 22)}
    dealt = [(split, text.split("/")[0]) for split, text in read(members) if split != "train"]
    assert dealt == [("test", "w10"), ("validation", "w11"), ("test", "w20"), ("validation", "w21")]


def test_tags_that_only_look_marked_stay() -> None:
    assert [plain_tag(tag) for tag in ("--", "in+at-t", "fw-nn$-nc", "nil")] == [
        *("--", "in+at-t", "nn$", "nil")
    ]
