"""The demonstration: networks that learn elman-sentences, held against the grammar itself."""

import dataclasses
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from elman.data.datasets import fetch
from elman.data.datasets.elman_sentences import next_word
from elman.errors import CheckpointError
from elman.inspect.contexts import memory_horizon
from elman.inspect.diagnosis import diagnose
from elman.inspect.grammar import Comparison, compare_with_grammar
from elman.inspect.horizon import Horizon
from elman.inspect.report import write_report
from elman.records import Observer
from elman.runs import Run
from elman.runs.names import CONFIG
from elman.tasks.language.config import LanguageConfig
from elman.tasks.language.corpus import TASK
from elman.tasks.language.estimator import LanguageModel
from elman.tasks.language.reading import Reader, next_tokens
from elman.tasks.language.trained import Trained, build
from elman.tasks.playing import play
from elman.training.randomness import fork_randomness

__all__ = [
    "DATA",
    "EXAMPLE",
    "Expectation",
    "Pupil",
    "configs",
    "held_out",
    "learn",
    "measure",
    "report",
]

DATA = "elman-sentences"
EXAMPLE = (("I", "am"), ("love", "cats"), ("cats", "."))
"""A sentence, and for each word of it one that may follow."""

COMMAND = "elman demo"
LONGEST_CONTEXT = 16
POSITIONS = 60_000
REPORT = "report.html"


@dataclass(frozen=True)
class Expectation:
    """What a network expects at one place, and what it should.

    Attributes:
        word: the word just read.
        following: a word that may come next.
        before: its probability by the network before training.
        after: by the network after training.
        truth: by the grammar.
    """

    word: str
    following: str
    before: float
    after: float
    truth: float


@dataclass(frozen=True)
class Pupil:
    """A network that learned the sentences, and what it is worth on text it did not see.

    Attributes:
        name: of the kind of network.
        path: its run folder.
        comparison: beside the grammar.
        memory_off: perplexity with the memory wiped before each step.
        horizon: how far back it looks.
        expectations: after each word of `EXAMPLE`.
        training_s: seconds from the text to the trained network.
    """

    name: str
    path: Path
    comparison: Comparison
    memory_off: float
    horizon: Horizon
    expectations: tuple[Expectation, ...]
    training_s: float


def configs(seed: int = 0, threads: int = 1) -> dict[str, LanguageConfig]:
    """The networks of the demonstration, by name.

    Args:
        seed: of every random choice.
        threads: processor threads; 0 leaves torch's own choice.
    """
    shared = LanguageConfig(
        dropout=0.0,
        memory_dropout=0.02,
        tie_weights=False,
        epochs=1,
        batch_size=64,
        truncation_steps=25,
        seed=seed,
        threads=threads,
    )
    return {
        "Elman": dataclasses.replace(shared, cell="elman", hidden_size=100, learning_rate=0.01),
        "LSTM": dataclasses.replace(shared, cell="lstm", hidden_size=80, learning_rate=0.012),
    }


def learn(name: str, config: LanguageConfig, path: Path, observer: Observer | None = None) -> Pupil:
    """Train a network on the sentences, save it, and hold what was saved against the grammar.

    Args:
        name: what to call it.
        config: its options.
        path: the run folder; an earlier demonstration there is replaced.
        observer: told of what happens, as by `LanguageModel.fit`.

    Raises:
        CheckpointError: `path` holds something else, or cannot be written.
        Interrupted: Ctrl-C or SIGTERM.
    """
    _refuse_other_runs(path)
    began_s = time.monotonic()
    LanguageModel(**dataclasses.asdict(config)).fit(
        DATA, out=path, overwrite=True, observer=observer, command=COMMAND
    )
    training_s = time.monotonic() - began_s
    if observer is not None:
        observer({"event": "stage", "text": "measuring its memory"})
    return measure(name, path, held_out(), training_s)


def held_out() -> list[str]:
    """The sentences that no network learned from or was chosen by."""
    return fetch(DATA).test.read_text(encoding="utf-8").splitlines()


def measure(name: str, path: Path, sentences: Sequence[str], training_s: float) -> Pupil:
    """Hold a saved network against the grammar, on sentences it did not see."""
    trained = Trained.load(path)
    codec, module = trained.codec, trained.module
    ids = [token for line in sentences for token in (*codec.encode(line), codec.eos_id)]
    return Pupil(
        name=name,
        path=path,
        comparison=compare_with_grammar(module, codec.tokens, sentences),
        memory_off=LanguageModel.load(path).score(DATA, memory="off")["perplexity"].value,
        horizon=memory_horizon(
            module, torch.tensor(ids), max_context=LONGEST_CONTEXT, positions=POSITIONS
        ),
        expectations=_expectations(trained),
        training_s=training_s,
    )


def report(pupil: Pupil) -> Path:
    """Look at a network with all instruments, and write the report into its run folder.

    Args:
        pupil: the network, already saved.

    Returns:
        The report's file.
    """
    model = LanguageModel.load(pupil.path)
    found = diagnose(model, DATA)
    shown = play(model, DATA)
    text = " ".join(word for word, _ in EXAMPLE)
    title = f"{pupil.name}, {pupil.path}"
    written = found.report(title, play=shown.sources, text=text if shown.text else "")
    return write_report(pupil.path / REPORT, written)


def _expectations(trained: Trained) -> tuple[Expectation, ...]:
    """What the network expects in the example, before and after training."""
    with fork_randomness(trained.config.seed):
        untrained = build(trained.config, trained.codec.size)
    blank = Reader(untrained, trained.codec, trained.config.sequences)
    before, after = (_probabilities(reader) for reader in (blank, trained.reader))
    words = [word for word, _ in EXAMPLE]
    return tuple(
        Expectation(
            word=word,
            following=following,
            before=before[place],
            after=after[place],
            truth=next_word(words[: place + 1])[following],
        )
        for place, (word, following) in enumerate(EXAMPLE)
    )


def _probabilities(reader: Reader) -> list[float]:
    """What a network gives each following word of the example."""
    prompt = " ".join(word for word, _ in EXAMPLE)
    steps = next_tokens(reader, None, prompt, reader.codec.size)
    return [
        next(each.probability for each in step.candidates if each.token == following)
        for step, (_, following) in zip(steps, EXAMPLE, strict=True)
    ]


def _refuse_other_runs(path: Path) -> None:
    """Raise `CheckpointError` if a run stands there that the demonstration did not make."""
    if not (path / CONFIG).exists():
        return
    command = Run.open(path, TASK).description.command
    if not command.startswith(COMMAND):
        raise CheckpointError(
            f"{path}: the run there must be one of `{COMMAND}`, got one of `{command}`. "
            "Choose another folder with --out."
        )
