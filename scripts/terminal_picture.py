"""Trains the digits example in a terminal, and draws what it shows in the middle of the run: docs/images/run.svg.

Usage: .venv/bin/python scripts/terminal_picture.py PROGRAM
"""

import html
import os
import re
import shutil
import signal
import sys
import tempfile
from pathlib import Path

root = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(root / "Tests/Support"))
from terminal import Terminal

COLUMNS, ROWS = 104, 32
CELL, LINE, MARGIN = 7.83, 17, 16
COLORS = {
    "default": "#d7dae0",
    "red": "#f28b82",
    "green": "#7fd1ae",
    "brown": "#f2c572",
    "blue": "#8ab4f8",
    "magenta": "#d7a6e8",
    "cyan": "#78d0e0",
    "brightblack": "#8a93a3",
}


class ColorTerminal(Terminal):
    def show(self, data):
        # pyte knows no faint text, but gray.
        super().show(data.replace(b"\x1b[2m", b"\x1b[90m"))


def spans(row):
    """The words of a line that look the same and stand together: column, text, color, bold."""
    pieces = []
    for column in range(COLUMNS):
        cell = row[column]
        look = (COLORS[cell.fg], cell.bold)
        if pieces and pieces[-1][2] == look:
            pieces[-1][1] += cell.data
        else:
            pieces.append([column, cell.data, look])
    for column, text, look in pieces:
        # Renderers take several spaces for one.
        for words in re.finditer(r"\S+( \S+)*", text):
            yield column + words.start(), words.group(), *look


def picture(terminal):
    lines = [i for i, line in enumerate(terminal.lines) if line]
    height = 2 * MARGIN + (lines[-1] + 1) * LINE
    width = round(2 * MARGIN + COLUMNS * CELL)
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    yield "<title>poptrain run: a live table of members while a population is trained</title>"
    yield '<rect width="100%" height="100%" rx="8" fill="#14171c"/>'
    yield '<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="13">'
    for i in lines:
        for column, text, color, bold in spans(terminal.screen.buffer[i]):
            x, y = MARGIN + column * CELL, MARGIN + (i + 0.8) * LINE
            weight = ' font-weight="bold"' if bold else ""
            yield (
                f'<text x="{x:.1f}" y="{y:.1f}" fill="{color}"{weight} textLength="{len(text) * CELL:.1f}">'
                f"{html.escape(text)}</text>"
            )
    yield "</g>"
    yield "</svg>"


def main():
    program = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        example = Path(folder) / "digits"
        shutil.copytree(root / "examples/digits", example)
        os.chdir(example)
        os.system(f"{sys.executable} prepare.py > /dev/null")
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        terminal = ColorTerminal(
            program, "run", "experiment.yaml", columns=COLUMNS, rows=ROWS, PATH=path
        )
        terminal.show(b"\x1b[32m$ poptrain run experiment.yaml\x1b[m\r\n")
        terminal.wait(
            lambda: any(f" {percent} %" in terminal.text for percent in range(25, 90))
        )
        text = "\n".join(picture(terminal)) + "\n"
        terminal.kill(signal.SIGINT)
        terminal.end()
    (root / "docs/images/run.svg").write_text(text)


main()
