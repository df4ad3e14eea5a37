"""Makes the pictures of docs/dashboard.md and of the README: trains the digits, and photographs the dashboard.

Usage: .venv/bin/python scripts/dashboard-pictures.py [PROGRAM]   (.build/release/poptrain)
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

from tests.browser import Browser

PICTURES = {
    "overview": ("view=overview&smooth=0.6", 1200, 860, "light"),
    "overview-dark": ("view=overview&smooth=0.6", 1200, 860, "dark"),
    "lineages": ("view=lanes", 1200, 640, "light"),
    "schedules": ("view=schedules", 1200, 940, "light"),
    "values": ("view=values", 1200, 940, "light"),
    "member": ("view=member&member={best}", 1200, 1100, "light"),
    "findings": ("view=findings", 1200, 700, "light"),
    "compare": ("view=compare&versus=digits,random", 1200, 900, "light"),
}


def main() -> None:
    program = Path(
        sys.argv[1] if len(sys.argv) > 1 else ROOT / ".build/release/poptrain"
    ).resolve()
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "examples/digits", folder, dirs_exist_ok=True)
        experiment = (folder / "experiment.yaml").read_text()
        random = re.sub(r"(?m)^exploit:.*\nexplore:.*\n", "exploit: none\n", experiment)
        (folder / "random.yaml").write_text(
            random.replace("name: digits", "name: random")
        )
        for file in ("experiment.yaml", "random.yaml"):
            subprocess.run(
                [program, "run", file],
                cwd=folder,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        dashboard = [program, "dashboard", "runs", "--port", "0"]
        with subprocess.Popen(
            dashboard, cwd=folder, stdout=subprocess.PIPE, text=True
        ) as server:
            try:
                assert server.stdout
                url = next(
                    found.group()
                    for line in server.stdout
                    if (found := re.search(r"http://\S+", line))
                )
                take(url)
            finally:
                server.terminate()


def take(url: str) -> None:
    for name, (view, width, height, scheme) in PICTURES.items():
        with Browser(width, height, scheme=scheme) as browser:
            browser.open(f"{url}#run=digits")
            best = browser.run(
                "document.querySelector('.facts a').href.match(/member=(\\d+)/)[1]"
            )
            browser.run(f"location.hash = {'#run=digits&' + view.format(best=best)!r}")
            # Some views ask for more before they draw, and say "Loading…".
            browser.wait(
                "document.querySelector('main .card') && !/…$/m.test(document.querySelector('main').innerText)"
            )
            browser.run(
                "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
            )
            browser.screenshot(str(ROOT / f"docs/images/dashboard-{name}.webp"))


main()
