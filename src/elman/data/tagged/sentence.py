"""A sentence and its tags, with the text it was read from."""

from dataclasses import dataclass

__all__ = ["Sentence"]


@dataclass(frozen=True, slots=True)
class Sentence:
    r"""Words in order, a tag each, and where they stand.

    Attributes:
        words: N words, as they are written.
        tags: N tags; "" for a word that has none, which only a reader that was told so lets pass.
        text: the piece of the file that was read, with line ends, comments and blank lines. The
            pieces of a file, joined, are the file.
        path: the file's name; "<stdin>" for standard input.
        line: the number of the first line of `text`, from 1.

    >>> Sentence(("I", "love", "cats"), ("PRON", "VERB", "NOUN")).words
    ('I', 'love', 'cats')
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    text: str = ""
    path: str = ""
    line: int = 1
