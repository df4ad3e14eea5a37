"""Measures the dashboard's server on a large run: 2,000 members of 500 intervals, a million in all.

    python3 benchmarks/dashboard.py --poptrain .build/release/poptrain

The run is begun by the program, and its history is then written through SQL.
"""

import argparse
import json
import random
import re
import signal
import sqlite3
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

EXPERIMENT = """
name: large
trainer: {{command: [sh, -c, 'touch "$0/x"; echo "score: 1"', '{{save}}', '{{args}}']}}
metric: score
mode: max
population_size: {members}
steps: {steps}
interval: 100
workers: 2
hyperparameters:
  learning_rate: {{log_uniform: [1e-5, 1e-1]}}
  momentum: {{uniform: [0.0, 0.99]}}
"""


def main() -> None:
    """Make the run where there is none, and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--poptrain", default=".build/release/poptrain")
    parser.add_argument("--members", type=int, default=2000)
    parser.add_argument("--intervals", type=int, default=500)
    parser.add_argument("--folder", type=Path, help="where the run is made, or was made before")
    options = parser.parse_args()
    program = str(Path(options.poptrain).resolve())
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        if not (folder / "runs/large/population.sqlite").exists():
            folder.mkdir(parents=True, exist_ok=True)
            begin(program, folder, options.members, options.intervals)
            fill(folder / "runs/large/population.sqlite", options.members, options.intervals)
        measure(program, folder, options.members * options.intervals)


def begin(program: str, folder: Path, members: int, intervals: int) -> None:
    """Starts the run, and stops it as soon as its first interval has ended."""
    (folder / "experiment.yaml").write_text(EXPERIMENT.format(members=members, steps=intervals * 100))
    run = subprocess.Popen([program, "run", "experiment.yaml"], cwd=folder, stdout=subprocess.PIPE, text=True)
    assert run.stdout
    for line in run.stdout:
        if "  interval " in line:
            break
    run.send_signal(signal.SIGINT)
    run.communicate()


def fill(path: Path, members: int, intervals: int) -> None:
    """Writes a history in which a tenth of the members copies another after each interval."""
    database = sqlite3.connect(path)
    database.executescript(
        "DELETE FROM intervals; DELETE FROM decisions WHERE ordinal > 0; DELETE FROM attempts;"
        "DELETE FROM evaluations;"
        "DELETE FROM collections;"
    )
    choose = random.Random(1)
    (sequence,) = database.execute(
        "SELECT max(s) FROM (SELECT max(sequence) s FROM events UNION SELECT max(sequence) FROM decisions)"
    ).fetchone()
    now = time.time() - 86400
    values = [
        json.loads(v) for (v,) in database.execute("SELECT hyperparameters FROM decisions ORDER BY member")
    ]
    checkpoint: list[str | None] = [None] * members
    score = [0.0] * members
    published = [0] * members
    for number in range(1, intervals + 1):
        rows, decisions = [], []
        for member in range(members):
            sequence += 1
            now += 0.01
            score[member] += values[member]["momentum"] * choose.random() / intervals
            end = f"{member}-{number}-{choose.getrandbits(128):032x}"
            rows.append(
                (
                    sequence,
                    member,
                    number,
                    checkpoint[member],
                    end,
                    number * 100 - 100,
                    100,
                    number * 100 - 100,
                    number * 100,
                    json.dumps(values[member]),
                    score[member],
                    score[member],
                    member,
                    json.dumps({"score": score[member], "loss": -score[member]}),
                    choose.getrandbits(32),
                    end,
                    f"machine/1234/{member % 8}",
                    now - 0.08,
                    now,
                    intervals * 100,
                )
            )
            checkpoint[member], published[member] = end, sequence
        for member in range(members):
            sequence += 1
            donor = choose.randrange(members) if choose.random() < 0.1 else None
            row = [sequence, member, number, sequence - member - 1]
            if donor is None:
                row += ["stay", None, None, None, None, None]
            else:
                row += ["inherit", donor, published[donor], checkpoint[donor], number * 100, score[donor]]
                checkpoint[member], score[member] = checkpoint[donor], score[donor]
                factor = choose.choice([0.8, 1.25])
                values[member] = dict(
                    values[donor], learning_rate=min(0.1, max(1e-5, values[donor]["learning_rate"] * factor))
                )
            decisions.append((*row, json.dumps(values[member]), None if donor is None else "both"))
        database.executemany(
            "INSERT INTO intervals (sequence, member, number, kind, outcome, start_checkpoint,"
            " end_checkpoint, start_steps, steps, start_age, end_age,"
            " hyperparameters, score, selection, tie, metrics, seed,"
            " token, worker, started_at, finished_at, total_steps)"
            " VALUES (?,?,?,'train','completed',?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            rows,
        )
        database.executemany(
            "INSERT INTO decisions (sequence, member, ordinal, saw, result, donor, donor_sequence,"
            " donor_checkpoint, donor_age, donor_score, hyperparameters, inherits, reason,"
            " rule, stream, own_score)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,'it ranks so','truncation/2 perturb/1','s',0.5)",
            decisions,
        )
    for member in range(members):
        database.execute(
            "UPDATE members SET state = 'done', steps = ?, age = ?, checkpoint = ?, published = ?,"
            " intervals = ?, decisions = ?, failures = 0, last_outcome = 'completed', hyperparameters = ?,"
            " beginning = ?"
            " WHERE id = ?",
            (
                intervals * 100,
                intervals * 100,
                checkpoint[member],
                published[member],
                intervals,
                intervals,
                json.dumps(values[member]),
                member + 2,
                member,
            ),
        )
    best = max(range(members), key=lambda member: score[member])
    database.execute(
        "UPDATE run SET sequence = ?, best = ?, completed_intervals = ?",
        (sequence, published[best], members * intervals),
    )
    database.commit()
    database.execute("VACUUM")
    database.close()


def measure(program: str, folder: Path, intervals: int) -> None:
    """Prints what a first page asks for, how long it takes, and the memory of the server."""
    server = subprocess.Popen(
        [program, "dashboard", "runs", "--port", "0"], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout
    found = re.search(r"http://\S+", server.stdout.readline())
    assert found
    try:
        size = (folder / "runs/large/population.sqlite").stat().st_size
        print(f"{intervals:,} intervals, {size >> 20} MiB of database")
        for path in [
            "runs.json",
            "runs/large/run.json",
            "runs/large/run.json",
            "runs/large/rows",
            "runs/large/rows",
            f"runs/large/rows?from={intervals - 100}&values=100000",
            "runs/large/members/7.json",
            "runs/large/members/8.json",
        ]:
            start = time.monotonic()
            with urllib.request.urlopen(found[0] + path) as answer:
                size = len(answer.read())
            seconds, resident = time.monotonic() - start, memory(server.pid)
            print(f"{path:45} {seconds:7.3f} s  {size / 1e6:8.2f} MB  {resident:5.0f} MB RSS")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


def memory(process: int) -> float:
    """The resident memory in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024 / 1e6


if __name__ == "__main__":
    main()
