import pytest

from elman import LanguageModel
from elman.errors import ConfigError


def test_the_likeliest_text_is_the_one_it_learned(fitted: LanguageModel) -> None:
    assert fitted.generate("a b c", 12, temperature=0) == "a b c a b d\na b c a b d\na"


def test_the_same_seed_writes_the_same_text(fitted: LanguageModel) -> None:
    draw = {"temperature": 5.0, "length": 40}
    assert fitted.generate("a", seed=3, **draw) == fitted.generate("a", seed=3, **draw)
    assert fitted.generate("a", seed=3, **draw) != fitted.generate("a", seed=4, **draw)


def test_unknown_is_never_written(fitted: LanguageModel) -> None:
    assert "<unk>" not in fitted.generate("a zebra", 200, temperature=100.0)


def test_the_prompt_stays_as_it_was_given(fitted: LanguageModel) -> None:
    assert fitted.generate("a  zebra", 0) == "a  zebra"
    assert fitted.generate("a  zebra", 1).startswith("a  zebra ")


@pytest.mark.parametrize(
    "options", [{"length": -1}, {"temperature": -1.0}, {"top_p": 0.0}, {"seed": -1}]
)
def test_absurd_options_are_refused(fitted: LanguageModel, options: dict[str, float]) -> None:
    name = next(iter(options))
    with pytest.raises(ConfigError, match=f"`{name}` must be"):
        fitted.generate("a", **options)
