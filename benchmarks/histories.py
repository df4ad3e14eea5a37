"""Long runs as if they had been trained: each was begun, and has a history that is made up."""

import json
import random
import signal
import sqlite3
import subprocess
from pathlib import Path

from measure import Bench, Work


def large_run(measured: Bench, members: int, intervals: int) -> Path:
    """A run as if it had been trained: one that was begun, with a history that is made up."""
    work = Work(members, intervals, capacity=50, durability="process")
    experiment, folder = measured.folder / "experiment.yaml", measured.folder / f"run-{members}"
    experiment.write_text(work.experiment)
    command = [measured.poptrain, "run", str(experiment), "--run", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        next(line for line in process.stdout if "  interval " in line)
        process.send_signal(signal.SIGTERM)
    database = sqlite3.connect(folder / "population.sqlite")
    # Its indices do not fit into the usual 2 MB.
    database.execute("PRAGMA cache_size = -1000000")
    for table in ("intervals", "decisions", "collections", "attempts", "evaluations"):
        database.execute(f"DELETE FROM {table}")
    (sequence,) = database.execute("SELECT max(sequence) FROM events").fetchone()
    sequence = make_history(database, members, intervals, sequence)
    database.execute(
        """
        UPDATE members SET state = 'done', steps = :n, age = :n, intervals = :n, decisions = :n,
          published = (SELECT max(sequence) FROM intervals WHERE member = id),
          checkpoint = (
            SELECT end_checkpoint FROM intervals WHERE member = id ORDER BY sequence DESC LIMIT 1
          )
        """,
        {"n": intervals},
    )
    database.execute(
        """
        UPDATE run SET sequence = ?, completed_intervals = (SELECT count(*) FROM intervals),
          best = (SELECT sequence FROM intervals ORDER BY score DESC LIMIT 1)
        """,
        [sequence],
    )
    database.commit()
    database.close()
    return folder


def make_history(database: sqlite3.Connection, members: int, intervals: int, sequence: int) -> int:
    """Noisy curves that saturate, and copies of the better fifth by the worse one."""
    dice = random.Random(1)
    quality = [0.0] * members
    values = [dice.random() for _ in range(members)]
    start: list[str | None] = [None] * members
    for number in range(1, intervals + 1):
        rows = []
        for member in range(members):
            sequence += 1
            quality[member] += max(
                0.0, (1 - quality[member]) * 0.02 * (0.5 + values[member]) * dice.gauss(1, 0.3)
            )
            score = quality[member] + dice.gauss(0, 0.01)
            end = f"{member}-{number}-0000000000000000"
            moment = 1.7e9 + sequence * 0.01
            rows.append(
                (
                    *(sequence, member, number, start[member], end, number - 1, number - 1, number),
                    *(json.dumps({"x": values[member]}), score, score, sequence, 0, f"t{sequence}"),
                    *(moment - 1, moment),
                )
            )
            start[member] = end
        database.executemany(
            """
            INSERT INTO intervals (sequence, member, number, kind, outcome, start_checkpoint, end_checkpoint,
              start_steps, steps, start_age, end_age, hyperparameters, score, selection, tie, metrics, seed,
              token, worker, started_at, finished_at)
            VALUES (?, ?, ?, 'train', 'completed', ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, '{}', ?, ?, 'host/1/0', ?, ?)
            """,
            rows,
        )
        order = sorted(range(members), key=quality.__getitem__)
        fifth = members // 5
        for worse in order[:fifth]:
            if dice.random() < 0.3:
                better = dice.choice(order[-fifth:])
                quality[worse], start[worse] = quality[better], start[better]
                values[worse] = min(1.0, values[better] * dice.choice([0.8, 1.25]))
    return sequence
