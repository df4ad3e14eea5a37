"""The command line: `python -m poptrain.follow DIR --tensorboard OUT`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from threading import Event
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit
from urllib.request import url2pathname

from ..errors import Error, RunError
from ..program import find_program
from .claim import claim
from .follower import Follower, Tracker
from .reading import Reader, Status

UNAVAILABLE = 69
CANNOT_WRITE = 74
INTERRUPTED = 130


def main() -> None:
    """Follows a run, and ends this process with an exit status of `docs/command-line.md`."""
    arguments = _parse()
    stop = _stop_at_signals()
    os.nice(10)  # trainers and the engine come first
    try:
        reader = Reader(arguments.program or find_program(), arguments.run)
        status = reader.status()
    except Error as error:
        _fail(error, UNAVAILABLE)
    try:
        claim(status.id, _place(arguments))
        tracker = _tracker(arguments, status)
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        _fail(f"{error}: install it with `{sys.executable} -m pip install {package}`", UNAVAILABLE)
    except Error as error:
        _fail(error, CANNOT_WRITE)
    except Exception as error:
        _fail(f"the tracker cannot be used: {type(error).__name__}: {error}", CANNOT_WRITE)
    follower = Follower(reader, tracker)
    try:
        finished = follower.follow(stop)
    except RunError as error:
        _fail(error, UNAVAILABLE)
    except Exception as error:
        reason = str(error) if isinstance(error, Error) else f"{type(error).__name__}: {error}"
        _fail(f"the tracker failed: {reason}. Run the same command to continue from there", CANNOT_WRITE)
    what_next = "the run is finished" if finished else "run the same command to continue"
    try:
        os.write(sys.stdout.fileno(), f"{follower.sent} points written; {what_next}\n".encode())
    except OSError as error:
        _fail(f"standard output cannot be written: {error.strerror}", CANNOT_WRITE)
    sys.exit(0 if finished else INTERRUPTED)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("poptrain follow", description="Write a run to a tracker.")
    parser.add_argument("run", metavar="DIR", help="the folder of the run, such as runs/digits")
    tracker = parser.add_mutually_exclusive_group(required=True)
    tracker.add_argument("--tensorboard", metavar="OUT", type=Path, help="write event files into this folder")
    tracker.add_argument("--mlflow", metavar="URI", help="write to the MLflow at this address")
    tracker.add_argument("--wandb", action="store_true", help="write to Weights & Biases")
    tracker.add_argument("--trackio", action="store_true", help="write to Trackio")
    parser.add_argument(
        "--program", type=Path, help="the program poptrain, where it is not beside this package"
    )
    return parser.parse_args()


def _place(arguments: argparse.Namespace) -> str:
    """Where the points go; a file has one name wherever the command is given."""
    if arguments.tensorboard is not None:
        return str(arguments.tensorboard.resolve())
    if arguments.mlflow is not None:
        return store(arguments.mlflow)
    return "Weights & Biases" if arguments.wandb else "Trackio"


def store(uri: str) -> str:
    """Where MLflow stores what goes to an address: a folder, a file of SQLite, or a server."""
    scheme, _, path = uri.rpartition("://")
    if uri.startswith("file:"):
        return str(Path(url2pathname(urlsplit(uri).path)).resolve())
    if scheme.startswith("sqlite"):
        return f"sqlite:///{Path(path.removeprefix('/')).resolve()}"
    return uri.rstrip("/") if scheme or uri == "databricks" else str(Path(uri).resolve())


def _tracker(arguments: argparse.Namespace, run: Status) -> Tracker:
    if arguments.tensorboard is not None:
        from .tensorboard import TensorBoard

        return TensorBoard(run, arguments.tensorboard)
    if arguments.mlflow is not None:
        from .mlflow import MLflow

        return MLflow(run, arguments.mlflow)
    if arguments.wandb:
        from .wandb import WeightsAndBiases

        return WeightsAndBiases(run)
    from .trackio import Trackio

    return Trackio(run)


def _stop_at_signals() -> Event:
    """What is set at Ctrl-C and SIGTERM; a second one ends the process as if nothing was done about it."""
    stop = Event()

    def ask(number: int, _: FrameType | None) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    return stop


def _fail(why: str | Error, status: int) -> NoReturn:
    print(f"error: {why}", file=sys.stderr)
    sys.exit((why.status if isinstance(why, RunError) else None) or status)
