"""Several processes that train one model: one of them asks for intervals."""

from __future__ import annotations

import os

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
    raise Error(
        f"this process is rank {rank} ({name}={rank}), and only rank 0 asks Poptrain for intervals. "
        "Let rank 0 ask, and tell the others: torch.distributed.broadcast_object_list([task], src=0), or "
        'comm.bcast of MPI; "Several ranks" in docs/recipes.md has a script. '
        f'Where {name} means something else here, say `env: {{RANK: "0"}}` under `trainer:`'
    )


def _deciding_variable() -> str:
    """The first that is set: RANK, which a script may set itself, then those of the launchers."""
    for name in ("RANK", "LOCAL_RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK"):
        if os.environ.get(name):
            return name
    # Slurm numbers the processes of every job, also those that train on their own.
    world_size = os.environ.get("WORLD_SIZE", "")
    return "SLURM_PROCID" if world_size.isdecimal() and int(world_size) > 1 else "RANK"
