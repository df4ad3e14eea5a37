"""Draws `figures/samples.png`: samples of the best generator over time, and of the first and last population.

`python3 pictures.py SEED` trains the experiment again under that seed, now with all checkpoints kept. They
take 200 MB in `runs`.
"""

import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import jax
import numpy as np
import poptrain

from gan import generate, load

COLUMNS, SCALE, MOMENTS = 20, 3, 8
GAP = 6  # white pixels between the parts


def draw(checkpoint: Path, count: int) -> Any:
    """Samples [count, 8, 8] from 0 to 1; the noise is always the same."""
    pair = load(checkpoint / "pair.npz")
    return np.asarray(generate(pair.generator.layers, count, jax.random.key(7))).reshape(-1, 8, 8) / 2 + 0.5


def row(images: Any) -> Any:
    """Images side by side, dark on white, with a white pixel around each."""
    framed = np.pad(1 - images, ((0, 0), (1, 1), (1, 1)), constant_values=1)
    return np.hstack([image.repeat(SCALE, axis=0).repeat(SCALE, axis=1) for image in framed])


def png(pixels: Any) -> bytes:
    """A gray image of numbers from 0 to 1, as https://www.w3.org/TR/png/ wants it."""
    height, width = pixels.shape
    lines = np.pad(
        np.uint8(np.clip(pixels, 0, 1) * 255), ((0, 0), (1, 0))
    )  # each line begins with its filter: none

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def main() -> None:
    """Train, find the checkpoints of the winner's lineage, draw."""
    here, seed = Path(__file__).parent, sys.argv[1] if len(sys.argv) > 1 else "0"
    file, folder = here / ".pictures.yaml", here / "runs" / f"pictures-seed{seed}"
    file.write_text((here / "experiment.yaml").read_text() + "keep: all\n")
    command = [poptrain.find_program(), "run", file, "--seed", seed, "--run", folder]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    file.unlink()

    run = poptrain.Run(folder)
    checkpoints = {  # the folder that a member saved at an age
        (interval.member, interval.end_age): folder / "checkpoints" / str(interval.end_checkpoint)
        for interval in run.intervals()
    }
    ages = sorted({age for _, age in checkpoints})
    winner = min(run.members, key=lambda member: member.score)
    segments = list(run.schedule(member=winner.id))
    lineage = [
        next(checkpoints[segment.member, age] for segment in segments if segment.start < age <= segment.stop)
        for age in ages
    ]
    moments = np.unique(np.geomspace(1, len(ages), MOMENTS).astype(int) - 1)
    over_time = [draw(lineage[moment], COLUMNS) for moment in moments]
    populations = [
        np.concatenate([draw(checkpoints[member.id, age], 1) for member in run.members])
        for age in (ages[0], ages[-1])
    ]
    rows = [row(images) for images in [*over_time, *populations]]
    gap = np.ones((GAP, rows[0].shape[1]))
    rows.insert(len(over_time), gap)
    picture = here / "figures" / "samples.png"
    picture.parent.mkdir(exist_ok=True)
    picture.write_bytes(png(np.vstack(rows)))
    print(f"{picture}: the winner at the ages {[ages[i] for i in moments]}, then the population twice")


if __name__ == "__main__":
    main()
