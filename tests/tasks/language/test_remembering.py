import pytest
import torch

from elman.data.codecs import WordCodec
from elman.data.tokens import TokenFile
from elman.inspect.probe import Probe
from elman.inspect.recollection import Recall
from elman.sequences import PaddedBatch
from elman.tasks.language.config import LanguageFields
from elman.tasks.language.model import LanguageModule
from elman.tasks.language.remembering import as_read, fit_probe, remembered, remembered_along


def reader(precision: float) -> Probe:
    """Reads three lags, each a one-hot code of two words, from a state of six numbers."""
    weights = torch.zeros(3, 6, 2)
    for lag in range(3):
        weights[lag, 2 * lag : 2 * lag + 2] = torch.eye(2)
    return Probe(
        weights=weights,
        bias=torch.zeros(3, 2),
        codes=torch.eye(2),
        edges=torch.zeros(3, 0),
        precision=torch.full((3, 1), precision),
        accuracy=torch.ones(3),
    )


def state(*lags: int) -> tuple[torch.Tensor, ...]:
    """A memory that holds these words, the last one first."""
    return (torch.nn.functional.one_hot(torch.tensor(lags), 2).float().reshape(1, 1, 6),)


WORDS = ["zero", "one", "zero"]


def test_names_what_is_held_oldest_first() -> None:
    assert remembered(reader(0.9), state(0, 1, 0), [0, 1, 0], WORDS) == ("zero", "one", "zero")


def test_what_is_read_wrongly_is_lost() -> None:
    assert remembered(reader(0.9), state(0, 0, 0), [0, 1, 0], WORDS) == ("zero", None, "zero")
    assert remembered(reader(0.9), state(0, 1, 1), [0, 1, 0], WORDS) == ("one", "zero")


def test_what_is_read_unsurely_is_lost() -> None:
    assert remembered(reader(0.5), state(0, 1, 0), [0, 1, 0], WORDS) == ()


def test_what_is_right_more_often_than_not_is_held() -> None:
    assert remembered(reader(0.6), state(0, 1, 0), [0, 1, 0], WORDS) == ("zero", "one", "zero")


def test_of_a_word_that_is_not_known_no_more_than_that_is_remembered() -> None:
    codec = WordCodec.fit(["cats and dogs"], word_split="whitespace")
    words = ["cats", "and", "zebras", "and", "<unk>"]
    ids = codec.encode(" ".join(words))
    assert as_read(codec, ids, words) == ["cats", "and", "<unk>", "and", "<unk>"]


def test_nothing_is_remembered_from_before_the_beginning() -> None:
    assert remembered(reader(0.9), state(1, 0, 0), [1], ["one"]) == ("one",)


def test_a_short_text_gives_no_probe() -> None:
    module = LanguageModule(LanguageFields(hidden_size=8), vocabulary_size=9)
    assert fit_probe(module, TokenFile.from_ids([2, 3] * 400)) is None


def test_a_probe_reads_the_last_word_of_any_network() -> None:
    """Even with first weights a state tells which word was read last."""
    module = LanguageModule(LanguageFields(cell="elman", hidden_size=32), vocabulary_size=9)
    drawn = torch.randint(9, (4000,), generator=torch.Generator().manual_seed(1))
    probe = fit_probe(module, TokenFile.from_ids(drawn.tolist()))
    assert probe is not None
    assert float(probe.accuracy[0]) > 0.7
    assert float(probe.accuracy[0] - probe.accuracy[-1]) > 0.2


def test_the_larger_the_vocabulary_the_less_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []

    def note(model: object, text: PaddedBatch, **options: object) -> Recall:
        read.append(text.values.numel())
        return Recall("accuracy", (), 0.0, None, 0, None)

    monkeypatch.setattr("elman.tasks.language.remembering.recall", note)
    tokens = TokenFile.from_ids([2, 3] * 30_000)
    for words in (9, 200_000, 400_000, 2_000_000):
        fields = LanguageFields(hidden_size=1, embedding_size=1)
        fit_probe(LanguageModule(fields, vocabulary_size=words), tokens)
    assert read == [40_000, 20_000, 10_000, 10_000]


def test_along_a_text_each_step_is_read_as_it_is_alone() -> None:
    memories = [state(0, 0, 0), state(1, 0, 0), state(0, 1, 1)]
    along = torch.cat([memory[0] for memory in memories], 1)
    alone = [
        remembered(reader(0.9), memory, [0, 1, 0][: t + 1], WORDS[: t + 1])
        for t, memory in enumerate(memories)
    ]
    assert remembered_along(reader(0.9), (along,), [0, 1, 0], WORDS, 0) == alone
    assert remembered_along(reader(0.9), (along[:, 1:],), [0, 1, 0], WORDS, 1) == alone[1:]
