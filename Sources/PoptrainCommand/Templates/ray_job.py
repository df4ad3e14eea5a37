"""Runs workers as tasks of a Ray job, submitted by `poptrain launch ray`."""

import argparse
import os
import subprocess
import sys

import ray

STOPPED_FOR_ALL = 76
# Nothing is left to train, somebody has stopped it, or the same error would come again.
FINAL = {0, 64, 65, 69, 70, 74, STOPPED_FOR_ALL, 130}


class Ended(Exception):
    """A process has ended, and another is to take its place."""


@ray.remote(max_retries=-1, retry_exceptions=[Ended], scheduling_strategy="SPREAD")
def train(command: list[str]) -> int:
    """Runs a process. Ray starts it again where it or its node was lost."""
    environment = {
        name: value for name, value in os.environ.items() if name != "RAY_AUTH_TOKEN"
    }
    process = subprocess.Popen(command, env=environment)
    try:
        status = process.wait()
    except KeyboardInterrupt:  # Its task was cancelled, since all are stopping.
        status = process.wait()
    if status not in FINAL:
        raise Ended(f"exit status {status}")
    return status


def main() -> int:
    """Runs all processes, and returns the highest exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--processes", type=int, required=True)
    parser.add_argument("--cpus", type=int, required=True)
    parser.add_argument("--gpus", type=int, required=True)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()

    ray.init()
    task = train.options(num_cpus=given.cpus, num_gpus=given.gpus)
    running = [task.remote(given.command) for _ in range(given.processes)]
    statuses = {0}
    while running:
        [ended], running = ray.wait(running)
        try:
            status = ray.get(ended)
        except ray.exceptions.TaskCancelledError:
            continue
        if status == STOPPED_FOR_ALL and status not in statuses:
            for waiting in running:  # They must not begin when others have ended.
                ray.cancel(waiting)
        statuses.add(status)
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main())
