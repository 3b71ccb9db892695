"""Small language models with weights by chance, for the browser to run."""

import numpy as np
import torch

from elman.data.codecs import Codec
from elman.data.codecs.characters import CharacterCodec
from elman.data.codecs.words import WordCodec
from elman.data.tokens import encode_text
from elman.tasks.language.config import LanguageConfig
from elman.tasks.language.remembering import fit_probe
from elman.tasks.language.trained import Trained, build

TEXT = "I love cats .\nthe dog that I love chases cats\nyou will have cats and dogs , very well !\n"


def random_model(*, unit: str = "word", probe: bool = True, **options: object) -> Trained:
    """A model whose weights are large enough that every word matters."""
    torch.manual_seed(1)
    config = LanguageConfig(unit=unit, **options)
    text = TEXT * 160
    codec: Codec = (WordCodec if unit == "word" else CharacterCodec).fit(text.splitlines())
    module = build(config, codec.size).eval()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_(0, 0.5)
    shuffled = "\n".join(np.random.default_rng(0).permutation(text.splitlines()))
    tokens = encode_text(shuffled, codec, boundaries=config.sequences)
    return Trained(config, codec, module, probed=fit_probe(module, tokens) if probe else None)
