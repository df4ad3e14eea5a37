"""One follower for each place: two would both write what is new."""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
from datetime import datetime, timezone
from pathlib import Path

from ..errors import Error


def claim(run_id: str, place: str) -> None:
    """Lets no other follower write this run to this place, until this process ends, however it ends.

    The lock is a file in the user's cache, since not every place is a folder.

    Args:
        run_id: the run.
        place: where its points go, in words for people that are the same for each follower.

    Raises:
        Error: another process has the place.
    """
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "poptrain" / "followers"
    name = hashlib.sha256(f"{run_id} {place}".encode(errors="surrogateescape")).hexdigest()[:32]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Error(
            f"no lock can be made in {folder}: {error.strerror}. "
            "Set XDG_CACHE_HOME to a folder that can be written"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock, 1000, 0).decode(errors="replace") or "another process"
        os.close(lock)
        raise Error(f"{holder}, already writes this run to {place}. Stop that one first") from None
    since = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"process {os.getpid()} on {platform.node()}, since {since}".encode(), 0)
