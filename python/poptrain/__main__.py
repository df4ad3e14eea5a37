"""`python -m poptrain`: runs the program with the same arguments."""

from __future__ import annotations

import os
import sys

from . import Error, __version__, find_program


def main() -> None:
    """Replaces this process by the program."""
    try:
        program = find_program()
    except Error as error:
        sys.exit(f"error: {error}")
    if sys.argv[1:] == ["--version"]:
        print(f"poptrain {__version__}, Python client", flush=True)
    os.execv(program, [str(program), *sys.argv[1:]])


if __name__ == "__main__":
    main()
