"""Recurrent models of other packages, built by their own code with random weights and data.

Each builder gives a model, a call that answers, and one that gives the loss of a training step.
"""

import importlib.util
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Example:
    """A model and work for it.

    Attributes:
        model: the module.
        output: what it answers to its input.
        loss: what it is trained on.
    """

    model: nn.Module
    output: Callable[[], Tensor]
    loss: Callable[[], Tensor]


@dataclass(frozen=True)
class Builder:
    """How an example comes about.

    Attributes:
        package: its name where packages are installed from.
        module: its name in Python.
        build: makes one from torch's random state.
    """

    package: str
    module: str
    build: Callable[[], Example]

    def missing(self) -> str:
        """The package, if it is not installed."""
        return "" if importlib.util.find_spec(self.module) else self.package

    def described(self) -> str:
        """The package and its version."""
        return f"{self.package} {version(self.package)}"


def flair_tagger() -> Example:
    """Flair's tagger: word and character embeddings, an LSTM in both directions, a CRF."""
    from flair.data import Dictionary, Sentence
    from flair.embeddings import CharacterEmbeddings, OneHotEmbeddings, StackedEmbeddings
    from flair.models import SequenceTagger

    logging.getLogger("flair").setLevel(logging.ERROR)
    draw = random.Random(0)
    letters, tags, words = Dictionary(), Dictionary(add_unk=False), Dictionary()
    for letter in "abcdefghij":
        letters.add_item(letter)
    for tag in ("NOUN", "VERB", "ADJ", "ADP", "DET"):
        tags.add_item(tag)
    forms = ["".join(draw.choices("abcdefghij", k=draw.randint(1, 12))) for _ in range(500)]
    for form in forms:
        words.add_item(form)
    sentences = [Sentence(draw.choices(forms, k=draw.randint(5, 40))) for _ in range(32)]
    sentences.sort(key=len, reverse=True)  # as the tagger packs them
    for sentence in sentences:
        for token in sentence:
            token.add_label("pos", draw.choice(tags.get_items()))
    embeddings = StackedEmbeddings(
        [OneHotEmbeddings(words, embedding_length=100), CharacterEmbeddings(letters)]
    )
    tagger = SequenceTagger(embeddings, tag_dictionary=tags, tag_type="pos", hidden_size=256)

    def anew() -> list[Sentence]:
        for sentence in sentences:
            sentence.clear_embeddings()
        return sentences

    def output() -> Tensor:
        scores = tagger.forward(*tagger._prepare_tensors(anew()))
        return scores[0] if isinstance(scores, tuple) else scores

    return Example(tagger, output, lambda: tagger.forward_loss(anew())[0])


def recurrent_policy() -> Example:
    """The policy of stable-baselines' recurrent PPO: acting in 8 worlds, learning from 64 steps.

    Episodes end within the 64 steps, so that the policy learns step by step, as it does there.
    """
    from gymnasium import spaces
    from sb3_contrib.common.recurrent.policies import RecurrentActorCriticPolicy
    from sb3_contrib.common.recurrent.type_aliases import RNNStates

    policy = RecurrentActorCriticPolicy(
        spaces.Box(-1, 1, (24,)), spaces.Discrete(4), lr_schedule=lambda _: 3e-4
    )
    worlds, steps = 8, 64
    state = (torch.randn(1, worlds, 256) * 0.1, torch.randn(1, worlds, 256) * 0.1)
    states, going = RNNStates(state, state), torch.zeros(worlds)
    seen, ended = torch.randn(worlds * steps, 24), torch.zeros(worlds * steps)
    ended[::29] = 1.0
    taken, worth = torch.randint(4, (worlds * steps,)), torch.randn(worlds * steps)

    def output() -> Tensor:
        _, values, likely, _ = policy(seen[:worlds], states, going, deterministic=True)
        return torch.cat([values.flatten(), likely])

    def loss() -> Tensor:
        values, likely, entropy = policy.evaluate_actions(seen, taken, states, ended)
        error = nn.functional.mse_loss(values.flatten(), worth)
        return error - (likely * worth).mean() - 0.01 * entropy.mean()

    return Example(policy, output, loss)


def forecaster() -> Example:
    """Darts' recurrent forecaster: two LSTM layers read 48 steps of 3 series and say 12 more."""
    import numpy as np
    from darts import TimeSeries
    from darts.models import BlockRNNModel
    from darts.utils.data.torch_datasets.utils import PLModuleInput

    for name in ("pytorch_lightning", "lightning", "darts"):
        logging.getLogger(name).setLevel(logging.ERROR)
    silent = {"max_steps": 1, "logger": False, "accelerator": "cpu"} | dict.fromkeys(
        ("enable_progress_bar", "enable_checkpointing", "enable_model_summary"), False
    )
    forecaster = BlockRNNModel(
        input_chunk_length=48,
        output_chunk_length=12,
        model="LSTM",
        hidden_dim=64,
        n_rnn_layers=2,
        batch_size=32,
        pl_trainer_kwargs=silent,
        random_state=0,
    )
    series = np.random.default_rng(0).standard_normal((300, 3), dtype=np.float32)
    forecaster.fit(TimeSeries.from_values(series))  # one step: it makes the network
    network = forecaster.model
    seen, to_come = torch.randn(32, 48, 3), torch.randn(32, 12, 3)

    def output() -> Tensor:
        return network(PLModuleInput(past_target=seen)).prediction.squeeze(-1)

    return Example(network, output, lambda: nn.functional.mse_loss(output(), to_come))


BUILDERS = {
    "tagger": Builder("flair", "flair", flair_tagger),
    "forecaster": Builder("darts", "darts", forecaster),
    "policy": Builder("sb3-contrib", "sb3_contrib", recurrent_policy),
}
