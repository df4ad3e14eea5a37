"""A trial of Syne Tune: a process that trains one member until it is paused, stopped or done."""

import os
import time
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path

from syne_tune import Reporter

task = import_module(f"{os.environ['TASK']}_member")
parser = ArgumentParser()
for name in task.HYPERPARAMETERS:
    parser.add_argument(f"--{name}", type=float)
parser.add_argument("--intervals", type=int)
parser.add_argument("--folder")
parser.add_argument("--st_checkpoint_dir", type=Path)
arguments = parser.parse_args()
values = {name: getattr(arguments, name) for name in task.HYPERPARAMETERS}

report = Reporter()
member = task.Member()
saved, steps = arguments.st_checkpoint_dir / "model.npz", arguments.st_checkpoint_dir / "steps"
# Written elsewhere first: a donor is copied while it goes on, with whatever is in the folder.
new_model, new_steps = (arguments.st_checkpoint_dir.with_name(name) for name in ("new.npz", "new"))
saved.parent.mkdir(parents=True, exist_ok=True)
first = 0
if steps.exists():
    first = int(steps.read_text())
    member.load(saved)
for step in range(first + 1, max(arguments.intervals, first + 1) + 1):  # a donor may be at the end already
    score = member.train(values)
    member.save(new_model)
    os.replace(new_model, saved)
    new_steps.write_text(str(step))
    os.replace(new_steps, steps)
    with open(f"{arguments.folder}/times", "a") as file:
        file.write(f"{time.time()}\n")
    report(step=step, score=score)
