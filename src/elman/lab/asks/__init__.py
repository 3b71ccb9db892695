"""What the page may ask, a file a view; each has a table `ASKS` of name → handler.

The files are imported when the lab wakes, so they may import torch. A new one is added here.
"""

FILES = (
    "elman.lab.asks.classify",
    "elman.lab.asks.inspect",
    "elman.lab.asks.quiz",
    "elman.lab.asks.remember",
    "elman.lab.asks.tag",
    "elman.lab.asks.train",
    "elman.lab.asks.unfold",
)
"""The modules, by name."""
