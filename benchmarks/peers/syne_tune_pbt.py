"""Syne Tune's Population Based Training on its local backend.

A trial does not wait for the scheduler: it reports and goes on, and the tuner, which looks every 10 ms here
(5 s by default), stops it later. Whoever copies is a new process, into whose folder the checkpoint is copied.
So only the time of the intervals that were trained can be compared, not what was decided between them.
Arguments: MEMBERS INTERVALS FOLDER.
"""

import logging
import os
import sys
from importlib import import_module
from pathlib import Path

TASK = import_module(f"{os.environ['TASK']}_member")
MEMBERS, INTERVALS = int(sys.argv[1]), int(sys.argv[2])
FOLDER = sys.argv[3]
os.environ["SYNETUNE_FOLDER"] = FOLDER

from syne_tune import StoppingCriterion, Tuner  # noqa: E402
from syne_tune.backend import LocalBackend  # noqa: E402
from syne_tune.config_space import loguniform, uniform  # noqa: E402
from syne_tune.optimizer.schedulers.pbt import PopulationBasedTraining  # noqa: E402

logging.getLogger().setLevel(logging.ERROR)

KINDS = {"uniform": uniform, "loguniform": loguniform}
space = {name: KINDS[kind](low, high) for name, (kind, low, high) in TASK.HYPERPARAMETERS.items()}
space |= {"intervals": INTERVALS, "folder": FOLDER}
Tuner(
    trial_backend=LocalBackend(str(Path(__file__).with_name("syne_tune_trial.py")), num_gpus_per_trial=0),
    scheduler=PopulationBasedTraining(
        space,
        metric="score",
        time_attr="step",
        max_t=INTERVALS,
        do_minimize=False,
        random_seed=1,
        population_size=MEMBERS,
        perturbation_interval=1,
        quantile_fraction=0.2,
        resample_probability=0,
    ),
    stop_criterion=StoppingCriterion(max_num_evaluations=MEMBERS * INTERVALS),
    n_workers=2,
    sleep_time=0.01,
    callbacks=[],
    save_tuner=False,
).run()
