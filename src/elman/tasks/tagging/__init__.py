"""Tagging: a label for every word, from its letters and from the words around it."""
