from elman import choices
from elman.data.codecs import CODECS
from elman.fields import TrainingFields
from elman.kernels.layout import CELLS
from elman.tasks.language.config import LanguageConfig
from elman.training.schedules import make_schedule


def test_every_default_is_one_of_its_choices() -> None:
    config = LanguageConfig()
    for value, names in (
        (config.cell, choices.CELL_NAMES),
        (config.optimizer, choices.OPTIMIZERS),
        (config.schedule, choices.SCHEDULES),
        (config.precision, choices.PRECISIONS),
        (config.unit, choices.UNITS),
        (config.word_split, choices.WORD_SPLITS),
        (config.sequences, choices.SEQUENCES),
    ):
        assert value in names


def test_every_cell_has_its_layout() -> None:
    assert {"elman" if name == "rnn" else name for name in choices.CELL_NAMES} == set(CELLS)


def test_every_unit_has_its_codec() -> None:
    assert tuple(CODECS) == choices.UNITS


def test_every_schedule_is_made_under_its_name() -> None:
    for name in choices.SCHEDULES:
        made = make_schedule(TrainingFields(schedule=name), total_steps=2)
        assert type(made).__name__.lower() == name
