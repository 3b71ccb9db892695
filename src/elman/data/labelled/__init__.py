"""Labelled examples: a text or a series, its class, and where it comes from.

Read in this order: `labelled` (the type), `tables` (CSV by names of columns), `texts` (files to
labelled texts), `kinds` (texts or series?). Labelled series are read by `elman.data.series`.
"""

from elman.data.labelled.kinds import kind_of
from elman.data.labelled.labelled import ColumnNames, Labelled, classes_of
from elman.data.labelled.texts import read_texts

__all__ = ["ColumnNames", "Labelled", "classes_of", "kind_of", "read_texts"]
