"""What gradients do in networks that learn, that die and that explode, and what watching costs.

    python benchmarks/gradient_warnings.py

The thresholds of `elman.training.gradients` stand between the two kinds. Training is the loop's
own, step by step, so that every norm can be seen; the learning rate stays where it begins.
"""

import math
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch

from elman.records import Record
from elman.tasks.language.config import LanguageConfig
from elman.tasks.language.corpus import encode, fit_codec, open_corpus
from elman.tasks.language.job import LanguageJob
from elman.tasks.language.trained import build
from elman.training.clipping import ClipReport, clip_gradients
from elman.training.gradients import KNOWN_STEPS, MEMORY_STEPS, GradientWatch, Pulse
from elman.training.optimizers import make_optimizer
from report import publish

STEPS = 300
SENTENCES, MANUAL = "elman-sentences", "python-manual"
SMALL = {"dropout": 0.0, "tie_weights": False, "batch_size": 64, "truncation_steps": 25}
CHARACTERS = {"unit": "character", "truncation_steps": 100, "hidden_size": 128}
SGD = {"optimizer": "sgd", "clip_norm": 0.0, "cell": "elman", **CHARACTERS}
TWO = {"layers": 2, "hidden_size": 96, "optimizer": "sgd", "learning_rate": 1.0, "clip_norm": 5}
NETWORKS = {
    "Elman, sentences": (SENTENCES, {**SMALL, "cell": "elman", "learning_rate": 0.01}),
    "LSTM, sentences": (SENTENCES, {**SMALL, "hidden_size": 80, "learning_rate": 0.012}),
    "LSTM, manual": (MANUAL, {"hidden_size": 128}),
    "GRU, manual by character": (MANUAL, {"cell": "gru", **CHARACTERS}),
    "Elman, manual by character": (MANUAL, {"cell": "elman", **CHARACTERS}),
    "two LSTM, SGD, manual": (MANUAL, TWO),
    "three Elman, manual": (MANUAL, {"cell": "elman", "layers": 3, "hidden_size": 96}),
    "ten Elman, sentences": (SENTENCES, {**SMALL, "cell": "elman", "layers": 10}),
    "Elman, SGD at 5, not clipped": (MANUAL, {**SGD, "learning_rate": 5.0}),
}


@dataclass
class Course:
    """A training, as its gradients saw it.

    Attributes:
        losses: by step.
        leap: the whole norm over the usual one, at most, from the third step on.
        fallen: the usual norm of a layer over its height, at least.
        layer: that layer.
        step_s, watch_s: seconds of each step, and of watching it.
        warnings: what was warned of.
    """

    losses: list[float] = field(default_factory=list)
    leap: float = 0.0
    fallen: float = math.inf
    layer: str = ""
    step_s: list[float] = field(default_factory=list)
    watch_s: list[float] = field(default_factory=list)
    warnings: list[Record] = field(default_factory=list)

    def note(self, watch: GradientWatch, clip: ClipReport, loss: float) -> None:
        """Let the watch see a step, by the clock, and keep what it knows."""
        whole = watch.pulses[""]
        if whole.steps >= KNOWN_STEPS:
            self.leap = max(self.leap, clip.norm_before / math.exp(whole.usual))
        began_s = time.perf_counter()
        self.warnings += watch.look(clip, loss, lambda: 1.0)
        self.watch_s.append(time.perf_counter() - began_s)
        self.losses.append(loss)
        for layer, pulse in watch.pulses.items():
            if layer and pulse.steps > MEMORY_STEPS:
                self._note_fall(layer, pulse)

    def _note_fall(self, layer: str, pulse: Pulse) -> None:
        fallen = math.exp(pulse.usual - pulse.height)
        if fallen < self.fallen:
            self.fallen, self.layer = fallen, layer


def follow(data: str, options: dict) -> Course:
    """Train for some steps, and watch."""
    config = LanguageConfig(threads=1, ngram_order=0, **options)
    torch.manual_seed(config.seed)
    corpus = open_corpus(data, None)
    codec = fit_codec(corpus.train, config)
    with (
        encode(corpus.train, codec, config) as tokens,
        encode(corpus.validation, codec, config) as held_out,
    ):
        job = LanguageJob(build(config, codec.size), codec, tokens, held_out, config)
        return watched(job, config)


def watched(job: LanguageJob, config: LanguageConfig) -> Course:
    """The loop's own steps."""
    course, watch = Course(), GradientWatch(config.clip_norm)
    optimizer = make_optimizer(job.module, config)
    parameters = list(job.module.named_parameters())
    job.module.train()
    state = None
    for batch in steps_of(job):
        began_s = time.perf_counter()
        optimizer.zero_grad()
        result = job.loss(batch, state)
        loss = result.loss.item()
        result.loss.backward()
        clip = clip_gradients(parameters, config.clip_norm, config.clip_value)
        if not clip.finite:
            break
        optimizer.step()
        state = tuple(part.detach() for part in result.state)
        course.step_s.append(time.perf_counter() - began_s)
        course.note(watch, clip, loss)
    return course


def steps_of(job: LanguageJob) -> Iterator:
    """So many batches, over as many epochs as that takes."""
    for step in range(STEPS):
        yield next(job.batches(0, step % job.steps_per_epoch))


def row(name: str, course: Course) -> str:
    """One line of the table."""
    print(f"{name} …", flush=True)
    loss = statistics.mean(course.losses[-MEMORY_STEPS:])
    told = sorted({(one["what"], layer) for one in course.warnings for layer in one["layers"]})
    said = ", ".join(f"{what} `{layer}`" for what, layer in told) or "none"
    cost = statistics.median(course.watch_s) / statistics.median(course.step_s)
    cells = (
        name,
        f"{course.losses[0]:.2f} → {loss:.2f}",
        f"{course.leap:.1f}",
        f"{course.fallen:.2%} (`{course.layer}`)",
        said,
        f"{statistics.median(course.step_s) * 1e3:.1f}",
        f"{cost:.2%}",
    )
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Train every network, print and publish."""
    torch.set_num_threads(1)
    rows = [row(name, follow(*NETWORKS[name])) for name in NETWORKS]
    heads = (
        "network and text",
        "loss",
        "whole norm over the usual, at most",
        "a layer's usual norm over its height, at least",
        "warnings",
        "step, ms",
        "watching, of a step",
    )
    table = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *rows]
    publish(
        "Gradients while training",
        f"{STEPS} steps each; loss in nats at the first step and over the last {MEMORY_STEPS}. "
        "The first six learn; the others have dead lower layers or are thrown off. "
        "Watching: the median over steps beside the median step.\n\n" + "\n".join(table),
        command="python benchmarks/gradient_warnings.py",
        seed=0,
    )


if __name__ == "__main__":
    main()
