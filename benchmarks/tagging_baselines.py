"""The statistical taggers a network must beat: accuracy on Brown and treebanks, and what it costs.

    python benchmarks/tagging_baselines.py          every tagged data set, without the CRF
    python benchmarks/tagging_baselines.py crf      with it: its fit takes minutes, on Brown longer

Accuracy is over all words of the test split, and over those that training never saw. With more than
50 tags the CRF is fitted by ten passes of the averaged perceptron (see `elman.baselines.crf`).
Seconds are the processor's.
"""

import sys
import time
from collections.abc import Sequence

from elman.baselines.crf import CRF
from elman.baselines.most_frequent_tag import MostFrequentTag
from elman.baselines.trigram_hmm import TrigramHMM
from elman.data import datasets
from elman.data.tagged import Sentence, format_of, read_tagged
from report import publish

NAMES = ("brown", "petrogold", "porttinari", "turkish-web", "turkish-wiki")


def table(names: Sequence[str], kinds: Sequence[type[MostFrequentTag | TrigramHMM | CRF]]) -> str:
    """Each data set's rows."""
    lines = [
        "| data | model | accuracy | unknown words | share unknown | fit, s | words/s |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in names:
        files = datasets.fetch(name)
        written = format_of(files.train)
        train, test = (list(read_tagged([path], written)) for path in (files.train, files.test))
        known = {word for sentence in train for word in sentence.words}
        for kind in kinds:
            started = time.process_time()
            model = kind.fit(train)
            fitted = time.process_time()
            found = [model.tag(sentence.words) for sentence in test]
            tagged = time.process_time()
            seconds = (fitted - started, tagged - fitted)
            lines.append(f"| {name} | {model.name} | {row(test, found, known, seconds)} |")
    return "\n".join(lines)


def row(
    test: Sequence[Sentence],
    found: Sequence[Sequence[str]],
    known: set[str],
    seconds: tuple[float, float],
) -> str:
    """The cells of one model."""
    right, unknown_right, unknown, words = 0, 0, 0, 0
    for sentence, tags in zip(test, found, strict=True):
        for word, tag, guess in zip(sentence.words, sentence.tags, tags, strict=True):
            words += 1
            right += tag == guess
            unknown += word not in known
            unknown_right += tag == guess and word not in known
    fit_s, tag_s = seconds
    return (
        f"{right / words:.2%} | {unknown_right / unknown:.2%} | {unknown / words:.1%}"
        f" | {fit_s:.1f} | {words / tag_s:,.0f}"
    )


if __name__ == "__main__":
    with_crf = sys.argv[1:] == ["crf"]
    publish(
        "Statistical taggers",
        table(NAMES, (MostFrequentTag, TrigramHMM, *([CRF] if with_crf else []))),
        command=" ".join(["python", "benchmarks/tagging_baselines.py", *sys.argv[1:]]),
    )
