"""Networks on the Penn Treebank beside the 5-gram: one command a network, resumable.

    python benchmarks/penn_treebank.py elman [--out runs/ptb-elman]
    python benchmarks/penn_treebank.py lstm

Stop it whenever you like; the same command goes on, and the minutes of all sessions are added up.
Protocol: 10,000 words, `<eos>` closes every line and is counted, the text is one stream, the state
is carried over sentences, and every word is predicted once. Options were chosen on the validation
part; the test part is read once, at the end.
"""

import argparse
import logging
import time
from typing import Any

import elman
from elman.data import datasets
from report import publish

SEED = 0
NETWORKS: dict[str, dict[str, Any]] = {
    "elman": {
        "cell": "elman",
        "hidden_size": 300,
        "embedding_size": 300,
        "dropout": 0.35,
        "epochs": 16,
        "batch_size": 20,
        "truncation_steps": 20,
        "learning_rate": 0.0015,
        "clip_norm": 0.5,
    },
    "lstm": {
        "cell": "lstm",
        "hidden_size": 650,
        "embedding_size": 400,
        "dropout": 0.5,
        "embedding_dropout": 0.1,
        "epochs": 28,
        "batch_size": 20,
        "truncation_steps": 35,
        "learning_rate": 0.002,
        "clip_norm": 0.5,
    },
}
PUBLISHED = {
    "elman": "124.7, Mikolov et al., Interspeech 2011",
    "lstm": "78.4 to 115.9 by size, Zaremba et al., arXiv:1409.2329",
}


def tell(record: dict[str, Any]) -> None:
    """One line an epoch."""
    if record["event"] == "epoch":
        print(
            f"epoch {record['epoch']}: training {record['loss']:.3f} nats, "
            f"validation perplexity {record['validation']:.2f}, "
            f"{record['training_s'] / 60:.1f} min of training so far",
            flush=True,
        )


def measure(name: str, out: str, threads: int) -> str:
    """Train to the end, or on; then score. A table."""
    files = datasets.fetch("penn-treebank")
    model = elman.LanguageModel(seed=SEED, threads=threads, **NETWORKS[name])
    model.fit(files.train, validation=files.validation, out=out, observer=tell)
    start = time.perf_counter()
    score = model.score(files.test)["perplexity"]
    scoring_s = time.perf_counter() - start
    wiped = model.score(files.test, memory="off")["perplexity"]
    epochs = [record for record in model.history if record["event"] == "epoch"]
    last = epochs[-1]
    rows = [
        ("options", ", ".join(f"{key} {value}" for key, value in NETWORKS[name].items())),
        ("parameters", f"{sum(p.numel() for p in model.module.parameters()):,}"),
        ("validation perplexity, best epoch", f"{min(r['validation'] for r in epochs):.2f}"),
        ("**test perplexity**", f"**{score.value:.2f}**"),
        (f"{score.baseline_name}, test", f"{score.baseline:.2f}"),
        ("memory wiped before every word, test", f"{wiped.value:.2f}"),
        ("published", PUBLISHED[name]),
        ("epochs", f"{len(epochs)}"),
        ("minutes of training, all sessions", f"{last['training_s'] / 60:.1f}"),
        ("minutes per epoch", f"{last['training_s'] / 60 / len(epochs):.2f}"),
        ("words per second, mean of the last epoch", f"{last['items_per_s']:,.0f}"),
        ("seconds to score the test part", f"{scoring_s:.1f}"),
    ]
    facts = "| | |\n|---|---|\n" + "\n".join(f"| {label} | {value} |" for label, value in rows)
    return f"{facts}\n\n{log(epochs)}"


def log(epochs: list[dict[str, Any]]) -> str:
    """The records of a run's epochs as a table."""
    head = "| epoch | training, nats | validation perplexity | gradient norm | minutes so far |"
    rows = (
        f"| {each['epoch']} | {each['loss']:.3f} | {each['validation']:.2f} "
        f"| {each['gradient_norm']:.2f} | {each['training_s'] / 60:.1f} |"
        for each in epochs
    )
    return "\n".join([head, "|---|---|---|---|---|", *rows])


def main() -> None:
    """Train the network that is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("--out", help="run folder; runs/ptb-NETWORK if left out")
    parser.add_argument("--threads", type=int, default=0, help="0 leaves torch's own choice")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    table = measure(given.network, given.out or f"runs/ptb-{given.network}", given.threads)
    threads = f" --threads {given.threads}" if given.threads else ""
    command = f"python benchmarks/penn_treebank.py {given.network}{threads}"
    publish(f"Penn Treebank: {given.network}", table, command=command, seed=SEED)


if __name__ == "__main__":
    main()
