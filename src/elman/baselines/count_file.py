"""The file of n-gram counts: safetensors, memory-mapped on reading, and trusted in nothing.

Tensors: `discounts` (order, 4) float64; for n = 1 … order `counts.n` (K_n,), for n ≥ 2 `words.n`
(K_n,), for n < order `first.n` (K_n + 1,), all in unsigned integers; meaning as in `elman.ngram`.
Metadata: `ngrams`, a JSON object of `format` 1, `order`, `vocabulary_size`, and `sha256`, which is
of the tensors' bytes, by their names. It is one text, so that the same counts give the same bytes:
safetensors writes several in any order. A file of `format`, `order` and `vocabulary_size` as texts
of their own, without a digest, is taken as it is.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from elman.errors import CheckpointError
from elman.ngram import Array, CountTrie, Level

__all__ = ["read_counts", "write_counts"]


_FORMAT = 1
_HEADER = "ngrams"
_TYPES = {"U8": np.uint8, "U16": np.uint16, "U32": np.uint32, "U64": np.uint64, "F64": np.float64}
_PREFIX_BYTES = 8  # of a safetensors file: the length of its header
_MOST_ORDERS = 100
_MOST_WORDS = 2**31 - 2


def write_counts(path: Path, trie: CountTrie, discounts: Array) -> None:
    """Write counts and discounts to `path`, anew: counts mapped from an older file stay good.

    Raises:
        CheckpointError: the file cannot be written.
    """
    tensors: dict[str, Array] = {"discounts": discounts}
    for n, level in enumerate(trie.levels, 1):
        tensors[f"counts.{n}"] = level.counts
        if n > 1:
            tensors[f"words.{n}"] = level.words
        if n < trie.order:
            tensors[f"first.{n}"] = level.first
    facts = {
        "format": _FORMAT,
        "order": trie.order,
        "vocabulary_size": trie.vocabulary_size,
        "sha256": _digest(tensors),
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        save_file(tensors, path, {_HEADER: json.dumps(facts)})
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            f"KneserNey.save: `{path}` must be writable, got: {error}."
        ) from error


def read_counts(path: Path) -> tuple[CountTrie, Array]:
    """The counts, memory-mapped, and the discounts that `write_counts` wrote.

    Raises:
        CheckpointError: the file is missing, damaged, of a later format, or holds numbers that
            no count could have given.
    """
    try:
        vocabulary_size, order, written = _facts(path)
        tensors = _mapped(path)
        _demand(
            written is None or written == _digest(tensors),
            "other bytes than were written: it is damaged",
        )
        levels: list[Level] = []
        for n in range(1, order + 1):
            levels.append(_level(tensors, n, vocabulary_size, order))
            _check_level(levels, vocabulary_size)
        discounts = np.array(tensors["discounts"])
        _check_discounts(discounts, order)
    except KeyError as error:
        raise _refusal(path, f"no entry {error}") from error
    except OSError as error:
        raise _refusal(path, error.strerror or str(error)) from error
    except (SafetensorError, ValueError, TypeError) as error:
        raise _refusal(path, str(error)) from error
    return CountTrie(vocabulary_size, tuple(levels)), discounts


def _refusal(path: Path, problem: str) -> CheckpointError:
    return CheckpointError(
        f"KneserNey.load: `{path}` must hold n-gram counts as this version writes them,"
        f" got: {problem}. Fit the baseline again."
    )


def _demand(truth: Any, problem: str) -> None:
    if not truth:
        raise ValueError(problem)


def _facts(path: Path) -> tuple[int, int, str | None]:
    """Vocabulary size, order and digest, from a header that safetensors has found sound."""
    with safe_open(path, framework="numpy") as file:
        texts = file.metadata() or {}
    facts = json.loads(texts[_HEADER]) if _HEADER in texts else texts
    written = str(facts["format"])
    _demand(written == str(_FORMAT), f"format {written:.20}, where {_FORMAT} is known")
    vocabulary_size, order = int(facts["vocabulary_size"]), int(facts["order"])
    _demand(0 < vocabulary_size <= _MOST_WORDS, f"a vocabulary of {vocabulary_size} words")
    _demand(0 < order <= _MOST_ORDERS, f"order {order}")
    return vocabulary_size, order, facts.get("sha256")


def _digest(tensors: dict[str, Array]) -> str:
    """SHA-256 of the tensors' bytes, by their names."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(np.ascontiguousarray(tensors[name]).data)
    return digest.hexdigest()


def _mapped(path: Path) -> dict[str, Array]:
    """Every tensor of the file by name, as a view of the mapped file."""
    data = np.asarray(np.memmap(path, np.uint8, "r"))
    begin = _PREFIX_BYTES + int.from_bytes(data[:_PREFIX_BYTES].tobytes(), "little")
    header = json.loads(data[_PREFIX_BYTES:begin].tobytes())
    header.pop("__metadata__", None)
    body = data[begin:]
    return {
        name: body[slice(*entry["data_offsets"])]
        .view(_TYPES[entry["dtype"]])
        .reshape(entry["shape"])
        for name, entry in header.items()
    }


def _level(tensors: dict[str, Array], n: int, vocabulary_size: int, order: int) -> Level:
    counts = tensors[f"counts.{n}"]
    words = tensors[f"words.{n}"] if n > 1 else np.arange(len(counts))
    first = tensors[f"first.{n}"] if n < order else np.zeros(0, np.uint8)
    for array in (counts, words, first):
        _demand(array.ndim == 1 and array.dtype.kind in "ui", f"no list of integers at level {n}")
    expected = len(words) if n > 1 else vocabulary_size + 1
    _demand(len(counts) == expected, f"{len(counts)} counts of {expected} n-grams")
    _demand(n == order or len(first) == len(counts) + 1, f"{len(first)} offsets at level {n}")
    return Level(words, counts, first)


def _check_level(levels: list[Level], vocabulary_size: int) -> None:
    """Raise `ValueError` unless the last level has sound counts and continues the one before."""
    level, n = levels[-1], len(levels)
    if n == 1:
        _demand(level.counts[-1] == 0 and level.counts.any(), "no words")
        return
    _demand(level.counts.all(), f"a count of 0 at level {n}")
    _demand(level.words.max(initial=0) < vocabulary_size, f"an unknown word at level {n}")
    first = levels[-2].first
    _demand(
        first[0] == 0 and first[-1] == len(level.words) and (first[1:] >= first[:-1]).all(),
        f"offsets that do not divide level {n}",
    )
    begins = np.zeros(len(level.words) + 1, bool)
    begins[first] = True
    rises = level.words[1:] > level.words[:-1]
    _demand((rises | begins[1:-1]).all(), f"words out of order at level {n}")


def _check_discounts(discounts: Array, order: int) -> None:
    _demand(
        discounts.shape == (order, 4)
        and discounts.dtype == np.float64
        and (discounts[:, 0] == 0).all()
        and (discounts[:, 1:] > 0).all()
        and (discounts[:, 1:] < [1, 2, 3]).all(),
        f"discounts {discounts.tolist()}",
    )
