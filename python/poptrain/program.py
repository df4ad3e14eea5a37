"""Where the program `poptrain` is, which the wheel installs beside the client."""

from __future__ import annotations

import os
import shutil
import sysconfig
from pathlib import Path

from .errors import Error


def find_program() -> Path:
    """The path of the program `poptrain`.

    The one that was installed with this client comes first, then the one on `PATH`.

    Raises:
        Error: there is none.
    """
    beside = [folder / "poptrain" for folder in _script_folders()]
    for program in beside:
        if program.is_file() and os.access(program, os.X_OK):
            return program
    if on_path := shutil.which("poptrain"):
        return Path(on_path)
    looked_at = ", ".join(map(str, dict.fromkeys(beside)))
    raise Error(
        f"the program poptrain is neither on PATH nor beside this client ({looked_at}). "
        "On Linux x86_64 `pip install poptrain` brings it; elsewhere, build it from Poptrain's sources: "
        "`make install PREFIX=~/.local`"
    )


def _script_folders() -> list[Path]:
    """Where pip may have put the scripts of this package."""
    packages = Path(__file__).absolute().parent.parent
    folders = [packages / "bin"]  # pip install --target
    if packages.name in ("site-packages", "dist-packages"):
        # lib/python3.x/site-packages and bin are neighbours: environments, --user, --prefix.
        folders.append(packages.parents[2] / "bin")
    return [*folders, Path(sysconfig.get_path("scripts"))]
