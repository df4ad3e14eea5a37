"""Several processes that train one model: one of them asks for intervals."""

from __future__ import annotations

import contextlib
import json
import os
import socket

from .errors import Error


def check_rank() -> None:
    """Looks whether this is the process that may ask.

    Raises:
        Error: a launcher such as torchrun has started it as another rank than 0.
    """
    name = _deciding_variable()
    rank = os.environ.get(name, "0")
    if not rank.isdecimal() or int(rank) == 0:
        return
    launcher = "Where Lightning started it, use torchrun. " if name == "LOCAL_RANK" else ""
    message = (
        f"this process is rank {rank} ({name}={rank}), and only rank 0 asks Poptrain for intervals. "
        f"{launcher}Loop over poptrain.distributed.intervals() on every rank. "
        "Or let rank 0 ask, and tell the others: "
        "torch.distributed.broadcast_object_list([task], src=0), or comm.bcast of MPI; "
        '"Several ranks" in docs/recipes.md has a script. '
        f'Where {name} means something else here, say `env: {{RANK: "0"}}` under `trainer:`'
    )
    _tell(message)
    raise Error(message)


def _tell(message: str) -> None:
    """Tells Poptrain, which may otherwise see nothing but good intervals of rank 0."""
    path = os.environ.get("POPTRAIN_SOCKET")
    if not path:
        return
    line = json.dumps({"type": "failed", "message": message, "retry": False}).encode() + b"\n"
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(path)
        connection.sendall(line)


def _deciding_variable() -> str:
    """The first that is set: RANK, which a script may set itself, then those of the launchers."""
    for name in ("RANK", "LOCAL_RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK"):
        if os.environ.get(name):
            return name
    # Slurm numbers the processes of every job, also those that train on their own.
    world_size = os.environ.get("WORLD_SIZE", "")
    return "SLURM_PROCID" if world_size.isdecimal() and int(world_size) > 1 else "RANK"
