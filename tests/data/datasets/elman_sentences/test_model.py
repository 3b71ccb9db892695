import numpy as np
import pytest
import torch
from torch.testing import assert_close

from elman.contracts import Steppable
from elman.data.datasets.elman_sentences import generate, machine, next_word, next_word_truncated
from elman.data.datasets.elman_sentences.model import ExactModel
from elman.errors import DataError


@pytest.fixture(scope="module")
def exact():
    return ExactModel()


def named(row):
    return {machine().words[v]: float(p) for v, p in enumerate(row.exp()) if p > 0}


def test_is_steppable(exact) -> None:
    assert isinstance(exact, Steppable)


def test_a_wiped_state_gives_the_truncated_distribution(exact) -> None:
    words = ["that", "the", "dog", "I", "love"]
    ids = torch.tensor([machine().encode(words)])
    outputs, _ = exact(ids)
    for n in range(1, len(words) + 1):
        assert named(outputs[0, n - 1]) == pytest.approx(next_word_truncated(words[:n]))


def test_after_a_full_stop_all_is_known(exact) -> None:
    words = [".", "<eos>", "cats", "that", "the", "dog", "I", "love", "chases"]
    outputs, _ = exact(torch.tensor([machine().encode(words)]))
    assert named(outputs[0, -1]) == pytest.approx(next_word(words[2:]))


def test_split_anywhere_equals_whole(exact) -> None:
    words = " <eos> ".join(generate(20, seed=2)).split()
    ids = torch.tensor([machine().encode(words)])
    whole, last = exact(ids)
    first, state = exact(ids[:, :7])
    rest, end = exact(ids[:, 7:], state)
    assert_close(torch.cat([first, rest], dim=1), whole)
    assert_close(end, last)


def test_a_reset_forgets(exact) -> None:
    ids = torch.tensor([machine().encode(["the", "dog", "I", "love"])])
    resets = torch.tensor([[False, False, True, False]])
    assert_close(exact(ids, None, resets)[0][:, 2:], exact(ids[:, 2:])[0])


def test_speaks_any_vocabulary_that_holds_the_words() -> None:
    words = machine().words
    tokens = ["<unk>", *reversed(words), "extra"]
    shuffled = ExactModel(tokens)
    ids = torch.tensor([[tokens.index(word) for word in ("I", "love", "cats")]])
    probabilities = shuffled(ids)[0].exp()[0]
    assert probabilities[:, [0, -1]].sum() == 0
    plain = ExactModel()(torch.tensor([machine().encode(["I", "love", "cats"])]))[0].exp()[0]
    order = [tokens.index(word) for word in words]
    assert_close(probabilities[:, order], plain)


def test_rows_do_not_touch_each_other(exact) -> None:
    one, two = (torch.tensor([machine().encode(s.split())]) for s in ("I love cats", "the dog is"))
    together, _ = exact(torch.cat([one, two]))
    assert_close(together, torch.cat([exact(one)[0], exact(two)[0]]))


def test_a_text_that_is_not_of_the_grammar_is_refused(exact) -> None:
    ids = torch.tensor([machine().encode(["I", "love"]), machine().encode(["I", "loves"])])
    with pytest.raises(DataError, match="words the grammar can say, got 'loves' in row 1"):
        exact(ids)


def test_a_vocabulary_that_lacks_words_is_refused() -> None:
    with pytest.raises(DataError, match="must hold all words of the grammar, lacks"):
        ExactModel(["I", "love"])


def test_loses_no_more_than_the_entropy(exact) -> None:
    words = [word for text in generate(2000, seed=3) for word in (*text.split(), "<eos>")]
    ids = torch.tensor(machine().encode(words))[:16_000].reshape(16, -1)
    outputs, _ = exact(ids[:, :-1])
    nats = -outputs.gather(2, ids[:, 1:, None])[:, 40:, 0]
    spread = float(nats.std() / np.sqrt(nats.numel()))
    assert abs(float(nats.mean()) - machine().entropy()) < 4 * spread
