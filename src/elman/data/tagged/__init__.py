"""Tagged text: CoNLL-U, columns, and lines of word/tag, read in a stream and written back.

Read in this order: `sentence` (what is read), `formats` (what a format says of itself), `conllu`,
`columns`, `slashes`, `detection` (which of them a text has), `reading` (files to sentences and
back), `entities` (spans marked by tags).
"""

from elman.data.tagged.conllu import column_title
from elman.data.tagged.detection import FORMATS, detect
from elman.data.tagged.entities import Entity, entities, iob2
from elman.data.tagged.formats import Format
from elman.data.tagged.reading import (
    fill,
    format_of,
    line_of,
    read_lines,
    read_sentences,
    read_tagged,
)
from elman.data.tagged.sentence import Sentence

__all__ = [
    "FORMATS",
    "Entity",
    "Format",
    "Sentence",
    "column_title",
    "detect",
    "entities",
    "fill",
    "format_of",
    "iob2",
    "line_of",
    "read_lines",
    "read_sentences",
    "read_tagged",
]
