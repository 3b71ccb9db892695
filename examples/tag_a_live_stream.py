"""Tag words as they come: a recurrent network in one direction needs no end of the sentence.

"love" is a verb after "I" and a noun after "a": only who remembers the word before can tell.
"""

import tempfile
from pathlib import Path

import elman

TEXT = """\
I/PRON love/VERB cats/NOUN ./PUNCT
you/PRON have/VERB a/DET love/NOUN of/ADP dogs/NOUN ./PUNCT
I/PRON have/VERB cats/NOUN ./PUNCT
"""


def main() -> None:
    text = Path(tempfile.mkdtemp()) / "tagged.txt"
    text.write_text(TEXT * 100)
    tagger = elman.Tagger(
        bidirectional=False, hidden_size=24, epochs=3, learning_rate=0.01, threads=1
    ).fit(text)
    stream = tagger.stream()
    for sentence in ("I love dogs .", "you have a love of catsnips ."):
        for word in sentence.split():
            tagged = stream.read(word)
            print(f"{word:10}{tagged.tag:8}{tagged.probability:.0%}")
        stream.end()
        print()
    off = tagger.score(text, memory="off")["accuracy"].value
    on = tagger.score(text)["accuracy"].value
    print(f"accuracy {on:.1f} %; with the memory wiped before each word {off:.1f} %")


if __name__ == "__main__":
    main()
