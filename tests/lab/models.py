"""Small language models with known weights, for the lab to show."""

import torch

from elman.data.codecs import WordCodec
from elman.tasks.language.config import LanguageConfig
from elman.tasks.language.trained import Trained, build

WORDS = ["I", "love", "cats", "dogs", ".", "very", "and", "you"]


def random_model(cell, **options):
    """An untrained network whose weights are large enough to make every step differ."""
    config = LanguageConfig(cell=cell, hidden_size=5, dropout=0.0, **options)
    codec = WordCodec.fit([" ".join(WORDS)], word_split="whitespace")
    torch.manual_seed(3)
    module = build(config, codec.size).eval()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.uniform_(-1, 1)
    return Trained(config=config, codec=codec, module=module)
