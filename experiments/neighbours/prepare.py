"""Writes data/digits.txt, the handwritten digits of scikit-learn, unless it is there.

A line for each of the 1,797 digits, in scikit-learn's order: its label, and a letter from `a` (0) to `q`
(16) for each of its 64 pixels.
"""

import pathlib

FILE = pathlib.Path(__file__).resolve().parent / "data" / "digits.txt"


def write() -> None:
    """Writes the file, whole or not at all."""
    from sklearn.datasets import load_digits  # slow to import, and not needed once the file is there

    lines = [
        f"{label}{''.join(chr(ord('a') + int(pixel)) for pixel in pixels)}\n"
        for pixels, label in zip(*load_digits(return_X_y=True), strict=True)
    ]
    FILE.parent.mkdir(exist_ok=True)
    unfinished = FILE.with_suffix(".unfinished")
    unfinished.write_text("".join(lines))
    unfinished.replace(FILE)


if __name__ == "__main__":
    if not FILE.exists():
        write()
    print(FILE)
