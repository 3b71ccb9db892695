"""Small networks that learn elman-sentences before the visitor's eyes."""

import copy
import threading
import time
from dataclasses import replace

from elman.data.codecs import Codec, WordCodec
from elman.data.datasets.elman_sentences import generate
from elman.data.tokens import TokenFile, encode_text
from elman.lab import texts
from elman.lab.draws import Draws
from elman.lab.shelf import Exhibit, Shelf
from elman.perplexity import perplexity
from elman.records import Record
from elman.tasks.language.config import LanguageConfig
from elman.tasks.language.job import LanguageJob
from elman.tasks.language.model import LanguageModule
from elman.tasks.language.remembering import fit_probe
from elman.tasks.language.trained import Trained, build
from elman.training.loop import train
from elman.training.randomness import fork_randomness

__all__ = ["Starters"]

SENTENCES, HELD_OUT = 60_000, 2_000
_SEEDS = (1_990, 1_991)
_SHOW_EVERY_S = 0.4
_NAMES = {"elman": "Elman", "gru": "GRU", "lstm": "LSTM"}
_SIZES = {"elman": (64, 0.01), "gru": (48, 0.015), "lstm": (48, 0.02)}
"""Cell → hidden units and learning rate, as tried: each comes to within a tenth of the exact
perplexity."""


class Starters:
    """Lets the networks learn one after the other, and shows each as it stands meanwhile.

    Args:
        shelf: where to show them.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._stopped = threading.Event()
        self._waiting = list(_SIZES)
        self._lock = threading.Lock()
        held_out = _write(HELD_OUT, _SEEDS[1])  # few, but every word is among them
        self._codec: Codec = WordCodec.fit([held_out], word_split="whitespace")
        self._held_out = encode_text(held_out, self._codec)
        for cell in _SIZES:
            self._shelf.put(self._blank(cell))
        self._thread = threading.Thread(target=self._learn_all, name="elman-starters", daemon=True)
        self._thread.start()

    def prefer(self, cell: str) -> None:
        """Let this one learn next."""
        with self._lock:
            if cell in self._waiting:
                self._waiting.remove(cell)
                self._waiting.insert(0, cell)

    def stop(self) -> None:
        """Stop learning, and wait until it has stopped."""
        self._stopped.set()
        self._thread.join()

    def _blank(self, cell: str) -> Exhibit[Trained]:
        """A network that has not learned anything yet."""
        config = config_of(cell)
        with fork_randomness(config.seed):
            module = build(config, self._codec.size).eval()
        trained = Trained(config=config, codec=self._codec, module=module)
        return Exhibit(
            cell, _NAMES[cell], trained, stage="waiting", share=0.0, held_out=texts.sentences
        )

    def _learn_all(self) -> None:
        """Take one after the other."""
        tokens = encode_text(_write(SENTENCES, _SEEDS[0]), self._codec)
        while not self._stopped.is_set():
            with self._lock:
                if not self._waiting:
                    return
                cell = self._waiting.pop(0)
            lesson = _Lesson(self._shelf, self._shelf.get(cell), tokens, self._held_out)
            lesson.learn(self._stopped)


class _Lesson:
    """One network that learns."""

    def __init__(
        self, shelf: Shelf, exhibit: Exhibit[Trained], tokens: TokenFile, held_out: TokenFile
    ) -> None:
        self._shelf, self._exhibit, self._held_out = shelf, exhibit, held_out
        self._module: LanguageModule = copy.deepcopy(exhibit.trained.module)
        trained = exhibit.trained
        draws = Draws(trained.config.seed)  # visitors' experiments draw meanwhile
        self._job = LanguageJob(
            self._module, trained.codec, tokens, held_out, trained.config, draws.drawing
        )
        self._shown_s = 0.0

    def learn(self, stopped: threading.Event) -> None:
        """Learn to the end, or until it is stopped."""
        config = self._exhibit.trained.config
        outcome = train(self._job, config, observer=self._watch, should_stop=stopped.is_set)
        if not stopped.is_set():
            self._show("ready", 1.0, outcome.best)

    def _watch(self, record: Record) -> None:
        """Show the network as it stands, now and then."""
        now_s = time.monotonic()
        if record["event"] == "progress" and now_s - self._shown_s >= _SHOW_EVERY_S:
            self._show("learning", record["step"] / record["steps"], perplexity(record["loss"]))
            self._shown_s = time.monotonic()

    def _show(self, stage: str, share: float, reached: float | None) -> None:
        """Put a copy on the shelf."""
        module = copy.deepcopy(self._module)
        module.zero_grad()
        probe = fit_probe(module, self._held_out)
        trained = replace(self._exhibit.trained, module=module.eval(), probed=probe)
        shown = replace(self._exhibit, trained=trained, stage=stage, share=share)
        self._shelf.put(replace(shown, perplexity=reached))


def _write(sentences: int, seed: int) -> str:
    return "".join(f"{line}\n" for line in generate(sentences, seed))


def config_of(cell: str) -> LanguageConfig:
    """The options of a starter."""
    hidden, rate = _SIZES[cell]
    return LanguageConfig(
        cell=cell,
        hidden_size=hidden,
        learning_rate=rate,
        dropout=0.0,
        memory_dropout=0.02,
        tie_weights=False,
        epochs=1,
        batch_size=32,
        truncation_steps=25,
        ngram_order=0,
    )
