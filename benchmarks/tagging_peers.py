"""A tagger of ours and Flair's on the same treebank, in one run: accuracy, and words per second.

    python benchmarks/tagging_peers.py [turkish-web] [--epochs 12]

Both are LSTMs in both directions over embedded words and characters, with a CRF on top, random at
the start, of the same widths, on one thread. Each is trained by its own package: Flair's once as
its documentation has it (SGD, rate 0.1, divided by 2 when validation stops improving, 32 sentences
at a time) and once with our optimiser's kind, rate and batch. Whole calls are timed: training with
its validation after every epoch, and tagging from lists of words. The weights that did best on the
validation part are tested. Needs `flair`.
"""

import argparse
import logging
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import flair
import torch
from flair.data import Corpus, Dictionary, Sentence
from flair.datasets import FlairDatapointDataset
from flair.embeddings import CharacterEmbeddings, OneHotEmbeddings, StackedEmbeddings
from flair.models import SequenceTagger
from flair.trainers import ModelTrainer

import elman
from elman.data import datasets
from elman.data.datasets import SPLITS
from elman.data.tagged import Sentence as Tagged
from elman.data.tagged import format_of, read_tagged
from elman.wording import counted
from report import publish

SEED, ROWS = 0, 64
WORD, CHARACTER, SPELLED, HIDDEN = 100, 30, 50, 128
DROPOUT, RATE = 0.5, 0.002
Words = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Figures:
    """What one tagger took and gave."""

    name: str
    parameters: int
    train_s: float
    tag_s: float
    tags: list[list[str]]


def ours(parts: dict[str, list[Tagged]], paths: Any, epochs: int) -> Figures:
    """An `elman.Tagger`."""
    tagger = elman.Tagger(
        hidden_size=HIDDEN,
        embedding_size=WORD,
        character_size=CHARACTER,
        character_hidden_size=SPELLED,
        dropout=DROPOUT,
        learning_rate=RATE,
        epochs=epochs,
        threads=1,
        seed=SEED,
    )
    train_s, _ = timed(lambda: tagger.fit(paths.train, validation=paths.validation))
    words = [each.words for each in parts["test"]]
    tag_s, found = timed(lambda: tagger.predict(words))
    tags = [[word.tag for word in each] for each in found]
    return Figures("elman.Tagger", count(tagger.module), train_s, tag_s, tags)


def flairs(parts: dict[str, list[Tagged]], epochs: int, name: str, **how: Any) -> Figures:
    """A `flair.models.SequenceTagger`."""
    flair.set_seed(SEED)
    words, letters, tags = Dictionary(), Dictionary(), Dictionary(add_unk=False)
    for each in parts["train"]:
        for word, tag in zip(each.words, each.tags, strict=True):
            words.add_item(word)
            tags.add_item(tag)
            for letter in word:
                letters.add_item(letter)
    embeddings = StackedEmbeddings(
        [
            OneHotEmbeddings(words, embedding_length=WORD),
            CharacterEmbeddings(letters, char_embedding_dim=CHARACTER, hidden_size_char=SPELLED),
        ]
    )
    tagger = SequenceTagger(embeddings, tag_dictionary=tags, tag_type="pos", hidden_size=HIDDEN)
    corpus = Corpus(
        train=FlairDatapointDataset(labelled(parts["train"])),
        dev=FlairDatapointDataset(labelled(parts["validation"])),
        sample_missing_splits=False,
    )
    with tempfile.TemporaryDirectory() as folder:
        trainer = ModelTrainer(tagger, corpus)
        how = {"max_epochs": epochs, "embeddings_storage_mode": "none", **how}
        train_s, _ = timed(lambda: trainer.train(folder, **how))  # and takes up the best weights
    plain = [Sentence(list(each.words)) for each in parts["test"]]
    tag_s, _ = timed(lambda: tagger.predict(plain, mini_batch_size=ROWS))
    found = [[token.get_label("pos").value for token in sentence] for sentence in plain]
    return Figures(name, count(tagger), train_s, tag_s, found)


def labelled(part: list[Tagged]) -> list[Sentence]:
    """Sentences as Flair learns them."""
    found = []
    for each in part:
        sentence = Sentence(list(each.words))
        for token, tag in zip(sentence, each.tags, strict=True):
            token.add_label("pos", tag)
        found.append(sentence)
    return found


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came of it."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def count(module: torch.nn.Module) -> int:
    """Weights in all."""
    return sum(p.numel() for p in module.parameters())


def row(figures: Figures, parts: dict[str, list[Tagged]], epochs: int) -> str:
    """A line of the table."""
    known = {word for each in parts["train"] for word in each.words}
    told = [
        (word in known, tag == guess)
        for each, guesses in zip(parts["test"], figures.tags, strict=True)
        for word, tag, guess in zip(each.words, each.tags, guesses, strict=True)
    ]
    unknown = [right for seen, right in told if not seen]
    learned = epochs * sum(len(each.words) for each in parts["train"])
    return (
        f"| {figures.name} | {figures.parameters:,} | {sum(r for _, r in told) / len(told):.2%} "
        f"| {sum(unknown) / len(unknown):.2%} | {learned / figures.train_s:,.0f} "
        f"| {len(told) / figures.tag_s:,.0f} |"
    )


def main() -> None:
    """Train and tag with each in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", default="turkish-web")
    parser.add_argument("--epochs", type=int, default=12)
    given = parser.parse_args()
    logging.getLogger("flair").setLevel(logging.ERROR)
    torch.set_num_threads(1)
    paths = datasets.fetch(given.data)
    written = format_of(paths.train)
    parts = {split: list(read_tagged([getattr(paths, split)], written)) for split in SPLITS}
    by_flair = f"flair {flair.__version__}"
    alike = {"learning_rate": RATE, "optimizer": torch.optim.AdamW, "mini_batch_size": 8}
    found = [
        ours(parts, paths, given.epochs),
        flairs(parts, given.epochs, f"{by_flair}, as documented"),
        flairs(parts, given.epochs, f"{by_flair}, AdamW {RATE}, 8 sentences a batch", **alike),
    ]
    table = "\n".join(
        [
            f"{given.data}, {counted(given.epochs, 'epoch')} each.",
            "",
            "| tagger | parameters | accuracy | unknown words | words/s, training "
            "| words/s, tagging |",
            "|---|---|---|---|---|---|",
            *(row(figures, parts, given.epochs) for figures in found),
        ]
    )
    command = f"python benchmarks/tagging_peers.py {given.data} --epochs {given.epochs}"
    publish(f"Taggers beside Flair's: {given.data}", table, command=command, seed=SEED)


if __name__ == "__main__":
    main()
