"""The lab: a local page where a network unfolds, learns and answers questions."""
