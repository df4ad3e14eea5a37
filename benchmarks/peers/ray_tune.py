"""Ray Tune at its best for short intervals.

Class API and `reuse_actors`, so that a process serves one member after the other; no loggers, no console.
With the defaults it is about ninety times slower. A member is paused and saved at the end of an interval
if others wait; what is replaced at once is not saved. Nothing is flushed to the disk, and what the scheduler
knows dies with the driver, so it promises less than Poptrain's `durability: process`.

Arguments: MEMBERS INTERVALS FOLDER.
"""

import os
import sys
import time
from importlib import import_module
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

TASK = import_module(f"{os.environ['TASK']}_member")
MEMBERS, INTERVALS, FOLDER = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
SPACE = {name: getattr(tune, kind)(low, high) for name, (kind, low, high) in TASK.HYPERPARAMETERS.items()}


def within(config: dict) -> dict:
    """The values, brought back into their ranges: Ray Tune itself lets them leave."""
    return {name: min(max(config[name], low), high) for name, (_, low, high) in TASK.HYPERPARAMETERS.items()}


class Trainable(tune.Trainable):
    """Trains one member after the other."""

    def setup(self, config: dict) -> None:
        """Begin with fresh weights."""
        self.member = TASK.Member()

    def reset_config(self, new_config: dict) -> bool:
        """Serve another member."""
        self.member.begin()
        return True

    def step(self) -> dict:
        """One interval; when it ended is written down."""
        score = self.member.train(self.config)
        with open(f"{FOLDER}/times", "a") as file:
            file.write(f"{time.time()}\n")
        return {"score": score}

    def save_checkpoint(self, checkpoint_dir: str) -> None:
        """Save."""
        self.member.save(Path(checkpoint_dir) / "model.npz")

    def load_checkpoint(self, checkpoint: str) -> None:
        """Go on from there."""
        self.member.load(Path(checkpoint) / "model.npz")


def main() -> None:
    """Train the population."""
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
    scheduler = PopulationBasedTraining(
        time_attr="training_iteration",
        metric="score",
        mode="max",
        perturbation_interval=1,
        quantile_fraction=0.2,
        resample_probability=0,
        hyperparam_mutations=SPACE,
        custom_explore_fn=within,
        log_config=False,
    )
    tuner = tune.Tuner(
        tune.with_resources(Trainable, {"cpu": 1}),
        param_space=SPACE,
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
