"""`elman.LanguageModel`: fit, score, read, write."""

import itertools
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import ClassVar, Self

import torch

from elman.checks import as_kind, check_choice, check_range
from elman.choices import MEMORY
from elman.contracts import Material
from elman.data.sources import expand
from elman.decoding.sampling import Sampling
from elman.page.network import BrowserNetwork
from elman.records import Observer
from elman.runs import Description
from elman.tasks.estimator import Estimator
from elman.tasks.fitting import device_of, fit_in
from elman.tasks.language import browser, fitting, inspecting, scoring
from elman.tasks.language.config import LanguageConfig
from elman.tasks.language.corpus import Data, encode, open_corpus
from elman.tasks.language.generation import continuation, draw_tokens
from elman.tasks.language.model import LanguageModule
from elman.tasks.language.reading import ReadToken, next_tokens, surprisals, unknown_tokens
from elman.tasks.language.trained import TASK, Trained
from elman.tasks.notebook import notebook_bar
from elman.tasks.scores import Scores

__all__ = ["LanguageModel"]


@dataclass(kw_only=True, eq=False)
class LanguageModel(Estimator[LanguageConfig, Trained], LanguageConfig):
    r"""A recurrent language model: learns from text what comes next, and says so after every word.

    Its arguments are the options of `LanguageConfig`. A model is fitted by `fit`, or loaded by
    `elman.load`; before that, whatever needs weights raises `ConfigError`.

    >>> import tempfile
    >>> from pathlib import Path
    >>> text = Path(tempfile.mkdtemp()) / "cats.txt"
    >>> _ = text.write_text("I love cats .\n" * 500)
    >>> model = LanguageModel(cell="elman", hidden_size=16, learning_rate=0.02, epochs=3).fit(text)
    >>> [step.candidates[0].token for step in model.next_tokens("I love cats")]
    ['love', 'cats', '.']
    >>> model.generate("I love", 2, temperature=0)
    'I love cats .'
    >>> model.score(text)["perplexity"].value < 1.5
    True
    >>> model.unknown_tokens("I love dragons")
    ['dragons']
    >>> [token for token, bits in model.surprisal("I love cats .") if bits > 3]
    []
    >>> model.save(text.with_name("run"))
    >>> LanguageModel.load(text.with_name("run")).generate("I love", 1, temperature=0)
    'I love cats'
    >>> LanguageModel().generate("I love")
    Traceback (most recent call last):
    elman.errors.ConfigError: LanguageModel.generate: the model must be fitted first, got one that
    is not. Call `fit`, or take a saved one by `elman.load`.
    """

    TASK: ClassVar[str] = TASK
    CONFIG: ClassVar[type[LanguageConfig]] = LanguageConfig
    TRAINED: ClassVar[type[Trained]] = Trained
    _trained: Trained | None = field(default=None, init=False, repr=False)

    def fit(
        self,
        data: Data,
        *,
        validation: Data | None = None,
        out: str | Path | None = None,
        overwrite: bool = False,
        observer: Observer | None = None,
        command: str = "LanguageModel.fit",
    ) -> Self:
        """Learn from text; with `out`, keep all in a run folder and go on with one begun earlier.

        Args:
            data: a UTF-8 text file, several, a folder of *.txt, or the name of a data set.
            validation: what chooses the best weights; None takes the data set's own, or splits
                the last tenth off the text.
            out: the run folder; None keeps the model in memory.
            overwrite: start anew if `out` holds a run already.
            observer: told of what happens, as records; see docs/runs.md. None draws a bar in
                notebooks and is silent elsewhere.
            command: what to note in the run as the command that made it.

        Raises:
            DataError: a text cannot be read or used.
            ConfigError: the network would not fit into memory.
            ChoiceError: `device` is none that torch can use here.
            CheckpointError: `out` holds something else or a run of other options or data, is
                being written by another process, or cannot be written.
            DivergenceError: training met numbers that are not finite; the message says where.
            Interrupted: Ctrl-C or SIGTERM; what was done is saved in `out`.
        """
        config, observer = self._config(), observer or notebook_bar()
        device_of("LanguageModel.fit", config.device)  # before a run is begun, or overwritten
        corpus = open_corpus(data, validation)
        self._trained = fit_in(
            out,
            Description.of(TASK, config, command=command, data=corpus.digests),
            partial(fitting.read_texts, config, corpus, observer),
            partial(fitting.fit, config, observer),
            overwrite=overwrite,
        )
        return self

    def score(self, data: Data, *, memory: str = "on") -> Scores:
        """Perplexity and bits per token on a text, and the n-gram's beside them.

        Every token is predicted once, `<eos>` included, in one stream with carried state.

        Args:
            data: as for `fit`; the name of a data set means its test part.
            memory: "off" wipes the state before each step: what the network is worth without.

        Raises:
            DataError: a text cannot be read, or holds nothing that the model knows.
            ChoiceError: `memory` is neither "on" nor "off".
        """
        trained = self._fitted("score")
        check_choice("LanguageModel.score", "memory", memory, MEMORY)
        with encode(expand(data, "test"), trained.codec, trained.config) as tokens:
            return scoring.score(
                trained.module, trained.codec, trained.baseline, tokens, memory=memory
            )

    def next_tokens(self, prompt: str, k: int = 5) -> list[ReadToken]:
        """What is likely to come after each token of `prompt`, and what is remembered of it.

        Args:
            prompt: a line of text; tokens that the model does not know are marked, and read as
                `<unk>`. An empty one stands for a line's beginning.
            k: how many candidates to list after each token; `<unk>` is never one of them.

        Raises:
            ConfigError: the model is not fitted, or `k` is below 1.
            DataError: the model knows no token of `prompt`.
        """
        trained = self._fitted("next_tokens")
        prompt = as_kind("LanguageModel.next_tokens", "prompt", prompt, str)
        k = as_kind("LanguageModel.next_tokens", "k", k, int)
        check_range("LanguageModel.next_tokens", "k", k, at_least=1)
        return next_tokens(trained.reader, trained.probe, prompt, k)

    def generate(
        self,
        prompt: str = "",
        length: int = 100,
        *,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int = 0,
    ) -> str:
        """Go on from `prompt`.

        Args:
            prompt: the beginning.
            length: how many tokens to add.
            temperature: above 1 bolder, below 1 safer; 0 always takes the likeliest token.
            top_k: draw among this many of the likeliest; 0 among all.
            top_p: draw among the likeliest that together reach this probability.
            seed: seed of chance.

        Returns:
            The prompt and what follows it; `<unk>` is never drawn.

        Raises:
            ConfigError: the model is not fitted, or an argument is of the wrong kind or range.
            DataError: the network has diverged, so that there is no number to draw by.
        """
        trained = self._fitted("generate")
        prompt = as_kind("LanguageModel.generate", "prompt", prompt, str)
        length = as_kind("LanguageModel.generate", "length", length, int)
        seed = as_kind("LanguageModel.generate", "seed", seed, int)
        check_range("LanguageModel.generate", "length", length, at_least=0)
        check_range("LanguageModel.generate", "seed", seed, at_least=0, below=2**63)
        sampling = Sampling(
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            forbidden=[trained.codec.unknown_id],
        )
        generator = torch.Generator().manual_seed(seed)
        drawn = draw_tokens(trained.reader, prompt, sampling, generator)
        return prompt + continuation(trained.codec, prompt, list(itertools.islice(drawn, length)))

    def unknown_tokens(self, text: str) -> list[str]:
        """The tokens of `text` that the model does not know and reads as `<unk>`, each once.

        Args:
            text: a line of text, such as a prompt.

        Raises:
            ConfigError: the model is not fitted, or `text` is no string.
        """
        codec = self._fitted("unknown_tokens").codec
        return unknown_tokens(codec, as_kind("LanguageModel.unknown_tokens", "text", text, str))

    def surprisal(self, text: str) -> list[tuple[str, float]]:
        """Each token of `text` with its surprisal in bits, −log₂ of the probability it had.

        Args:
            text: some lines, divided as a file's are; `<eos>`, which closes each, is listed too.

        Raises:
            ConfigError: the model is not fitted, or `text` is no string.
        """
        trained = self._fitted("surprisal")
        return surprisals(trained.reader, as_kind("LanguageModel.surprisal", "text", text, str))

    def material(self, data: Data | None = None) -> Material:
        """What `elman.inspect` looks at: the network, and the first 65,536 tokens of a text.

        Args:
            data: as for `score`; None for the text that the run was validated on.

        Raises:
            ConfigError: the model is not fitted.
            DataError: a text cannot be read, holds nothing that the model knows, or is not at hand.
        """
        return inspecting.material(self._fitted("material"), data)

    def browser_network(self) -> BrowserNetwork:
        """The network written down for a page, whose browser runs it.

        Raises:
            ConfigError: the model is not fitted, or its text is cut into subwords.
        """
        return browser.browser_network(self._fitted("browser_network"))

    @property
    def module(self) -> LanguageModule:
        """The network, a `torch.nn.Module`."""
        return self._fitted("module").module
