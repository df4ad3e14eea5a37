"""The data: scikit-learn's handwritten digits, with wrong labels among those to train on.

900 images to train, 300 to choose between models, 597 to measure the one that was chosen. Each label to train
on is wrong with a probability of 0.4 (395 of the 900 are); those to choose and to measure by are all right.

`python3 prepare.py` writes data/digits.npz. The trainer does so too where the file is not there yet.
"""

import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FILE = Path(__file__).resolve().parent / "data" / "digits.npz"
SIZES = {"train": 900, "validation": 300, "test": 597}
WRONG = 0.4

Images = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


def digits() -> dict[str, tuple[Images, Labels]]:
    """Images (64 pixels from 0 to 1) and labels of `train`, `validation` and `test`."""
    if not is_valid():
        write()
    with np.load(FILE) as arrays:
        return {name: (arrays[f"{name}_images"], arrays[f"{name}_labels"]) for name in SIZES}


def is_valid() -> bool:
    """Whether the file is there and whole."""
    try:
        with np.load(FILE) as arrays:
            shapes = [(arrays[f"{name}_images"].shape, arrays[f"{name}_labels"].shape) for name in SIZES]
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile):
        return False
    return shapes == [((size, 64), (size,)) for size in SIZES.values()]


def write() -> None:
    """Write the file, whole or not at all; several processes may do so at once."""
    # Here and not above: slow to import, and not needed once the file is there.
    from sklearn.datasets import load_digits  # type: ignore[import-untyped]

    pixels, labels = load_digits(return_X_y=True)
    rng = np.random.default_rng(0)
    order = rng.permutation(len(labels))
    images, labels = (pixels[order] / 16).astype(np.float32), labels[order].astype(np.int64)

    wrong = np.flatnonzero(rng.random(SIZES["train"]) < WRONG)
    labels[wrong] = (labels[wrong] + rng.integers(1, 10, size=len(wrong))) % 10

    arrays: dict[str, Any] = {}
    start = 0
    for name, size in SIZES.items():
        arrays[f"{name}_images"] = images[start : start + size]
        arrays[f"{name}_labels"] = labels[start : start + size]
        start += size

    FILE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FILE.parent) as folder:
        unfinished = Path(folder) / FILE.name
        np.savez(unfinished, **arrays)
        unfinished.replace(FILE)


if __name__ == "__main__":
    if not is_valid():
        write()
    print(FILE)
