"""Stable-Baselines3: trains one interval of an algorithm that was built from the interval's values.

    model = PPO("MlpPolicy", env, learning_rate=interval["learning_rate"], clip_range=interval["clip_range"])
    poptrain.sb3.train(model, interval)
    interval.report(reward=evaluate_policy(model, env)[0])

A checkpoint has the policy, its optimizers, the replay buffer and the statistics of `VecNormalize`.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.save_util import load_from_zip_file, recursive_getattr, recursive_setattr
from stable_baselines3.common.vec_env import VecNormalize

from . import frameworks
from .interval import Interval
from .optimizers import Built

FILE = "model.zip"
COUNTS = {"num_timesteps", "_n_updates", "_episode_num", "_n_calls"}
SCHEDULES = {"learning_rate", "clip_range", "clip_range_vf"}
OF_BUFFER = {"gamma", "n_steps", "her_ratio", "n_sampled_goal", "goal_selection_strategy"}
"""What a replay buffer was built with, and how it samples."""


def train(model: BaseAlgorithm, interval: Interval) -> None:
    """Loads, trains to the end of the interval, and saves; in an evaluation it only loads.

    A step is one of an environment. Rollouts are completed, so that an interval may be a little longer.
    Schedules of the model go over `interval.horizon`.
    """
    states, _ = model._get_torch_save_params()
    optimizers = [recursive_getattr(model, name) for name in states if name.endswith("optimizer")]
    built = Built(optimizer for optimizer in optimizers if optimizer is not None)
    given = frameworks.given(interval, {name: _read(model, name) for name in vars(model)})
    if interval.checkpoint:
        _load(model, interval)
        built.put_back()
    model.set_random_seed(interval.seed)
    if interval.is_evaluation:
        return
    frameworks.declare(interval, {name: partial(_read, model, key) for name, key in given.items()})
    if not callable(model.learning_rate):
        built.declare(interval)  # a rate as the optimizers have it
    left = interval.horizon - model.num_timesteps
    model.learn(left, callback=_Callback(interval), reset_num_timesteps=False, log_interval=None)
    _save(model, interval.save_to)
    # What is measured now is measured on the same episodes after loading.
    model.set_random_seed(interval.seed)


def _load(model: BaseAlgorithm, interval: Interval) -> None:
    file = interval.file(FILE)
    assert file is not None
    data, parameters, variables = load_from_zip_file(file, device=model.device)
    with frameworks.loading(interval):
        model.set_parameters(parameters, device=model.device)
    for name, variable in (variables or {}).items():
        if variable is not None and recursive_getattr(model, name).requires_grad:  # it is trained
            recursive_setattr(model, f"{name}.data", variable.data)
    for name in COUNTS & data.keys():
        setattr(model, name, data[name])
    if (buffer := getattr(model, "replay_buffer", None)) is not None:
        model.load_replay_buffer(file.with_name("replay-buffer.pkl"))
        with frameworks.loading(interval):
            if (saved := model.replay_buffer.buffer_size) != buffer.buffer_size:
                raise ValueError(f"the replay buffer has {saved} places, not {buffer.buffer_size}")
        own = OF_BUFFER & vars(buffer).keys()
        vars(model.replay_buffer).update({name: getattr(buffer, name) for name in own})
    if (normalize := model.get_vec_normalize_env()) is not None:
        saved = VecNormalize.load(str(file.with_name("normalize.pkl")), normalize.venv)
        normalize.obs_rms, normalize.ret_rms = saved.obs_rms, saved.ret_rms


def _save(model: BaseAlgorithm, folder: Path) -> None:
    model.save(folder / FILE)
    if getattr(model, "replay_buffer", None) is not None:
        model.save_replay_buffer(folder / "replay-buffer.pkl")
    if (normalize := model.get_vec_normalize_env()) is not None:
        normalize.save(str(folder / "normalize.pkl"))


def _read(model: BaseAlgorithm, name: str) -> Any:
    value = getattr(model, name)
    return value(1.0) if name in SCHEDULES and callable(value) else value  # at its beginning


class _Callback(BaseCallback):
    """Counts, and ends when the rollout in which the interval was done is trained on."""

    def __init__(self, interval: Interval) -> None:
        super().__init__()
        self._interval = interval
        self._is_over = False

    def _on_rollout_start(self) -> None:
        self._is_over = self._interval.done or (
            self._interval.stop_requested and self._interval.step > self._interval.start
        )

    def _on_step(self) -> bool:
        environments = self.training_env.num_envs
        if self._is_over:
            self.model.num_timesteps -= environments  # of this step nothing is kept
            return False
        self._interval.advance(environments)
        return True
