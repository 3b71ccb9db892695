"""From files to batches: text, codecs (text ↔ ids), token files, streams, and named data sets.

Read in this order: `text` (files to blocks of text), `codecs` (text to ids and back), `tokens`
(ids in a memory-mapped file), `streams` (windows for training), `datasets` (text by name).
"""
