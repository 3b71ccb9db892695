import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.tasks.tagging.conftest import SMALL

from elman import Tagger
from elman.errors import DataError

CONLLU = (
    "# text = I saw her duck.\n"
    "1\tI\tI\t_\tPRP\t_\t2\tnsubj\t_\t_\n"
    "2\tsaw\tsee\tNOUN\tVBD\t_\t0\troot\t_\tSpaceAfter=No\n"
    "3-4\ther duck\t_\t_\t_\t_\t_\t_\t_\t_\n"
    "3\ther\ther\t_\t_\t_\t4\tdet\t_\t_\n"
    "4\tduck\tduck\t_\t_\t_\t2\txcomp\t_\t_\n"
    "\n"
)


def filled(tagger: Tagger, text: bytes | str, **options: object) -> Iterator[str]:
    content = text.encode() if isinstance(text, str) else text
    file = io.BufferedReader(io.BytesIO(content))  # type: ignore[arg-type]
    return tagger.fill(file, "it", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("at_once", [1, 64])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I saw her duck .\n", "I/PRON saw/VERB her/PRON duck/VERB ./PUNCT\n"),
        ("I saw her duck.", "I/PRON saw/VERB her/PRON duck/VERB ./PUNCT"),
        ("I/X saw  her/X\r\n\n", "I/PRON saw/VERB  her/PRON\r\n\n"),
        ("I\nsaw\n\nher\n\n", "I\tPRON\nsaw\tVERB\n\nher\tPRON\n\n"),
        ("I\tX\nsaw\tX\n", "I\tPRON\nsaw\tVERB\n"),
        ("", ""),
        ("\n \n", "\n \n"),
        (
            CONLLU,
            CONLLU.replace("I\t_", "I\tPRON")
            .replace("NOUN", "VERB")
            .replace("her\t_", "her\tPRON")
            .replace("duck\t_\t_\t_\t2", "duck\tVERB\t_\t_\t2"),
        ),
    ],
)
def test_a_text_keeps_its_format(fitted: Tagger, text: str, expected: str, at_once: int) -> None:
    assert "".join(filled(fitted, text, at_once=at_once)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I\nsaw\n\nsaw\n", "I\tPRON\nsaw\tVERB\n\nsaw\tNOUN\n"),
        ("I saw\nsaw\n", "I/PRON saw/VERB\nsaw/NOUN\n"),
        (
            CONLLU,
            CONLLU.replace("I\t_", "I\tPRON")
            .replace("NOUN", "VERB")
            .replace("her\t_", "her\tPRON")
            .replace("duck\t_\t_\t_\t2", "duck\tVERB\t_\t_\t2"),
        ),
    ],
)
def test_line_by_line_a_text_keeps_its_format(forward: Tagger, text: str, expected: str) -> None:
    stream = forward.stream()
    alone = stream.read("saw").tag  # what a sentence that begins with it makes of it
    lines = list(filled(forward, text, every_step=True))
    assert "".join(lines) == expected.replace("saw\tNOUN", f"saw\t{alone}").replace(
        "saw/NOUN", f"saw/{alone}"
    )
    assert len(lines) == text.count("\n")


def test_line_by_line_probabilities_are_those_of_the_stream(forward: Tagger) -> None:
    stream = forward.stream()
    told = [stream.read(word) for word in ("I", "saw")]
    first, second = filled(forward, "I\nsaw\n", every_step=True, probabilities=True)
    assert first == f"I\t{told[0].tag}\t{told[0].probability:.4f}\n"
    assert second == f"saw\t{told[1].tag}\t{told[1].probability:.4f}\n"


def test_of_plain_text_nothing_is_lost(fitted: Tagger) -> None:
    found = "".join(filled(fitted, "\n I saw.\n\n\nher and / or duck\n\n"))
    words = [[token.rpartition("/")[0] for token in line.split()] for line in found.split("\n")]
    told = [["I", "saw", "."], ["her", "and", "/", "or", "duck"]]
    assert words == [[], told[0], [], [], told[1], [], []]


def test_probabilities_stand_beside_tags(fitted: Tagger) -> None:
    (line,) = filled(fitted, "I saw\n", probabilities=True)
    (first, sure), (second, _) = (token.rsplit(":", 1) for token in line.split())
    assert (first, second) == ("I/PRON", "saw/VERB")
    assert 0.5 < float(sure) <= 1
    (columns,) = filled(fitted, "I\nsaw\n", probabilities=True)
    assert [len(row.split("\t")) for row in columns.splitlines()] == [3, 3]
    (conllu,) = filled(fitted, CONLLU, probabilities=True)
    assert conllu.count("TagProbability=") == 4
    assert "SpaceAfter=No|TagProbability=" in conllu


def test_what_stood_before_a_fault_is_given_back(fitted: Tagger) -> None:
    found = filled(fitted, b"I saw her\nher d\xf6ck\n", at_once=64)
    assert next(found) == "I/PRON saw/VERB her/PRON\n"
    with pytest.raises(DataError, match=r"`it` must be UTF-8 text, got byte 0xf6 in line 2, col"):
        next(found)


def test_each_sentence_is_answered_before_the_next_is_asked_for(fitted: Tagger) -> None:
    class Slow(io.RawIOBase):
        lines = iter([b"I saw\n", b"her duck\n"])
        asked = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            self.asked += 1
            line = next(self.lines, b"")
            buffer[: len(line)] = line
            return len(line)

    raw = Slow()
    found = fitted.fill(io.BufferedReader(raw), "it")
    assert next(found) == "I/PRON saw/VERB\n"
    assert raw.asked == 1


def test_a_ragged_row_is_told_and_changes_no_format(tmp_path: Path) -> None:
    file = tmp_path / "ner.txt"
    file.write_text("EU X B-ORG\nsaid Y O\n\n" * 30)
    tagger = Tagger(**{**SMALL, "epochs": 1}).fit(file)
    parted = filled(tagger, "EU X O\nsaid Y O\n\nin Z\n")
    assert next(parted).startswith("EU X ")
    with pytest.raises(DataError, match="line 4 of `it` must have 3 space-separated columns, got"):
        next(parted)
    with pytest.raises(DataError, match="line 3 of `it` must have 3 space-separated columns, got"):
        next(filled(tagger, "EU X O\nsaid Y O\nin Z\n"))
    assert next(filled(tagger, "EU said so .\nin\n")).startswith("EU/")


def test_columns_parted_by_spaces_are_known_by_the_tags_at_their_end(fitted: Tagger) -> None:
    """The tagger learned from word/tag, so that nothing else tells them from sentences."""
    assert "".join(filled(fitted, "I VERB\nsaw NOUN\n\n")) == "I PRON\nsaw VERB\n\n"
    assert "".join(filled(fitted, "I saw\nI saw\n")) == "I/PRON saw/VERB\n" * 2


def test_full_stops_that_are_tags_too_make_no_columns_of_sentences(tmp_path: Path) -> None:
    file = tmp_path / "cats.txt"
    file.write_text("I/PRP love/VB cats/NN ./.\n" * 30)
    tagger = Tagger(**{**SMALL, "epochs": 1}).fit(file)
    lines = "".join(filled(tagger, "I love cats .\nI love dogs .\n")).splitlines()
    words = [[word.rpartition("/")[0] for word in line.split()] for line in lines]
    assert words == [["I", "love", "cats", "."], ["I", "love", "dogs", "."]]


def test_entities_are_written_in_iob2(tmp_path: Path) -> None:
    file = tmp_path / "ner.txt"
    file.write_text("Ann B-PER\nLee I-PER\nsaw O\n\n" * 30)
    tagger = Tagger(**{**SMALL, "epochs": 1}, bidirectional=False).fit(file)
    inside = tagger.tags.index("I-PER")  # a network may say this of every word
    tagger.module.head.bias.data[inside] = 1e4
    given, expected = "Ann X\nLee X\n\nAnn X\n", "Ann B-PER\nLee I-PER\n\nAnn B-PER\n"
    for every_step in (False, True):
        assert "".join(filled(tagger, given, every_step=every_step)) == expected


@pytest.mark.parametrize("at_once", [1, 64])
def test_records_hold_what_is_filled_in(fitted: Tagger, at_once: int) -> None:
    file = io.BufferedReader(io.BytesIO(b"I saw.\n\nher duck\n\n"))  # type: ignore[arg-type]
    assert list(fitted.records(file, "it", at_once=at_once)) == [
        {"words": ["I", "saw", "."], "tags": ["PRON", "VERB", "PUNCT"]},
        {"words": ["her", "duck"], "tags": [each.tag for each in fitted.predict("her duck")[0]]},
    ]


def test_records_say_how_sure_tags_are(fitted: Tagger, forward: Tagger) -> None:
    file = io.BufferedReader(io.BytesIO(b"I saw\n"))  # type: ignore[arg-type]
    (record,) = fitted.records(file, "it", probabilities=True)
    assert record["probabilities"] == [each.probability for each in fitted.predict("I saw")[0]]
    file = io.BufferedReader(io.BytesIO(b"I\nsaw\n\n"))  # type: ignore[arg-type]
    first, second, end = forward.records(file, "it", every_step=True)
    assert (first, second["words"]) == ({"words": ["I"], "tags": ["PRON"]}, ["saw"])
    assert end == {"words": [], "tags": []}
