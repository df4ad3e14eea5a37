"""A trial of Syne Tune: a process that trains one member until it is paused, stopped or done."""

import os
import time
from argparse import ArgumentParser
from pathlib import Path

from syne_tune import Reporter

parser = ArgumentParser()
for name, kind in [("x", float), ("intervals", int), ("bytes", int), ("seconds", float), ("folder", str)]:
    parser.add_argument(f"--{name}", type=kind)
parser.add_argument("--st_checkpoint_dir", type=Path)
arguments = parser.parse_args()

report = Reporter()
model = os.urandom(1024) * (arguments.bytes // 1024)
saved = arguments.st_checkpoint_dir / "model"
steps = arguments.st_checkpoint_dir / "steps"
new = arguments.st_checkpoint_dir.with_name("steps.new")
saved.parent.mkdir(parents=True, exist_ok=True)
first = int(steps.read_text()) if steps.exists() else 0
for step in range(first + 1, max(arguments.intervals, first + 1) + 1):  # a donor may be at the end already
    time.sleep(arguments.seconds)
    saved.write_bytes(model)
    new.write_text(str(step))
    os.replace(new, steps)  # a donor is copied while it goes on, with whatever is in the folder
    with open(f"{arguments.folder}/times", "a") as file:
        file.write(f"{time.time()}\n")
    report(step=step, score=arguments.x)
