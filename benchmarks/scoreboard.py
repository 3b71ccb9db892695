"""What the networks of docs/results.md reach beside what they must beat, for the README.

    python benchmarks/scoreboard.py

Reads the sections that other scripts wrote, and puts one line of each between the README's marks.
Every script that writes a section calls it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README, RESULTS = ROOT / "README.md", ROOT / "docs" / "results.md"
MARKS = (
    "<!-- scores, from docs/results.md by benchmarks/scoreboard.py -->",
    "<!-- end of scores -->",
)
HEAD = "| task and data | score | network | memory wiped | beside it |\n|---|---|---|---|---|"
DATA = {
    "lstm": "language: Penn Treebank, LSTM",
    "elman": "language: Penn Treebank, Elman network",
    "brown": "tagging: Brown Corpus, 190 tags",
    "brown, with glove": "tagging: Brown Corpus, word vectors read too",
    "petrogold": "tagging: Portuguese theses",
    "porttinari": "tagging: Portuguese news",
    "turkish-web": "tagging: Turkish web sentences",
    "turkish-wiki": "tagging: Turkish Wikipedia",
    "japanese-vowels": "classification: speakers by a vowel",
    "basic-motions": "classification: motions of a watch",
    "spoken-digits": "classification: spoken digits",
    "pendigits": "classification: pen strokes of digits",
    "wrist-motion": "classification: exercises by a watch, unseen people",
    "sotu-eras": "classification: eras of speeches",
}
"""What a section's last words stand for, in the order of the table."""


def scoreboard(results: str) -> str:
    """The table, from the text of docs/results.md.

    Args:
        results: its text.
    """
    sections = dict(re.findall(r"(?ms)^## ([^\n]+)\n(.*?)(?=^## |\Z)", results))
    lines = [HEAD]
    for name, told in DATA.items():
        for kind in ("Penn Treebank", "Tagging", "Classification"):
            body = sections.get(f"{kind}: {name}")
            if body is not None:
                cells = [told, *_READERS[kind](list(_rows(body)))]
                if kind == "Tagging":
                    text = name.partition(",")[0]
                    cells[-1] = ", ".join([*_crf(sections, text), cells[-1]])
                lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _crf(sections: dict[str, str], name: str) -> list[str]:
    """What a CRF of features reaches on a text, which takes a package and minutes of its own."""
    rows = _rows(sections.get("Statistical taggers", ""))
    return [f"CRF {row[2].removesuffix('%')}" for row in rows if row[:2] == [name, "CRF"]]


def _rows(body: str) -> Iterator[list[str]]:
    """The cells of all lines of a section's tables, marks taken off."""
    for line in body.splitlines():
        if line.startswith("|") and not set(line) <= set("|- "):
            yield [cell.strip().replace("**", "") for cell in line.strip("|").split("|")]


def _language(rows: list[list[str]]) -> list[str]:
    """Score, network, memory wiped, baseline: of a language model's facts."""
    facts = {row[0]: row[1] for row in rows if len(row) == 2}
    baseline = "5-gram modified Kneser–Ney"
    return [
        "perplexity",
        facts["test perplexity"],
        facts["memory wiped before every word, test"],
        f"{baseline} {facts[f'{baseline}, test']}",
    ]


def _tagging(rows: list[list[str]]) -> list[str]:
    """The same of a tagger's scores."""
    titles = rows[0]
    scores = next(row for row in rows if row[0] == "accuracy")
    beside = [f"{name} {value}" for name, value in zip(titles[3:], scores[3:], strict=True)]
    return ["accuracy, %", scores[1], scores[2], ", ".join(beside)]


def _classification(rows: list[list[str]]) -> list[str]:
    """The same of a classifier's, whose memory is not wiped there."""
    found = dict(zip(rows[0], rows[1], strict=True))
    return ["accuracy, %", found["accuracy, %"], "–", found["baselines' accuracy, %"]]


_READERS = {
    "Penn Treebank": _language,
    "Tagging": _tagging,
    "Classification": _classification,
}


def refresh() -> None:
    """Put the table into the README."""
    show_in_readme(MARKS, scoreboard(RESULTS.read_text()))


def show_in_readme(marks: tuple[str, str], block: str) -> None:
    """Put a block between two marks of the README, in place of what stood there."""
    before, _, rest = README.read_text().partition(marks[0])
    _, _, after = rest.partition(marks[1])
    README.write_text(f"{before}{marks[0]}\n{block}\n{marks[1]}{after}")


if __name__ == "__main__":
    refresh()
