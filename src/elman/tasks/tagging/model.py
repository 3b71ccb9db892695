"""The network of a tagger: words and their characters, recurrent stack, head."""

import torch
from torch import Tensor
from torch.nn import Embedding, Linear, Module, init
from torch.nn import functional as F

from elman.contracts import State
from elman.nn.crf import CRF
from elman.nn.dropout import Dropout
from elman.sequences import PaddedBatch
from elman.tasks.stacks import kind_of, recurrent_stack
from elman.tasks.tagging.codec import UNKNOWN_ID, TaggingCodec
from elman.tasks.tagging.config import TaggerFields
from elman.tasks.tagging.examples import Words

__all__ = ["CharacterReader", "TaggingModule"]

DEFAULT_WIDTH = 100


class CharacterReader(Module):
    """Reads each word letter by letter, from both ends, and keeps what it remembers at the end.

    Shapes: U words, C characters, H units.

    Args:
        fields: the widths.
        characters: how many there are, the unknown one counted.
    """

    def __init__(self, fields: TaggerFields, characters: int) -> None:
        super().__init__()
        self.embedding = Embedding(characters, fields.character_size)
        self.stack = kind_of(fields.cell)(
            fields.character_size,
            fields.character_hidden_size,
            batch_first=True,
            bidirectional=True,
        )

    @property
    def width(self) -> int:
        """Numbers that stand for a word: 2·H."""
        return 2 * self.stack.hidden_size

    def forward(self, spelled: PaddedBatch) -> Tensor:
        """The numbers of characters, (U, C), to what stands for each word, (U, 2·H)."""
        _, state = self.stack(spelled.with_values(self.embedding(spelled.values)))
        ends: Tensor = state[0].transpose(0, 1).flatten(1)
        return ends


class TaggingModule(Module):
    r"""Scores every tag of every word.

        x_t = [E[word_t]; vector(word_t); characters(word_t)]     (I,)
        h_t = stack(x)_t                          (D·H,)
        e_t = W h_t + c                           emissions, (K,)
        p(y) = softmax or CRF of e

    While training, a word seen n times is read as unknown with probability d / (d + n), so that the
    unknown word is learned; its characters, and its vector if it has one, are read all the same.
    Vectors stay as they are, so that words are understood by them which training never saw.

    Shapes: B sentences, T words, I inputs, D directions, H hidden units, K tags.

    Args:
        fields: what the network is made of.
        codec: its words, characters and tags.
        vectors: (V, N), a vector of N numbers for each of `codec.vector_words`; None for none.

    Source: Lample et al., NAACL 2016; word dropout: Kiperwasser and Goldberg, TACL 2016.
    """

    vectors: Tensor

    def __init__(
        self, fields: TaggerFields, codec: TaggingCodec, vectors: Tensor | None = None
    ) -> None:
        super().__init__()
        width = fields.embedding_size or DEFAULT_WIDTH
        self.embedding = Embedding(len(codec.counts) + 1, width)
        table = torch.empty(0, 0) if vectors is None else vectors
        self.register_buffer("vectors", table, persistent=False)
        width += table.shape[1]
        self.characters: CharacterReader | None = None
        if fields.character_hidden_size:
            self.characters = CharacterReader(fields, len(codec.characters) + 1)
            width += self.characters.width
        self.stack = recurrent_stack(fields, width, bidirectional=fields.bidirectional)
        self.head = Linear(fields.hidden_size * (2 if fields.bidirectional else 1), len(codec.tags))
        self.crf = CRF(len(codec.tags)) if fields.head == "crf" else None
        self.dropout = Dropout(fields.dropout)
        self.word_dropout = fields.word_dropout
        counts = torch.tensor([1, *codec.counts.values()], dtype=torch.float32, device="cpu")
        self.register_buffer("counts", counts, persistent=False)
        init.uniform_(self.embedding.weight, -0.1, 0.1)

    @property
    def device(self) -> torch.device:
        """Where the network stands."""
        return self.head.weight.device

    def spell(self, words: Words) -> PaddedBatch:
        """What the stack reads, x of each word, (B, T, I); each different word is spelled once."""
        places = words.places.values
        x = [self.embedding(self._blank(words.words[places]))]
        if self.vectors.shape[1]:
            number = words.vectors[places]
            x.append(self.vectors[number - 1].masked_fill(number[:, :, None] == 0, 0))
        if self.characters is not None:
            x.append(self.characters(words.spelled)[places])
        return words.places.with_values(self.dropout(torch.cat(x, -1)))

    def read(self, x: PaddedBatch, state: State | None = None) -> tuple[PaddedBatch, State]:
        """Emissions, (B, T, K), of what `spell` gives, and the state afterwards."""
        y, state = self.stack(x, state)
        return y.with_values(self.head(self.dropout(y.values))), state

    def forward(self, words: Words, *, memory: str = "on") -> PaddedBatch:
        """Emissions, (B, T, K); memory "off" wipes the state before each word."""
        x = self.spell(words)
        if memory == "off":
            wiped = torch.ones(x.values.shape[:2], dtype=torch.bool, device=x.values.device)
            x = PaddedBatch(x.values, x.lengths, wiped)
        return self.read(x)[0]

    def loss(self, emissions: PaddedBatch, tags: Tensor) -> Tensor:
        """Minus the mean log probability of a tag, in nats per word.

        Args:
            emissions: (B, T, K).
            tags: (B, T).
        """
        if self.crf is not None:
            return -self.crf.log_likelihood(emissions, tags).sum() / emissions.lengths.sum()
        mask = emissions.mask
        return F.cross_entropy(emissions.values[mask], tags[mask])

    def decode(self, emissions: PaddedBatch) -> Tensor:
        """The tags to choose, (B, T)."""
        if self.crf is not None:
            return self.crf.decode(emissions)[0]
        return emissions.values.argmax(-1)

    def probabilities(self, emissions: PaddedBatch) -> Tensor:
        """The probability of every tag of every word, (B, T, K)."""
        if self.crf is not None:
            return self.crf.marginals(emissions)
        return emissions.values.softmax(-1)

    def probabilities_so_far(self, emissions: PaddedBatch) -> Tensor:
        """The same given the words up to each alone, where the stack reads forward alone."""
        if self.crf is None:
            return self.probabilities(emissions)
        return torch.stack(self.crf.forward_messages(emissions), 1).softmax(-1)

    def _blank(self, words: Tensor) -> Tensor:
        """Words, some of them unknown while training."""
        if not self.training or self.word_dropout == 0:
            return words
        counts = self.get_buffer("counts")
        rarity = self.word_dropout / (self.word_dropout + counts)
        drawn = torch.rand(words.shape, device=words.device) < rarity[words]
        return words.masked_fill(drawn, UNKNOWN_ID)
