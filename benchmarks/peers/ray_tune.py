"""Ray Tune at its best for short intervals.

Class API and `reuse_actors`, so that a process serves one member after the other; no loggers, no console.
With the defaults it is about ninety times slower. A member is paused and saved at the end of an interval
if others wait; what is replaced at once is not saved. Nothing is flushed to the disk, and what the scheduler
knows dies with the driver, so it promises less than Poptrain's `durability: process`.

Arguments: MEMBERS INTERVALS BYTES SECONDS FOLDER.
"""

import os
import random
import sys
import time
from pathlib import Path

os.environ |= {
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "TUNE_MAX_PENDING_TRIALS_PG": "2",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AIR_NEW_OUTPUT": "0",
}

import ray
from ray import tune
from ray.tune.schedulers import PopulationBasedTraining

MEMBERS, INTERVALS, BYTES = (int(argument) for argument in sys.argv[1:4])
SECONDS, FOLDER = float(sys.argv[4]), sys.argv[5]


class Idle(tune.Trainable):
    """Trains nothing, and saves bytes."""

    def setup(self, config: dict) -> None:
        """Take the hyperparameters."""
        self.model = os.urandom(1024) * (BYTES // 1024)
        self.x = config["x"]

    def reset_config(self, new_config: dict) -> bool:
        """Serve another member."""
        self.x = new_config["x"]
        return True

    def step(self) -> dict:
        """One interval; when it ended is written down."""
        if SECONDS:
            time.sleep(SECONDS)
        with open(f"{FOLDER}/times", "a") as file:
            file.write(f"{time.time()}\n")
        return {"score": self.x}

    def save_checkpoint(self, checkpoint_dir: str) -> None:
        """Save as many bytes as the others."""
        (Path(checkpoint_dir) / "model").write_bytes(self.model)

    def load_checkpoint(self, checkpoint: str) -> None:
        """The trainer of Poptrain loads nothing either."""


def main() -> None:
    """Train the population."""
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
    scheduler = PopulationBasedTraining(
        time_attr="training_iteration",
        metric="score",
        mode="max",
        perturbation_interval=1,
        hyperparam_mutations={"x": lambda: random.uniform(0, 1)},
        log_config=False,
    )
    tuner = tune.Tuner(
        tune.with_resources(Idle, {"cpu": 1}),
        param_space={"x": tune.uniform(0, 1)},
        tune_config=tune.TuneConfig(
            scheduler=scheduler, num_samples=MEMBERS, reuse_actors=True, max_concurrent_trials=0
        ),
        run_config=tune.RunConfig(
            storage_path=FOLDER,
            name="run",
            stop={"training_iteration": INTERVALS},
            verbose=0,
            checkpoint_config=tune.CheckpointConfig(num_to_keep=3),
        ),
    )
    results = tuner.fit()
    if results.errors:
        raise SystemExit(str(results.errors[0]))


if __name__ == "__main__":
    main()
