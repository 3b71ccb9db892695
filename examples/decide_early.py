"""When can a decision be taken? A classifier answers after every sample, and is more often right.

The task: a noisy walk that drifts up or down. A single sample says little; the memory gathers what
they say together.
"""

import tempfile
from pathlib import Path

import numpy as np

import elman

DRIFT, STEPS = 0.4, 40


def write(path: Path, count: int, seed: int) -> Path:
    """Walks of 40 samples and their classes, as arrays."""
    random = np.random.default_rng(seed)
    up = random.random(count) < 0.5
    steps = random.normal(np.where(up, DRIFT, -DRIFT)[:, None], 1, (count, STEPS))
    np.savez(path, X=steps[:, :, None], y=np.where(up, "up", "down"))
    return path


def main() -> None:
    """Train, say how early answers are right, and follow one walk."""
    with tempfile.TemporaryDirectory() as folder:
        train, test = (
            write(Path(folder) / f"{name}.npz", count, seed)
            for name, count, seed in (("train", 400, 0), ("test", 200, 1))
        )
        model = elman.Classifier(hidden_size=16, epochs=10, baselines=False).fit(train)
        print(model.early_accuracy(test))
        print()
        steps = model.predict_proba_steps(test)[0]
        for seen in (1, 5, 10, 20, 40):
            best = int(steps[seen - 1].argmax())
            print(
                f"after {seen:2} samples: {model.classes[best]}, {steps[seen - 1, best]:.0%} sure"
            )


if __name__ == "__main__":
    main()
