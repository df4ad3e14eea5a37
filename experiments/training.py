"""What `study.py` and `ablations.py` do with Poptrain: train, and read what came out."""

import json
import os
import platform
import re
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PAUSE = 60  # seconds without a worker at work; the run was stopped, and resumed later


def call(*command: object, cwd: Path = HERE) -> str:
    """What a command prints; its progress is shown."""
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout


def poptrain(*arguments: object) -> Any:
    """What Poptrain answers: a JSON object, or a list of them."""
    lines = [json.loads(line) for line in call("poptrain", *arguments).splitlines()]
    return lines if "jsonl" in arguments else lines[-1]


def machine() -> str:
    """What trains here: the processor and the program. Runs may differ from those of another processor."""
    names = re.findall(r"^model name\s*: (.*)", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    processor = names[0] if names else platform.machine()
    version = call("poptrain", "--version").split(",")[0].strip()
    return f"{os.cpu_count()} processors, {processor}, {version}"


def train(folder: Path, text: str, run: Path, *options: object) -> None:
    """Train the experiment of this text with the trainer of a folder, or resume it."""
    variant = folder / ".variant.yml"  # beside the trainer, but no part of the configuration
    variant.write_text(text)
    call("poptrain", "run", *([run] if run.exists() else [variant, "--run", run]), "--json", *options)
    variant.unlink()


def changed(text: str, changes: dict[str, Any]) -> str:
    """An experiment file with other values of some keys."""
    for key, value in changes.items():
        text = re.sub(rf"^{key}:.*\n", "", text, flags=re.MULTILINE) + f"{key}: {value}\n"
    return text


def ranked(run: Path) -> list[Any]:
    """The members that have a score, the best at the end first."""
    status = poptrain("status", run, "--json")
    scored = [member for member in status["members"] if member["score"] is not None]
    return sorted(scored, key=lambda member: member["score"], reverse=status["mode"] == "max")


def at_end(run: Path, metric: str) -> list[float]:
    """The tests of the members, which their last intervals reported; that of the best member comes first."""
    rows = poptrain("export", run, "--format", "jsonl")
    tests = {row["member"]: row["metrics"].get(metric) for row in rows if row["outcome"] == "completed"}
    return [tests[member["id"]] for member in ranked(run)]


def time_of(run: Path) -> tuple[float, float]:
    """Seconds that a run took, without pauses, and the share of them in which workers did not train."""
    spans = defaultdict(list)
    for row in poptrain("export", run, "--format", "jsonl"):
        spans[row["worker"]].append((row["started_at_seconds"], row["finished_at_seconds"]))
    start = min(span[0] for spans in spans.values() for span in spans)
    wall, end = 0.0, start
    for began, ended in sorted(span for spans in spans.values() for span in spans):
        wall += max(0.0, ended - end) if began - end < PAUSE else ended - began
        end = max(end, ended)
    busy = 0.0
    for worker in spans.values():
        end = start
        for began, ended in sorted(worker):  # those of a batch overlap
            busy += max(0.0, ended - max(began, end))
            end = max(end, ended)
    return wall, 1 - busy / (wall * len(spans))
