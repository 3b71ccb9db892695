import pytest

from elman.errors import CheckpointError
from elman.training.clipping import ClipReport
from elman.training.meter import Meter


def test_means_are_weighted_as_they_should_be() -> None:
    meter = Meter()
    meter.add(2.0, 10, ClipReport(4.0, {"l0": 3.0}, 0.25, 0.0), 0.5)
    meter.add(5.0, 20, ClipReport(1.0, {"l0": 1.0, "head": 0.5}, 1.0, 0.5), 1.5)
    assert meter.record() == {
        "loss": 4.0,
        "gradient_norm": 2.5,
        "gradient_norm_max": 4.0,
        "gradient_norms": {"l0": 2.0, "head": 0.25},
        "clipped_steps": 0.5,
        "clip_scale": 0.25,
        "clipped_values": 0.25,
        "items_per_s": 15.0,
    }


def test_an_empty_meter_reads_zero() -> None:
    record = Meter().record()
    assert (record.pop("clip_scale"), record.pop("gradient_norms")) == (1.0, {})
    assert set(record.values()) == {0.0}


def test_it_goes_on_as_it_was_and_refuses_anything_else() -> None:
    meter = Meter()
    meter.add(0.1, 3, ClipReport(0.2, {"l0": 0.2}, 1.0, 0.0), 0.3)
    assert Meter.from_state(meter.state_dict(), "here") == meter
    with pytest.raises(CheckpointError, match="here: `meters` must hold a meter's sums"):
        Meter.from_state({"steps": 1}, "here")
