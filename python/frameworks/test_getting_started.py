"""docs/getting-started.md, as written: every command after the installation, and the script."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from population import PATIENCE, REPOSITORY, environment, program

PAGE = (REPOSITORY / "docs" / "getting-started.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_the_page(tmp_path: Path) -> None:
    _install, *commands = blocks("sh")
    (script,) = blocks("python")
    installed = environment()
    installed["PATH"] = f"{program().parent}:{installed['PATH']}"
    folder = tmp_path
    printed = []
    for command in commands:
        if "use.py" in command:
            (folder / "use.py").write_text(script)
        answer = subprocess.run(
            ["sh", "-e", "-c", command],
            cwd=folder,
            env=installed,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr
        printed.append(answer.stdout)
        if "cd moons" in command:
            folder = folder / "moons"
    _, check, trained, looked, used, compared = printed
    assert check.startswith("ok  ")
    assert "learning_rate: has an effect" in check
    assert "runs/first" in trained
    assert "runs/first  finished" in looked
    assert "learning_rate" in looked
    # A point in each half-moon.
    assert re.search(r"^loss 0\.\d{3}, trained for \d+ steps\ntensor\(\[1, 0\]\)$", used, re.MULTILINE)
    assert "random" in compared
