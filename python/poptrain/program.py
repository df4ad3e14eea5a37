"""The program `poptrain`, which the wheel installs beside the client: where it is, and what it answers."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from .errors import Error, RunError
from .version import OTHER_VERSION, __version__

USAGE = 64
"""The exit status for a command line that cannot be right; what is said then names no place."""


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


def ask(*arguments: str) -> list[dict[str, Any]]:
    """Runs a command of the program, and returns the JSON objects that it prints, one a line.

    Raises:
        Error: as with `ask_for_text`.
    """
    printed = ask_for_text(*arguments)
    try:
        return [json.loads(line) for line in printed.splitlines()]
    except ValueError as error:
        program = find_program()
        raise RunError(f"{program} {arguments[0]} printed no JSON. {other_version(program)}") from error


def ask_for_text(*arguments: str) -> str:
    """Runs a command of the program, and returns what it prints.

    Raises:
        Error: there is no program.
        RunError: the program fails, with its own words; or it prints something else.
    """
    program = find_program()
    try:
        answer = subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",  # as paths are
        )
    except OSError as error:
        raise RunError(
            f"{program} cannot be started: {error}. Install it again: pip install poptrain"
        ) from error
    if answer.returncode != 0:
        raise RunError(_reason(program, answer))
    return answer.stdout


def ask_for_one(*arguments: str) -> dict[str, Any]:
    """The same for a command that prints one object.

    Raises:
        Error: as with `ask`.
    """
    printed = ask(*arguments)
    if len(printed) != 1:
        program = find_program()
        what = f"{len(printed)} lines, not one"
        raise RunError(f"{program} {arguments[0]} printed {what}. {other_version(program)}")
    return printed[0]


def other_version(program: Path) -> str:
    """What to do about a program that does not know what this client asks for, or answers otherwise."""
    return f"{program} and this client (poptrain {__version__}) are of different versions: {OTHER_VERSION}"


def _reason(program: Path, answer: subprocess.CompletedProcess[str]) -> str:
    """Why the program failed."""
    said = re.sub(r"^(error|Error): ", "", answer.stderr.split("\nUsage: ", 1)[0].strip())
    if re.match(r"Unknown option|Unexpected argument|\d+ unexpected arguments", said):
        return f"{said}. {other_version(program)}"
    if said and answer.returncode != USAGE:
        return said
    command = shlex.join(map(str, answer.args))
    return f"{said or f'nothing said, exit status {answer.returncode}'} (`{command}`)"


def _script_folders() -> list[Path]:
    """Where pip may have put the scripts of this package."""
    packages = Path(__file__).absolute().parent.parent
    folders = [packages / "bin"]  # pip install --target
    if packages.name in ("site-packages", "dist-packages"):
        # lib/python3.x/site-packages and bin are neighbours: environments, --user, --prefix.
        folders.append(packages.parents[2] / "bin")
    return [*folders, Path(sysconfig.get_path("scripts"))]
