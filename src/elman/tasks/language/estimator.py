"""`elman.LanguageModel`: fit, score, read, write."""

import itertools
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import torch

from elman.checks import as_kind, check_choice, check_range
from elman.choices import MEMORY
from elman.contracts import Material
from elman.data.sources import Data, expand
from elman.decoding.sampling import Sampling
from elman.page.network import BrowserNetwork
from elman.tasks.estimator import Estimator
from elman.tasks.language import browser, inspecting, scoring
from elman.tasks.language.config import LanguageConfig
from elman.tasks.language.corpus import TASK, encode, open_corpus
from elman.tasks.language.fitting import read_texts
from elman.tasks.language.generation import continuation, draw_tokens
from elman.tasks.language.model import LanguageModule
from elman.tasks.language.reading import ReadToken, next_tokens, surprisals, unknown_tokens
from elman.tasks.language.trained import Trained
from elman.tasks.lesson import Opened
from elman.tasks.scores import Scores

__all__ = ["LanguageModel"]


@dataclass(kw_only=True, eq=False)
class LanguageModel(Estimator[LanguageConfig, Trained], LanguageConfig):
    r"""A recurrent language model: learns from text what comes next, and says so after every word.

    Its arguments are the options of `LanguageConfig`. A model is fitted by `fit`, or loaded by
    `elman.load`; before that, whatever needs weights raises `ConfigError`.

    Data: UTF-8 text files, a folder of *.txt, or the name of a data set. Without `validation` the
    last tenth of the text is split off.

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

    def _open(self, config: LanguageConfig, data: Data, validation: Data | None) -> Opened[Trained]:
        corpus = open_corpus(data, validation)
        return Opened(corpus.digests, partial(read_texts, config, corpus))
