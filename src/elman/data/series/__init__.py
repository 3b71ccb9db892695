"""Labelled series of several channels: .ts, .npz, and tables in long form (CSV, Parquet).

Read in this order: `reading` (files to series), `ts_file`, `npz_file`, `long_table`.
"""

from elman.data.series.reading import Series, read_series

__all__ = ["Series", "read_series"]
