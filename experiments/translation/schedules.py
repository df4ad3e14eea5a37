"""Draws `figures/learning-rates.svg`: the schedules that runs found, beside warm-up and decay set by hand.

python3 schedules.py runs/translation ...
"""

import math
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import poptrain

WIDTH, HEIGHT, LEFT, BOTTOM, RIGHT, TOP = 640, 320, 56, 36, 12, 12
LOW, HIGH = 1e-4, 5e-2  # the range that is searched
HERE = Path(__file__).resolve().parent


def by_hand() -> list[tuple[int, float]]:
    """From which step on each rate holds."""
    text = (HERE / "experiment-by-hand.yaml").read_text()
    schedule = re.search(r"learning_rate:\s+schedule: \{(.*?)\}", text, re.DOTALL)
    assert schedule
    return [(int(step), float(rate)) for step, rate in re.findall(r"(\d+): ([\d.]+)", schedule[1])]


def main() -> None:
    """Find the schedule of each run's best member at the end, and draw them all."""
    runs = [poptrain.Run(folder) for folder in sys.argv[1:]]
    steps = runs[0].status.steps

    def x(step: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * step / steps

    def y(rate: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * math.log(rate / LOW) / math.log(HIGH / LOW)

    def line(pieces: Iterable[tuple[int, float]], style: str) -> str:
        """A staircase."""
        path, last = "", 0.0
        for step, rate in pieces:
            path += f"H{x(step):.1f}V{y(rate):.1f}" if path else f"M{x(step):.1f},{y(rate):.1f}"
            last = rate
        return f'<path d="{path}H{x(steps):.1f}V{y(last):.1f}" fill="none" {style}/>'

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12" fill="#333"><rect width="100%" height="100%" fill="white"/>'
    ]
    for rate in (1e-4, 1e-3, 1e-2):
        parts.append(f'<path d="M{LEFT},{y(rate):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y(rate) + 4:.1f}" text-anchor="end">{rate:g}</text>')
    for step in range(0, steps + 1, steps // 4):
        parts.append(f'<text x="{x(step):.1f}" y="{HEIGHT - 16}" text-anchor="middle">{step}</text>')
    for run in runs:
        best = max(run.members, key=lambda member: member.score)
        pieces = [(s.start, s.hyperparameters["learning_rate"]) for s in run.schedule(member=best.id)]
        parts.append(line(pieces, 'stroke="#0072b2" stroke-width="1.5" opacity="0.7"'))
    parts.append(line(by_hand(), 'stroke="#d55e00" stroke-width="2.5"'))
    legend = 'x="{}" y="{}" text-anchor="end" fill="{}">{}</text>'
    parts.append("<text " + legend.format(WIDTH - 20, TOP + 12, "#d55e00", "learning rate set by hand"))
    parts.append("<text " + legend.format(WIDTH - 20, TOP + 28, "#0072b2", f"found by PBT, {len(runs)} runs"))
    picture = HERE / "figures" / "learning-rates.svg"
    picture.parent.mkdir(exist_ok=True)
    picture.write_text("\n".join([*parts, "</svg>"]) + "\n")
    print(picture)


if __name__ == "__main__":
    main()
