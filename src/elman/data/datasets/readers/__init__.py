"""Readers, one for each package: its files → (split, document)."""
