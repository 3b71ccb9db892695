from pathlib import Path

import pytest

from elman.data.codecs import CharacterCodec, SubwordCodec, WordCodec
from elman.data.text import read_blocks
from elman.errors import DataError
from elman.tasks.language.config import LanguageFields
from elman.tasks.language.corpus import encode, fit_codec, open_corpus


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text("".join(f"line {n}\n" for n in range(100)))
    return path


def joined(sources: tuple) -> str:  # type: ignore[type-arg]
    return "".join(block for source in sources for block in read_blocks(source))


def test_the_last_tenth_is_split_off(text: Path) -> None:
    corpus = open_corpus(text, None)
    assert joined(corpus.train) + joined(corpus.validation) == text.read_text()
    assert joined(corpus.validation).splitlines()[0] == "line 90"
    assert corpus.digests.keys() == {"train"}


def test_validation_text_is_taken_as_given(text: Path, tmp_path: Path) -> None:
    held_out = tmp_path / "held-out.txt"
    held_out.write_text("line 7\n")
    corpus = open_corpus(text, held_out)
    assert joined(corpus.train) == text.read_text()
    assert joined(corpus.validation) == "line 7\n"
    assert corpus.digests.keys() == {"train", "validation"}


def test_a_data_set_brings_its_own_validation_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELMAN_CACHE", str(tmp_path))
    corpus = open_corpus("python-manual", None)
    assert [path.name for path in corpus.train] == ["train.txt"]
    assert [path.name for path in corpus.validation] == ["validation.txt"]
    asked = open_corpus("python-manual:train", None)
    assert asked.split.startswith("the last 10%")


def test_several_texts_are_read_in_order(text: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("the end\n" * 3)
    corpus = open_corpus([other, text], None)
    assert joined(corpus.train).startswith("the end\nthe end\nthe end\nline 0\n")


@pytest.mark.parametrize(
    ("unit", "kind"),
    [("word", WordCodec), ("character", CharacterCodec), ("subword", SubwordCodec)],
)
def test_the_unit_chooses_the_codec(unit: str, kind: type, text: Path) -> None:
    codec = fit_codec([text], LanguageFields(unit=unit))
    assert isinstance(codec, kind)
    assert codec.decode(codec.encode("line")) == "line"


def test_rare_words_are_unknown_unless_the_text_says_unknown_itself(
    text: Path, tmp_path: Path
) -> None:
    assert fit_codec([text], LanguageFields()).tokens == ["<unk>", "<eos>", "line"]
    prepared = tmp_path / "prepared.txt"
    prepared.write_text("a <unk> line\n")
    assert fit_codec([prepared], LanguageFields()).tokens == ["<unk>", "<eos>", "a", "line"]
    asked = LanguageFields(min_count=1)
    assert fit_codec([text], asked).size == 103


def test_the_size_of_the_vocabulary_can_be_limited(text: Path) -> None:
    limited = LanguageFields(min_count=1, vocabulary_size=10)
    assert fit_codec([text], limited).size == 10


def test_text_of_which_nothing_is_known_is_refused(text: Path, tmp_path: Path) -> None:
    codec = fit_codec([text], LanguageFields())
    other = tmp_path / "other.txt"
    other.write_text("\n\nzebras\n")
    with pytest.raises(DataError, match="got only unknown ones, such as 'zebras'"):
        encode([other], codec, LanguageFields())


@pytest.mark.parametrize(
    ("unit", "written", "why"),
    [
        ("word", "cats", r"at least 2 words for 10% of it to be held out .*, got 1\. Give more"),
        ("word", "I love cats.", r"hold a word seen at least 2 times .* none among 2 \(the most"),
        ("character", "cats dogs", r"hold a character seen at least 2 times .* none among 5"),
        ("word", "a a a a b c", r"the end of `.*`, held out .*, must hold a word .* such as 'b'"),
    ],
)
def test_a_text_that_is_too_short_is_told_by_its_name(
    tmp_path: Path, unit: str, written: str, why: str
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(written, "utf-8")
    fields = LanguageFields(unit=unit)

    def learn() -> None:
        corpus = open_corpus(str(path), None)
        encode(corpus.validation, fit_codec(corpus.train, fields), fields)

    with pytest.raises(DataError, match=why) as found:
        learn()
    assert f"`{path}`" in str(found.value)
    assert "alidation file" not in str(found.value)
