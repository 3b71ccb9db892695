from dataclasses import replace

import torch

from elman.data.tagged import Sentence
from elman.sequences import PaddedBatch
from elman.tasks.tagging.codec import TaggingCodec
from elman.tasks.tagging.config import TaggingFields
from elman.tasks.tagging.examples import Examples
from elman.tasks.tagging.model import TaggingModule

WORDS = [["the", "dog", "saw"], ["a"], ["dog", "the"]]
CODEC = TaggingCodec.fit([Sentence(tuple(w), tuple(w)) for w in WORDS])
FIELDS = TaggingFields(
    hidden_size=5, character_size=3, character_hidden_size=4, dropout=0.0, embedding_size=6
)


def module(**options: object) -> TaggingModule:
    torch.manual_seed(0)
    fields = TaggingFields(**{**vars(FIELDS), **options})  # type: ignore[arg-type]
    return TaggingModule(fields, CODEC).double()


def test_padding_changes_nothing_and_gets_no_gradient() -> None:
    network, examples = module(), Examples(CODEC, WORDS)
    network.eval()
    together = network(examples.words([0, 1, 2]))
    for row, emissions in enumerate(together.to_list()):
        torch.testing.assert_close(emissions, network(examples.words([row])).values[0])


def test_letters_are_read_from_both_ends() -> None:
    network = module().eval()
    reader = network.characters
    assert reader is not None and reader.width == 8
    spelled = Examples(CODEC, WORDS).words([0]).spelled
    read = reader(spelled)
    x = reader.embedding(spelled.values)
    for row, length in enumerate(spelled.lengths.tolist()):
        output, _ = reader.stack(PaddedBatch.full(x[row : row + 1, :length]))
        ends = torch.cat([output.values[0, -1, :4], output.values[0, 0, 4:]])
        torch.testing.assert_close(read[row], ends)


def test_without_memory_each_word_stands_alone() -> None:
    network, examples = module().eval(), Examples(CODEC, [["the", "dog"], ["dog"]])
    off = network(examples.words([0]), memory="off").values[0]
    alone = network(examples.words([1])).values[0]
    torch.testing.assert_close(off[1:], alone)
    assert not torch.allclose(network(examples.words([0])).values[0, 1:], alone)


def test_rare_words_are_read_as_unknown_while_training() -> None:
    network = module(word_dropout=1.0, character_hidden_size=0)
    words = torch.tensor([[CODEC.word_id("dog"), CODEC.word_id("saw")]]).repeat(4000, 1)
    blanked = (network._blank(words) == 0).double().mean(0)
    torch.testing.assert_close(blanked, torch.tensor([1 / 3, 1 / 2]).double(), atol=0.03, rtol=0)
    assert torch.equal(network.eval()._blank(words), words)


def test_words_are_read_by_their_vectors_too() -> None:
    """Those that have none read zeros; no vector is ever learned."""
    codec = replace(CODEC, vector_words=("dog", "cow"))
    vectors = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    network = TaggingModule(FIELDS, codec, vectors).eval()
    words = Examples(codec, [["the", "Dog", "cow", "dog"]]).words([0])
    read = network.spell(words).values[0, :, 6:8]
    assert read.tolist() == [[0, 0], [1, 2], [3, 4], [1, 2]]
    assert not any(vectors.shape == each.shape for each in network.parameters())


def test_every_weight_learns() -> None:
    for head in ("crf", "softmax"):
        network, examples = module(head=head), Examples(CODEC, WORDS, WORDS)
        loss = network.loss(network(examples.words([0, 1])), examples.tags([0, 1]))
        loss.backward()
        assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())


def test_the_loss_is_that_of_the_right_tags_alone() -> None:
    network, examples = module(head="softmax").eval(), Examples(CODEC, WORDS, WORDS)
    emissions, tags = network(examples.words([0, 1])), examples.tags([0, 1])
    each = [
        -e.log_softmax(-1)[torch.arange(len(e)), t[: len(e)]]
        for e, t in zip(emissions.to_list(), tags, strict=True)
    ]
    torch.testing.assert_close(network.loss(emissions, tags), torch.cat(each).mean())
