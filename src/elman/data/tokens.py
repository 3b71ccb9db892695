"""The ids of a text in a memory-mapped file, and where its sequences begin."""

import errno
import mmap
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from elman.checks import check_choice
from elman.choices import SEQUENCES
from elman.data.codecs import Codec
from elman.data.text import Source, block_of, read_blocks
from elman.errors import DataError

__all__ = ["TokenFile", "encode_files", "encode_text"]

Part = tuple[NDArray[np.uint32], NDArray[np.int64]]
"""Some ids, and the positions among them at which a new sequence starts."""


class TokenFile:
    """The ids of a text, memory-mapped: as many as fit a disk. Close it, or use it with `with`.

    The file itself has no name and goes when it is closed or the process ends, however it ends.

    Attributes:
        ids: (N,) uint16 or uint32, every line closed by `<eos>`.
        starts: the positions in `ids`, rising, at which a new sequence starts; the first is 0.
    """

    def __init__(self, ids: NDArray[Any], starts: NDArray[np.int64]) -> None:
        self.ids = ids
        self.starts = starts

    @classmethod
    def from_ids(cls, ids: Iterable[int], starts: Sequence[int] = (0,)) -> "TokenFile":
        """Hold ids that are at hand, in memory."""
        return cls(np.fromiter(ids, np.uint32), np.array(starts, np.int64))

    def __len__(self) -> int:
        return len(self.ids)

    def __enter__(self) -> "TokenFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; the ids are gone."""
        self.ids = self.ids[:0].copy()
        self.starts = self.starts[:0]


def encode_files(
    sources: Iterable[Source], codec: Codec, *, boundaries: str = "stream"
) -> TokenFile:
    """Turn texts into ids, one block at a time.

    Args:
        sources: the files, or parts of files, in order.
        codec: what turns text into ids.
        boundaries: where a new sequence starts: at each file ('stream'), at each line
            ('sentence'), or at each file and after each run of blank lines ('document').

    Raises:
        ChoiceError: `boundaries` is none of these.
        DataError: a text cannot be read (see `elman.data.text.read_blocks`), or the disk is full.
    """
    check_choice("encode_files", "boundaries", boundaries, SEQUENCES)
    kind = np.dtype(np.uint16 if codec.size <= 1 << 16 else np.uint32)
    try:
        with tempfile.TemporaryFile(prefix="elman-ids-") as file:
            starts, written = _write(file, sources, codec, boundaries, kind)
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise DataError(
            f"encode_files: `{tempfile.gettempdir()}` must have room for the ids of the text, "
            "got a full disk. Make room, or set TMPDIR to another folder."
        ) from error
    return TokenFile(np.frombuffer(mapped, kind), starts[starts < written])


def encode_text(text: str, codec: Codec, *, boundaries: str = "stream") -> TokenFile:
    r"""Turn a text that is at hand into ids, as if it were read from a file; a blank one has none.

    Args:
        text: some lines.
        codec: what turns text into ids.
        boundaries: where a new sequence starts, as for `encode_files`.

    Raises:
        ChoiceError: `boundaries` is none of these.

    >>> from elman.data.codecs import WordCodec
    >>> codec = WordCodec.fit(["I love cats"])
    >>> tokens = encode_text("I love cats\nI love you\n", codec, boundaries="sentence")
    >>> codec.decode(tokens.ids), tokens.starts.tolist()
    ('I love cats\nI love <unk>\n', [0, 4])
    """
    check_choice("encode_text", "boundaries", boundaries, SEQUENCES)
    ids, further = _ENCODERS[boundaries](block_of(text), codec)
    starts = np.union1d(np.zeros(1, np.int64), further)
    return TokenFile(ids, starts[starts < len(ids)])


def _write(
    file: IO[bytes], sources: Iterable[Source], codec: Codec, boundaries: str, kind: np.dtype[Any]
) -> tuple[NDArray[np.int64], int]:
    """Write the ids of all texts to a file; return where sequences start, and how many ids."""
    starts: list[NDArray[np.int64]] = []
    written = 0
    for source in sources:
        for ids, begins in _parts(source, codec, boundaries):
            file.write(ids.astype(kind).data)
            starts.append(begins + written)
            written += len(ids)
    if not written:
        raise DataError("encode_files: `sources` must hold text, got none.")
    file.flush()
    return np.unique(np.concatenate(starts)), written  # a line may close just where a file begins


def _parts(source: Source, codec: Codec, boundaries: str) -> Iterator[Part]:
    """The ids of one text in parts, with the starts of sequences in (or right after) each."""
    encode = _ENCODERS[boundaries]
    begins = [np.zeros(1, np.int64)]
    for block in read_blocks(source):
        ids, further = encode(block, codec)
        yield ids, np.concatenate([*begins, further])
        begins = []


def _stream(block: str, codec: Codec) -> Part:
    """Encode a block in which no sequence starts."""
    return codec.encode_block(block.replace("\n\n", "\n")), np.zeros(0, np.int64)


def _sentences(block: str, codec: Codec) -> Part:
    """Encode a block in which a sequence starts after each line."""
    ids, _ = _stream(block, codec)
    return ids, np.flatnonzero(ids == codec.eos_id) + 1


def _documents(block: str, codec: Codec) -> Part:
    """Encode a block in which a sequence starts after each blank line."""
    *closed, last = block.split("\n\n")
    ids = [codec.encode_block(f"{document}\n") for document in closed]
    begins = np.cumsum([len(document) for document in ids], dtype=np.int64)
    return np.concatenate([*ids, codec.encode_block(last)]), begins


_ENCODERS: dict[str, Callable[[str, Codec], Part]] = {
    "stream": _stream,
    "sentence": _sentences,
    "document": _documents,
}
