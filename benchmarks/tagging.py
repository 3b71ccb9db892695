"""Taggers on real treebanks beside the taggers that count: one command a text, resumable.

    python benchmarks/tagging.py brown [--threads 1] [--epochs 12] [--out runs/tag-brown]
    python benchmarks/tagging.py brown --threads 1 --vectors glove --epochs 24
    python benchmarks/tagging.py petrogold
    python benchmarks/tagging.py turkish-web [--seeds 3]

Stop it whenever you like; the same command goes on, and the minutes of all sessions are added up.
Over several seeds the scores are means and their standard deviation; what else stands in the table
is of the first.
Protocol: every 10th file of Brown (every 10th sentence of the treebanks) is the test part, the next
the validation part; a word is unknown if the training part does not have it, written just so.
Options were chosen on the validation part; the test part is read once, at the end.
"""

import argparse
import logging
import time
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import elman
from elman.data import datasets
from elman.data.tagged import format_of, read_tagged
from elman.tasks.scores import Scores
from report import publish

SEED = 0
TEXTS: dict[str, dict[str, Any]] = {
    "brown": {
        "hidden_size": 256,
        "layers": 2,
        "batch_size": 32,
        "epochs": 12,
        "dropout": 0.5,
    },
    "petrogold": {"hidden_size": 128, "epochs": 10},
    "porttinari": {"hidden_size": 128, "epochs": 10},
    "turkish-web": {"hidden_size": 128, "embedding_size": 64, "epochs": 30},
    "turkish-wiki": {"hidden_size": 128, "embedding_size": 64, "epochs": 30},
}


def tell(record: dict[str, Any]) -> None:
    """One line an epoch."""
    if record["event"] == "epoch":
        print(
            f"epoch {record['epoch']}: training {record['loss']:.3f} nats, "
            f"validation {record['validation']:.2f} % wrong, {record['items_per_s']:,.0f} words/s, "
            f"{record['training_s'] / 60:.1f} min of training so far",
            flush=True,
        )
    elif record["event"] == "baseline":
        print(f"{record['name']}: validation {record['wrong']:.2f} % wrong", flush=True)


def trained(name: str, options: dict[str, Any], out: str, threads: int, seed: int) -> elman.Tagger:
    """A tagger of a seed, trained to the end, or on."""
    files = datasets.fetch(name)
    tagger = elman.Tagger(seed=seed, threads=threads, **options)
    place = out if seed == SEED else f"{out}-{seed}"
    return tagger.fit(files.train, validation=files.validation, out=place, observer=tell)


def measure(name: str, options: dict[str, Any], out: str, threads: int, seeds: int) -> str:
    """Train what is wanted; then score. A table."""
    test = datasets.fetch(name).test
    tagger, *others = (
        trained(name, options, out, threads, seed) for seed in range(SEED, SEED + seeds)
    )
    scores = tagger.score(test)
    every = [scores, *(other.score(test) for other in others)]
    wiped = [each.score(test, memory="off") for each in (tagger, *others)]
    words = [each.words for each in read_tagged([test], format_of(test))]
    start = time.perf_counter()
    tagger.predict(words)
    tagging_s = time.perf_counter() - start
    epochs = [record for record in tagger.history if record["event"] == "epoch"]
    baselines = list(scores["accuracy"].baselines)
    titles = ["test part, %", "network", "memory wiped", *baselines]
    rows = [
        [score.name, _spread(score.name, every, "**"), _spread(score.name, wiped)]
        + [f"{score.baselines[each]:.2f}" for each in baselines]
        for score in scores
    ]
    facts = [
        ("options", ", ".join(f"{key} {value}" for key, value in options.items())),
        ("parameters", f"{sum(p.numel() for p in tagger.module.parameters()):,}"),
        ("text", scores.protocol),
        ("validation, best epoch", f"{min(e['validation'] for e in epochs):.2f} % wrong"),
        ("epochs", f"{len(epochs)}"),
        ("minutes of training, all sessions", f"{epochs[-1]['training_s'] / 60:.1f}"),
        ("words per second in training, last epoch", f"{epochs[-1]['items_per_s']:,.0f}"),
        ("words per second in tagging", f"{sum(map(len, words)) / tagging_s:,.0f}"),
    ]
    return f"{_table(titles, rows)}\n\n{_table(['', ''], [list(fact) for fact in facts])}"


def _spread(name: str, found: list[Scores], mark: str = "") -> str:
    """A score's mean over seeds, with their standard deviation if there are several."""
    values = [scores[name].value for scores in found]
    deviation = f" ± {stdev(values):.2f}" if len(values) > 1 else ""
    return f"{mark}{mean(values):.2f}{mark}{deviation}"


def _table(titles: list[str], rows: list[list[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Train on the text that is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", choices=TEXTS)
    parser.add_argument("--out", help="run folder; runs/tag-TEXT[-VECTORS] if left out")
    parser.add_argument("--threads", type=int, default=0, help="0 leaves torch's own choice")
    parser.add_argument("--epochs", type=int, help="fewer or more than the benchmark's own")
    parser.add_argument("--vectors", help="word vectors: glove, or a file")
    parser.add_argument("--seeds", type=int, default=1, help="networks to train, from seed 0 on")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    options = dict(TEXTS[given.text])
    if given.epochs:
        options["epochs"] = given.epochs
    title, folder = given.text, f"runs/tag-{given.text}"
    if given.vectors:
        options["vectors"] = given.vectors
        name = Path(given.vectors).stem
        title, folder = f"{title}, with {name}", f"{folder}-{name}"
    table = measure(given.text, options, given.out or folder, given.threads, given.seeds)
    flags = "".join(
        f" --{flag} {value}"
        for flag, value in (
            ("threads", given.threads),
            ("epochs", given.epochs),
            ("vectors", given.vectors),
            ("seeds", given.seeds if given.seeds > 1 else 0),
        )
        if value
    )
    command = f"python benchmarks/tagging.py {given.text}{flags}"
    seed = None if given.seeds > 1 else SEED
    publish(f"Tagging: {title}", table, command=command, seed=seed)


if __name__ == "__main__":
    main()
