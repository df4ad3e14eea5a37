"""Writes a run to a tracker, also while it is being trained: `python -m poptrain.follow`.

    claim.py        lets no second follower write to the same place
    reading.py      asks the program
    points.py       the points of a run: what a tracker is told, in an order that never changes
    follower.py     sends each point once, until the run is finished
    command.py      the command line
    tensorboard.py, mlflow.py, wandb.py, trackio.py     a tracker each; imports its package when it is made

A tracker says itself how many points of a member it holds, and the follower sends those after them. So a
follower that is killed and started again neither loses nor repeats a point. It only reads the run.
"""

from __future__ import annotations

from .command import main

__all__ = ["main"]
