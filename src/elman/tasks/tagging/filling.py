"""A text given back with its tags filled in, sentence by sentence, in the format that it has."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BufferedReader

from elman.data.codecs import WordCodec
from elman.data.tagged import Format, Sentence, detect, read_lines, read_sentences
from elman.data.tagged import fill as fill_in
from elman.data.tagged.columns import Columns
from elman.data.tagged.conllu import Conllu
from elman.errors import DataError
from elman.tasks.tagging.codec import TaggingCodec
from elman.tasks.tagging.reading import TaggedWord, tag_words
from elman.tasks.tagging.stream import TagStream
from elman.tasks.tagging.trained import Trained

__all__ = ["fill", "fill_as_it_comes", "format_of_input", "words_of"]

_SURENESS = Conllu("misc.TagProbability", in_order=False)  # the order was checked already
_TEXT = WordCodec(["<unk>", "<eos>"], "punctuation")


def fill(
    trained: Trained, file: BufferedReader, name: str, *, probabilities: bool, at_once: int
) -> Iterator[str]:
    """The text with its tags filled in; arguments as of `elman.tasks.estimator.Filling.fill`.

    Tags that stand there already are replaced. Of plain text, marks are parted from words, and
    it comes back as word/tag. A probability stands after its tag: in CoNLL-U under MISC, in columns
    as a column of its own, in word/tag after a colon.

    Raises:
        DataError: the text cannot be read; the sentences before the fault were given back already.
    """
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
            yield from _filled(trained, waiting, written, probabilities)
            waiting = []
        if sentence is None and fault is None:
            return
    raise fault


def fill_as_it_comes(
    trained: Trained, file: BufferedReader, name: str, *, probabilities: bool
) -> Iterator[str]:
    """Each line as soon as it is read, its words tagged by what came before them alone.

    A first line of one word means a word a line, with a blank line after each sentence; else the
    format is found, and written, as in `fill`.

    Raises:
        ConfigError: the tagger reads in both directions.
        DataError: the text cannot be read; the lines before the fault were given back already.
    """
    stream = TagStream(trained)
    written, plain = format_of_input(file, trained.codec, live=True)
    if isinstance(written, Conllu):
        written = replace(written, in_order=False)
    for line in read_lines(file, written, name):
        sentence = _parted(line) if plain else line
        answer = [stream.read(word) for word in sentence.words]
        yield _answered(sentence, answer, written, probabilities)
        if written.closes(line.text):
            stream.end()


def words_of(line: str) -> list[str]:
    """The words of plain text, marks parted from them.

    >>> words_of("I love cats.")
    ['I', 'love', 'cats', '.']
    """
    return _TEXT.split(line)


def _filled(
    trained: Trained, sentences: Sequence[Sentence], written: Format, probabilities: bool
) -> Iterator[str]:
    """The texts of sentences with their tags."""
    words = [sentence.words for sentence in sentences]
    tagged = tag_words(trained.module, trained.codec, words, probabilities=probabilities)
    for sentence, answer in zip(sentences, tagged, strict=True):
        yield _answered(sentence, answer, written, probabilities)


def _answered(
    sentence: Sentence, answer: Sequence[TaggedWord], written: Format, probabilities: bool
) -> str:
    """The text of a sentence with its tags."""
    sure = [f"{each.probability:.4f}" for each in answer]
    tags = [each.tag for each in answer]
    if not probabilities:
        return fill_in(sentence, tags, written)
    if written.name != "conllu":
        between = ":" if written.name == "slashes" else _between(written)
        both = [f"{tag}{between}{p}" for tag, p in zip(tags, sure, strict=True)]
        return fill_in(sentence, both, written)
    text = fill_in(sentence, tags, written)
    return fill_in(Sentence(sentence.words, sentence.tags, text), sure, _SURENESS)


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
    found = detect(lines)
    if isinstance(found, Columns) and found.count > 1 and not found.tabbed:
        trained_so = codec.written["format"] == found.name
        found = found if trained_so else detect(lines, "slashes")  # sentences of equal length
    if found.name == codec.written["format"] and column:
        fits = not isinstance(found, Columns) or int(column) <= max(found.count, 2)
        found = detect(lines, found.name, column) if fits else found
    tokens = " ".join(lines).split()
    tagged = sum("/" in token[1:-1] for token in tokens)
    return found, found.name == "slashes" and 2 * tagged < len(tokens)


def _parted(sentence: Sentence) -> Sentence:
    """A line of plain text with its marks parted from words."""
    line = sentence.text.strip()
    before, _, after = sentence.text.partition(line) if line else (sentence.text, "", "")
    words = words_of(line)
    text = before + " ".join(words) + after
    return Sentence(tuple(words), ("",) * len(words), text, sentence.path, sentence.line)
