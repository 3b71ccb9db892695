"""The statistical baseline: its perplexity beside the published one, and what it costs.

    python benchmarks/kneser_ney.py           Penn Treebank, orders 1 to 6, both protocols
    python benchmarks/kneser_ney.py gcide     40 MB of dictionary: seconds and peak memory

Protocols: 'sentence', each line begins anew after a start symbol, as SRILM reads it (Mikolov's
figure); 'stream', contexts run on over `<eos>`, which is what a network with carried state reads.
In both every word and every `<eos>` is predicted once.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

from elman.baselines.kneser_ney import KneserNey
from elman.data import datasets
from elman.data.codecs.words import WordCodec
from elman.data.text import read_lines
from elman.data.tokens import TokenFile, encode_files
from report import publish

PUBLISHED = {3: 148.3, 5: 141.2}  # by order: Mikolov, PhD thesis, Brno 2012, table 4.1
TOLERANCE = 0.5
ORDERS = (1, 2, 3, 4, 5, 6)
MEGA = 2**20


def penn_treebank() -> str:
    """Perplexities and seconds as a table."""
    files = datasets.fetch("penn-treebank")
    codec = WordCodec.fit(read_lines(files.train))
    lines = [
        "| protocol | order | validation | test | fit, s | score both, s |",
        "|---|---|---|---|---|---|",
    ]
    found = {}
    for protocol in ("sentence", "stream"):
        parts = [
            encode_files([file], codec, boundaries=protocol)
            for file in (files.train, files.validation, files.test)
        ]
        for order in ORDERS:
            row, found[protocol, order] = perplexities(codec.size, order, *parts)
            lines.append(f"| {protocol} | {order} | {row} |")
    lines += [
        "",
        *(verdict(order, found["sentence", order]) for order in PUBLISHED),
        "",
        cost(codec.size, parts[0]),
    ]
    return "\n".join(lines)


def perplexities(
    size: int, order: int, train: TokenFile, validation: TokenFile, test: TokenFile
) -> tuple[str, float]:
    """The cells of one order, and its test perplexity."""
    start = time.perf_counter()
    model = KneserNey.fit(train.ids, size, order=order, starts=train.starts)
    fitted = time.perf_counter()
    valid, value = (model.perplexity(part.ids, part.starts) for part in (validation, test))
    scored = time.perf_counter()
    return f"{valid:.2f} | {value:.2f} | {fitted - start:.2f} | {scored - fitted:.2f}", value


def verdict(order: int, perplexity: float) -> str:
    """The test perplexity beside the published one."""
    off = perplexity - PUBLISHED[order]
    held = "within" if abs(off) <= TOLERANCE else "NOT within"
    return (
        f"Order {order}, 'sentence', test: {perplexity:.2f}; published {PUBLISHED[order]};"
        f" {off:+.2f}, {held} the {TOLERANCE} allowed."
    )


def cost(size: int, train: TokenFile) -> str:
    """Bytes of a saved 5-gram, and milliseconds of one look-up of all words."""
    with tempfile.TemporaryDirectory() as folder:
        KneserNey.fit(train.ids, size, starts=train.starts).save(Path(folder))
        stored = sum(file.stat().st_size for file in Path(folder).iterdir())
        model = KneserNey.load(Path(folder))
        start = time.perf_counter()
        for k in range(0, 10_000, 100):
            model.next(train.ids[k : k + 4])
        each = (time.perf_counter() - start) / 100
    return (
        f"Saved 5-gram: {stored / MEGA:.1f} MiB; the distribution after one context:"
        f" {each * 1e3:.1f} ms."
    )


def gcide() -> str:
    """Seconds and peak memory of the largest text."""
    file = datasets.fetch("gcide").train
    codec = WordCodec.fit(read_lines(file), min_count=3)
    tokens = encode_files([file], codec, boundaries="stream")
    before = peak()
    start = time.perf_counter()
    model = KneserNey.fit(tokens.ids, codec.size, starts=tokens.starts)
    seconds = time.perf_counter() - start
    grams = sum(len(level.words) for level in model.trie.levels)
    return (
        f"{len(tokens):,} tokens of {codec.size:,} words: {grams:,} n-grams counted in"
        f" {seconds:.1f} s; peak memory {before:.0f} MiB before, {peak():.0f} MiB after."
    )


def peak() -> float:
    """Peak memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if sys.argv[1:] == ["gcide"]:
        publish(
            "Kneser–Ney on a large text", gcide(), command="python benchmarks/kneser_ney.py gcide"
        )
    else:
        publish(
            "Kneser–Ney on the Penn Treebank",
            penn_treebank(),
            command="python benchmarks/kneser_ney.py",
        )
