"""The data sets as they really are: run where they lie in the cache, or with the network allowed.

ELMAN_TEST_NETWORK=1 lets the tests fetch them.
"""

import os
from collections.abc import Iterator

import pytest

from elman.data import datasets
from elman.data.codecs import WordCodec
from elman.data.tagged import format_of, read_tagged
from elman.data.text import read_blocks
from elman.data.tokens import encode_files
from elman.tasks.tagging.vectors import read_vectors


def fetched(name: str) -> datasets.Splits:
    """The data set's files, or a reason to skip."""
    if not datasets.is_fetched(name) and os.environ.get("ELMAN_TEST_NETWORK") != "1":
        pytest.skip(f"{name} is not in the cache; set ELMAN_TEST_NETWORK=1 to fetch it")
    return datasets.fetch(name)


def documents(name: str) -> Iterator[str]:
    files = fetched(name)
    for path in (files.train, files.validation, files.test):
        yield from path.read_text(encoding="utf-8").split("\n\n")


def test_penn_treebank_has_the_published_counts() -> None:
    files = fetched("penn-treebank")
    codec = WordCodec.fit(read_blocks(files.train))
    assert codec.size == 10_000
    assert codec.word_split == "whitespace"
    counts = []
    for path in (files.train, files.validation, files.test):
        with encode_files([path], codec) as tokens:
            counts.append(len(tokens))
            assert int(tokens.ids[-1]) == codec.eos_id
    assert counts == [929_589, 73_760, 82_430]


def test_kjv_has_all_chapters_and_verses() -> None:
    chapters = list(documents("kjv"))
    assert len(chapters) == 1_189
    assert sum(len(chapter.strip().split("\n")) for chapter in chapters) == 31_102
    assert chapters[0].startswith("In the beginning God created the heaven and the earth.\n")


def test_sotu_has_all_speeches() -> None:
    speeches = list(documents("sotu"))
    assert len(speeches) == 233
    assert sum(len(speech.split()) for speech in speeches) == pytest.approx(1_790_000, rel=0.01)


def test_gcide_has_all_entries() -> None:
    entries = list(documents("gcide"))
    assert len(entries) == 127_273
    assert all("\\" in entry.split("\n")[0] for entry in entries)


@pytest.mark.parametrize(
    "name", [name for name, dataset in datasets.DATASETS.items() if dataset.package]
)
def test_sizes_are_those_registered(name: str) -> None:
    files = fetched(name)
    dataset = datasets.find(name)
    sizes = [getattr(files, split).stat().st_size for split in dataset.splits]
    assert sum(sizes) == dataset.size_bytes


def test_glove_has_a_vector_for_nearly_every_word_of_brown() -> None:
    text, file = fetched("brown").test, fetched("glove").train
    words = {word.lower() for each in read_tagged([text], format_of(text)) for word in each.words}
    found = read_vectors(file, words)
    assert found.table.shape[1] == 100
    assert len(found.words) / len(words) > 0.85


def tags_of(name: str) -> tuple[list[int], set[str]]:
    """Sentences in each split of a tagged set, and the tags of all."""
    files = fetched(name)
    counts, tags = list[int](), set[str]()
    for path in (files.train, files.validation, files.test):
        sentences = list(read_tagged([path], format_of(path)))
        counts.append(len(sentences))
        tags.update(tag for sentence in sentences for tag in sentence.tags)
    return counts, tags


def test_brown_has_all_sentences_and_190_tags() -> None:
    counts, tags = tags_of("brown")
    assert sum(counts) == 57_340
    assert len(tags) == 190
    assert not any(tag.startswith("fw-") or tag.endswith(("-tl", "-hl", "-nc")) for tag in tags)


@pytest.mark.parametrize(
    ("name", "sentences", "tags"),
    [
        ("petrogold", 9_127, 17),
        ("porttinari", 8_420, 16),
        ("turkish-web", 2_541, 14),
        ("turkish-wiki", 2_310, 14),
    ],
)
def test_treebanks_have_all_sentences(name: str, sentences: int, tags: int) -> None:
    counts, found = tags_of(name)
    assert sum(counts) == sentences
    assert counts[2] == sentences // 10
    assert len(found) == tags
