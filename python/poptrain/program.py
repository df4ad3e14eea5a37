"""The program `poptrain`, which the wheel installs beside the client: where it is, and what it answers."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
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


def ask(*arguments: str, program: Path | None = None) -> Iterator[dict[str, Any]]:
    """Runs a command of the program, and yields the JSON objects that it prints, one a line, as they come.

    Args:
        arguments: the command line.
        program: which program, if not the one that `find_program` finds.

    Raises:
        Error: there is no program.
        RunError: the program fails, with its own words; or it prints something else.
    """
    program = program or find_program()
    with closing(_lines(program, arguments)) as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except ValueError as error:
                message = f"{program} {arguments[0]} printed no JSON. {other_version(program)}"
                raise RunError(message) from error


def ask_for_text(*arguments: str) -> str:
    """The same for a command that prints text."""
    return "".join(_lines(find_program(), arguments))


def _lines(program: Path, arguments: Sequence[str]) -> Generator[str, None, None]:
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                [program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                encoding="utf-8",
                errors="surrogateescape",  # as paths are
                start_new_session=True,  # a Ctrl-C is for this process, which may want the rest
            )
        except OSError as error:
            raise RunError(
                f"{program} cannot be started: {error}. Install it again: pip install poptrain"
            ) from error
        with process:
            assert process.stdout is not None
            try:
                yield from process.stdout
            except BaseException:
                process.kill()
                raise
        if process.returncode != 0:
            errors.seek(0)
            said = errors.read().decode(errors="surrogateescape")
            raise RunError(_reason(program, arguments, said, process.returncode), process.returncode)


def ask_for_one(*arguments: str, program: Path | None = None) -> dict[str, Any]:
    """The same for a command that prints one object.

    Raises:
        Error: as with `ask`.
    """
    program = program or find_program()
    printed = list(ask(*arguments, program=program))
    if len(printed) != 1:
        what = f"{len(printed)} lines, not one"
        raise RunError(f"{program} {arguments[0]} printed {what}. {other_version(program)}")
    return printed[0]


def other_version(program: Path) -> str:
    """What to do about a program that does not know what this client asks for, or answers otherwise."""
    return f"{program} and this client (poptrain {__version__}) are of different versions: {OTHER_VERSION}"


def _reason(program: Path, arguments: Sequence[str], errors: str, status: int) -> str:
    """Why the program failed."""
    said = re.sub(r"^(error|Error): ", "", errors.split("\nUsage: ", 1)[0].strip())
    if re.match(r"Unknown option|Unexpected argument|\d+ unexpected arguments", said):
        return f"{said}. {other_version(program)}"
    if said and status != USAGE:
        return said
    return f"{said or f'nothing said, exit status {status}'} (`{shlex.join([str(program), *arguments])}`)"


def _script_folders() -> list[Path]:
    """Where pip may have put the scripts of this package."""
    packages = Path(__file__).absolute().parent.parent
    folders = [packages / "bin"]  # pip install --target
    if packages.name in ("site-packages", "dist-packages"):
        # lib/python3.x/site-packages and bin are neighbours: environments, --user, --prefix.
        folders.append(packages.parents[2] / "bin")
    return [*folders, Path(sysconfig.get_path("scripts"))]
