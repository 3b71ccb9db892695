"""A text read sentence by sentence, and given back with its tags filled in, or as records."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BufferedReader
from typing import NamedTuple

from elman.data.codecs import WordCodec
from elman.data.tagged import Format, Sentence, detect, iob2, read_lines, read_sentences
from elman.data.tagged import fill as fill_in
from elman.data.tagged.columns import Columns
from elman.data.tagged.conllu import Conllu
from elman.errors import DataError
from elman.records import Record
from elman.tasks.tagging.codec import TaggingCodec
from elman.tasks.tagging.reading import TaggedWord, tag_words
from elman.tasks.tagging.stream import TagStream
from elman.tasks.tagging.trained import Trained

__all__ = [
    "Answer",
    "answers",
    "format_of_input",
    "record_of",
    "text_of",
    "words_of",
]

_SURENESS = Conllu("misc.TagProbability", in_order=False)  # the order was checked already
_TEXT = WordCodec(["<unk>", "<eos>"], "punctuation")


class Answer(NamedTuple):
    """A sentence of a text, or one of its lines, with the tags that are chosen.

    Attributes:
        sentence: as it was read; of plain text, marks are parted from words.
        words: each with its tag.
        written: the format of the text.
    """

    sentence: Sentence
    words: Sequence[TaggedWord]
    written: Format


def answers(
    trained: Trained,
    file: BufferedReader,
    name: str,
    *,
    probabilities: bool,
    every_step: bool,
    at_once: int,
) -> Iterator[Answer]:
    """The sentences of a text, or its lines with `every_step`, as soon as they are tagged.

    Arguments and faults are those of `elman.tasks.estimator.Filling.fill`.
    """
    if every_step:
        return _as_they_come(trained, file, name)
    return _side_by_side(trained, file, name, probabilities, at_once)


def _side_by_side(
    trained: Trained, file: BufferedReader, name: str, probabilities: bool, at_once: int
) -> Iterator[Answer]:
    """Sentence by sentence; what came before a fault is given back first."""
    written, plain = format_of_input(file, trained.codec)
    waiting: list[Sentence] = []
    fault: DataError | None = None
    sentences = read_sentences(file, written, name)
    while fault is None:
        try:
            sentence = next(sentences, None)
        except DataError as error:  # told once what came before it was given back
            sentence, fault = None, error
        if sentence is not None:
            waiting.append(_parted(sentence) if plain else sentence)
        if len(waiting) >= at_once or (sentence is None and waiting):
            words = [each.words for each in waiting]
            tagged = tag_words(trained.module, trained.codec, words, probabilities=probabilities)
            for each, answer in zip(waiting, tagged, strict=True):
                yield Answer(each, _as_iob2(answer, trained.codec), written)
            waiting = []
        if sentence is None and fault is None:
            return
    raise fault


def _as_they_come(trained: Trained, file: BufferedReader, name: str) -> Iterator[Answer]:
    """Each line as soon as it is read, its words tagged by what came before them alone.

    A first line of one word means a word a line, with a blank line after each sentence; else the
    format is found as for sentences.
    """
    stream, before = TagStream(trained), "O"
    written, plain = format_of_input(file, trained.codec, live=True)
    if isinstance(written, Conllu):
        written = replace(written, in_order=False)
    for line in read_lines(file, written, name):
        sentence = _parted(line) if plain else line
        read = [stream.read(word) for word in sentence.words]
        words = _as_iob2(read, trained.codec, before)
        before = words[-1].tag if words else before
        yield Answer(sentence, words, written)
        if written.closes(line.text):
            stream.end()
            before = "O"


def _as_iob2(
    words: Sequence[TaggedWord], codec: TaggingCodec, before: str = "O"
) -> Sequence[TaggedWord]:
    """The same entities in IOB2, since a network may begin one with I; other tags as they are.

    Args:
        words: tagged.
        codec: of the tagger.
        before: the tag of the word before them.
    """
    if not codec.entities:
        return words
    tags = iob2([before, *(each.tag for each in words)])[1:]
    return [each._replace(tag=tag) for each, tag in zip(words, tags, strict=True)]


def text_of(answer: Answer, probabilities: bool) -> str:
    """The text of a sentence with its tags filled in, in place of those that stand there.

    Plain text comes back as word/tag. A probability stands after its tag: in CoNLL-U under MISC, in
    columns as a column of its own, in word/tag after a colon.
    """
    sentence, words, written = answer
    sure = [f"{each.probability:.4f}" for each in words]
    tags = [each.tag for each in words]
    if not probabilities:
        return fill_in(sentence, tags, written)
    if written.name != "conllu":
        between = ":" if written.name == "slashes" else _between(written)
        both = [f"{tag}{between}{p}" for tag, p in zip(tags, sure, strict=True)]
        return fill_in(sentence, both, written)
    text = fill_in(sentence, tags, written)
    return fill_in(Sentence(sentence.words, sentence.tags, text), sure, _SURENESS)


def record_of(answer: Answer, probabilities: bool) -> Record:
    """The words of a sentence and their tags, as plain values."""
    words = answer.words
    sure = {"probabilities": [each.probability for each in words]} if probabilities else {}
    return {"words": [each.word for each in words], "tags": [each.tag for each in words], **sure}


def words_of(line: str) -> list[str]:
    """The words of plain text, marks parted from them.

    >>> words_of("I love cats.")
    ['I', 'love', 'cats', '.']
    """
    return _TEXT.split(line)


def _between(written: Format) -> str:
    """What parts columns."""
    return "\t" if isinstance(written, Columns) and written.tabbed else " "


def format_of_input(
    file: BufferedReader, codec: TaggingCodec, *, live: bool = False
) -> tuple[Format, bool]:
    """The format of a text that is about to be read, by what of it is there already.

    Args:
        file: the text; it is not read on.
        codec: of the tagger.
        live: whether lines come one by one, so that one of a single word has others after it.

    Returns:
        The format, and whether the text is plain: most of its words have no slash inside.
    """
    head = file.peek(1).decode(errors="replace").removeprefix("\ufeff")
    lines = head.split("\n")
    lines = lines[:-1] if len(lines) > 1 else lines  # the last one may be cut
    column = codec.written["column"]
    if not any(line.strip() and not line.startswith("#") for line in lines):
        return detect(lines, codec.written["format"], column), False
    if live and len(lines) == 1 and len(lines[0].split()) == 1 and "/" not in lines[0]:
        return Columns(1), False
    tokens = " ".join(lines).split()
    untagged = 2 * sum("/" in token[1:-1] for token in tokens) < len(tokens)
    found = detect(lines)
    if found.name == "slashes" and untagged and _are_rows(lines, codec.written.get("count", 0)):
        found = detect(lines, "columns")
    if isinstance(found, Columns) and found.count > 1 and not found.tabbed:
        rows = codec.written["format"] == found.name or _end_in_tags(lines, codec)
        found = found if rows else detect(lines, "slashes")  # sentences of equal length
    if found.name == codec.written["format"] and column:
        fits = not isinstance(found, Columns) or int(column) <= max(found.count, 2)
        found = detect(lines, found.name, column) if fits else found
    return found, found.name == "slashes" and untagged


def _are_rows(lines: Sequence[str], count: int) -> bool:
    """Whether most lines have as many columns, parted by spaces, as the training text has."""
    rows = [line.split() for line in lines if line.strip()]
    return count > 1 and 2 * sum(len(row) == count for row in rows) > len(rows)


def _end_in_tags(lines: Sequence[str], codec: TaggingCodec) -> bool:
    """Whether the last words of most lines are tags that the tagger knows, and no words of text.

    A full stop may be both, and sentences end in it.
    """
    tags = set(codec.tags).difference(codec.forms)
    last = [line.split()[-1] for line in lines if line.strip()]
    return 2 * sum(word in tags for word in last) > len(last)


def _parted(sentence: Sentence) -> Sentence:
    """A line of plain text with its marks parted from words."""
    line = sentence.text.strip()
    before, _, after = sentence.text.partition(line) if line else (sentence.text, "", "")
    words = words_of(line)
    text = before + " ".join(words) + after
    return Sentence(tuple(words), ("",) * len(words), text, sentence.path, sentence.line)
