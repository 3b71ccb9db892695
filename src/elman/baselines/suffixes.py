"""Which tags an unknown word may have, by how it ends."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elman.baselines.tag_counts import TagCounts, is_capital

__all__ = ["LONGEST", "RARE", "SuffixGuesser"]

Floats = NDArray[np.float64]

LONGEST, RARE = 10, 10
"""Characters of the longest ending, and how often a word may occur to count as rare."""


@dataclass(frozen=True)
class SuffixGuesser:
    """P(tag | ending), smoothed from short endings to long ones.

    With s an ending, s′ the same without its first character, P̂ a share among rare words:

        P(t | s) = (P̂(t | s) + θ P(t | s′)) / (1 + θ)

    where θ is the standard deviation of the tags' shares in all words. Words with a capital letter
    and without have tables of their own.

    Attributes:
        endings: capital or not, and ending → number.
        offsets: where the tags of each ending begin in `tags` and `counts`.
        tags: tags by number.
        counts: how often rare words of that ending have them.
        overall: (K,) the share of each tag in all words.
        theta: θ.

    Source: Brants, "TnT – A Statistical Part-of-Speech Tagger", ANLP 2000, section 2.3.
    """

    endings: dict[tuple[bool, str], int]
    offsets: NDArray[np.int64]
    tags: NDArray[np.int64]
    counts: Floats
    overall: Floats
    theta: float

    @classmethod
    def fit(cls, counted: TagCounts) -> "SuffixGuesser":
        """Gather the endings of rare words; where no word is rare, of all."""
        K = len(counted.tags)
        words, tags = counted.pairs.T
        totals = np.bincount(words, counted.pair_counts)
        limit = RARE if (totals <= RARE).any() else totals.max()
        endings, ids, taken = dict[tuple[bool, str], int](), list[int](), list[int]()
        for pair in np.flatnonzero(totals[words] <= limit).tolist():
            for ending in _endings(counted.words[words[pair]]):
                ids.append(endings.setdefault(ending, len(endings)))
                taken.append(pair)
        codes = np.array(ids) * K + tags[taken]
        distinct, places = np.unique(codes, return_inverse=True)
        summed = np.bincount(places, counted.pair_counts[taken]).astype(np.float64)
        offsets = np.searchsorted(distinct // K, np.arange(len(endings) + 1))
        overall = np.bincount(tags, counted.pair_counts, K) / counted.pair_counts.sum()
        theta = float(overall.std(ddof=1)) if K > 1 else 1.0
        return cls(endings, offsets, distinct % K, summed, overall, theta)

    def tags_of(self, word: str) -> Floats:
        """P(tag | the word's ending), (K,), summing to 1."""
        found = self.overall
        for ending in _endings(word):
            number = self.endings.get(ending)
            if number is None:
                break  # a longer ending cannot have occurred either
            part = slice(*self.offsets[number : number + 2])
            shares = np.zeros(len(self.overall))
            shares[self.tags[part]] = self.counts[part] / self.counts[part].sum()
            theta = self.theta if ending[1] else 0.0  # rare words differ from all the others
            found = (shares + theta * found) / (1 + theta)
        return found


def _endings(word: str) -> list[tuple[bool, str]]:
    """The empty ending of a word, then longer ones."""
    capital = is_capital(word)
    return [(capital, word[len(word) - n :]) for n in range(min(len(word), LONGEST) + 1)]
