"""What the helpers for frameworks cost: in an interval, at a great age, and a conv net beside its bare loop.

The scripts are those of docs/frameworks.md, run by hand in this process. A helper's own time is what is spent
in python/poptrain, less what the framework spends when it is called from there.
"""

from __future__ import annotations

import argparse
import contextlib
import cProfile
import io
import os
import pstats
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
PAGE = (REPOSITORY / "docs" / "frameworks.md").read_text()
CLIENT = str(REPOSITORY / "python" / "poptrain")
INTERVALS = 10
VALUES = {
    "learning_rate": 0.01,
    "clip_range": 0.2,
    "alpha": 0.01,
    "eta": 0.1,
    "max_depth": 3,
    "num_leaves": 8,
}
STEPS = {"Stable-Baselines3": 256, "XGBoost": 5, "LightGBM": 5}
FRAMEWORKS = (
    "PyTorch", "Lightning", "Transformers", "Stable-Baselines3", "Keras", "Flax", "scikit-learn", "XGBoost",
    "LightGBM",
)  # fmt: skip


def script(heading: str, folder: Path, steps: int) -> Any:
    """The script under a heading of the page, to be run by hand."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    block = re.search(r"^```python\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert block is not None
    by_hand = f"standalone={VALUES!r}, steps={INTERVALS * steps}, interval={steps}, save_to={str(folder)!r}"
    return compile(
        block[1].replace("poptrain.intervals()", f"poptrain.intervals({by_hand})"), heading, "exec"
    )


def own_seconds(heading: str) -> tuple[float, float]:
    """The client's own seconds in an interval, and all seconds of an interval."""
    folder = Path(tempfile.mkdtemp())
    profile = cProfile.Profile()
    with contextlib.redirect_stdout(io.StringIO()):
        exec(script(heading, folder / "first", STEPS.get(heading, 40)), {})  # which imports and compiles
        program = script(heading, folder / "second", STEPS.get(heading, 40))
        start = time.perf_counter()
        profile.runcall(exec, program, {})
        seconds = time.perf_counter() - start
    shutil.rmtree(folder)
    rows = pstats.Stats(profile).stats.items()  # type: ignore[attr-defined]
    own = sum(row[2] for (file, *_), row in rows if file.startswith(CLIENT))
    return own / INTERVALS, seconds / INTERVALS


def conv_net() -> tuple[Callable[[], float], Callable[[], float]]:
    """Trains the same network for the same steps: in a bare loop, and in intervals with checkpoints."""
    import poptrain.torch
    import torch

    images = torch.randn(2048, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    labels = (images[:, 0, 14, 14] > 0).long()
    steps, interval_steps = 400, 100

    def build() -> tuple[torch.nn.Module, torch.optim.Optimizer]:
        model = torch.nn.Sequential(
            torch.nn.Conv2d(1, 8, 3), torch.nn.ReLU(), torch.nn.MaxPool2d(4), torch.nn.Flatten(),
            torch.nn.Linear(8 * 6 * 6, 10),
        )  # fmt: skip
        return model, torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

    def step(model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> None:
        batch = torch.randint(len(images), (64,))
        loss = torch.nn.functional.cross_entropy(model(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def bare() -> float:
        start = time.perf_counter()
        model, optimizer = build()
        for _ in range(steps):
            step(model, optimizer)
        return time.perf_counter() - start

    def helped() -> float:
        folder = tempfile.mkdtemp()
        start = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            for interval in poptrain.intervals(
                standalone={"learning_rate": 0.01}, steps=steps, interval=interval_steps, save_to=folder
            ):
                poptrain.torch.seed(interval)
                model, optimizer = build()
                state = poptrain.torch.State(interval, model=model, optimizer=optimizer)
                for _ in interval.steps:
                    step(model, optimizer)
                state.save()
                interval.report(loss=0.0)
        seconds = time.perf_counter() - start
        shutil.rmtree(folder)
        return seconds

    return bare, helped


def winding(age: int) -> dict[str, float]:
    """The seconds that it takes to take new schedulers to an age: one with a formula, and one without."""
    import torch
    from poptrain import schedulers
    from torch.optim import lr_scheduler

    seconds = {}
    for kind, argument in (
        (lr_scheduler.CosineAnnealingLR, age + 1),
        (lr_scheduler.MultiplicativeLR, lambda step: 0.999),
    ):
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
        scheduler = kind(optimizer, argument)
        start = time.perf_counter()
        schedulers.wind([(scheduler, age)])
        seconds[kind.__name__] = time.perf_counter() - start
    return seconds


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("frameworks", nargs="*", default=FRAMEWORKS)
    arguments = parser.parse_args()
    os.environ.setdefault("KERAS_BACKEND", "jax")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.chdir(tempfile.mkdtemp())
    print("| framework | helper's own time per interval | interval |\n|---|---|---|")
    for name in arguments.frameworks:
        own, seconds = own_seconds(name)
        print(f"| {name} | {own * 1000:.1f} ms | {seconds * 1000:.0f} ms |", flush=True)
    for kind, seconds in winding(300_000).items():
        print(f"\n{kind}, taken to age 300,000: {seconds * 1000:.2f} ms")
    bare, helped = conv_net()
    bare(), helped()
    pairs = [(bare(), helped()) for _ in range(7)]
    ratio = statistics.median(second / first for first, second in pairs)
    print(f"\nconv net, 400 steps: bare {statistics.median(first for first, _ in pairs):.2f} s, "
          f"4 intervals with checkpoints {ratio:.3f} times that")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
