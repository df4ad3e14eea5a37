"""`python -m poptrain.follow`, which `poptrain follow` starts."""

from __future__ import annotations

from . import main

if __name__ == "__main__":
    main()
