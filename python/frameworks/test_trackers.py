"""A run in Weights & Biases and in Trackio, read back: killed or not, nothing is missing or there twice."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from followed import Curves, comparable, expected, follow, follow_killed
from population import REPOSITORY, Population

pytestmark = [
    pytest.mark.usefixtures("offline"),
    pytest.mark.filterwarnings("default"),  # those of the trackers are theirs
]


def test_the_commands_of_the_page(run: Population, tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / "trackers.md").read_text()
    commands = re.findall(r"^poptrain follow runs/digits (.*?)(?: +#.*)?$", page, re.MULTILINE)
    assert {command.split()[0] for command in commands} == {
        "--tensorboard",
        "--mlflow",
        "--wandb",
        "--trackio",
    }
    for command in commands:
        words = shlex.split(command.replace("boards/digits", f"{tmp_path}/boards"))
        follow(run, *(word.replace("sqlite:///", f"sqlite:///{tmp_path}/") for word in words))


@pytest.mark.parametrize("follow", [follow, follow_killed])
def test_weights_and_biases(run: Population, tmp_path: Path, follow: Callable[..., Any]) -> None:
    follow(run, "--wandb")
    check_wandb(run, tmp_path)
    assert follow_again(run, "--wandb").startswith("0 points written")


def test_weights_and_biases_after_a_torn_write(run: Population, tmp_path: Path) -> None:
    follow(run, "--wandb")
    for file in tmp_path.glob("wandb/offline-run-*/*-[01].wandb"):
        os.truncate(file, file.stat().st_size // 2)
    follow(run, "--wandb")
    check_wandb(run, tmp_path)


def check_wandb(run: Population, folder: Path) -> None:
    curves: Curves = defaultdict(list)
    copies = []
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    for file in sorted(folder.glob("wandb/offline-run-*/*.wandb")):
        for record in read_wandb(file):
            if record.HasField("history"):
                row = {
                    item.key or item.nested_key[0]: json.loads(item.value_json)
                    for item in record.history.item
                }
                member = int(file.stem.rpartition("-")[2])
                assert (member, row["_step"]) not in rows
                rows[member, row["_step"]] = row
    for (member, _), row in sorted(rows.items()):
        for name, value in row.items():
            if name == "copies/what":
                copies.append(value)
            elif name != "steps" and not name.startswith("_"):
                curves[member, name].append((row["steps"], as_number(value)))
    assert comparable(curves) == comparable(expected(run))
    assert all(copy.startswith("copied the weights") for copy in copies)
    assert copies


def read_wandb(file: Path) -> Iterator[Any]:
    from poptrain.follow.wandb import _records

    return _records(file.read_bytes())


def as_number(value: Any) -> Any:
    """JSON has no NaN and no infinities: they are texts."""
    return float(value) if value in ("NaN", "Infinity", "-Infinity") or not isinstance(value, str) else value


follow_again = follow


@pytest.mark.parametrize("follow", [follow, follow_killed])
def test_trackio(run: Population, tmp_path: Path, follow: Callable[..., Any]) -> None:
    follow(run, "--trackio")
    curves: Curves = defaultdict(list)
    copies = []
    for name, rows in read_trackio(tmp_path).items():
        member = int(name.split("-")[1])
        for step, row in rows:
            for key, value in row.items():
                if key == "copies/what":
                    copies.append(value)
                else:
                    curves[member, key].append((step, as_number(value)))
    assert comparable(curves) == comparable(expected(run))
    assert all(copy.startswith("copied the weights") for copy in copies)
    assert copies
    assert follow_again(run, "--trackio").startswith("0 points written")


def read_trackio(folder: Path) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    """The rows of each run in its database."""
    (file,) = (folder / "trackio").glob("*.db")
    with contextlib.closing(sqlite3.connect(file)) as database:
        found = database.execute("SELECT run_name, step, metrics FROM metrics ORDER BY id").fetchall()
    rows: dict[str, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for name, step, metrics in found:
        rows[name].append((step, json.loads(metrics)))
    return rows
