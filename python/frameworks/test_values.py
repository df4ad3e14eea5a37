"""Values that a script makes something else of, and values that loading brings back, with each helper.

A run by hand compares what is declared with what was given, as Poptrain does.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

import member
import numpy
import pytest

import poptrain

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras

import poptrain.keras

schedules = keras.optimizers.schedules
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Keras

INPUTS = numpy.random.default_rng(0).uniform(-1, 1, (64, 2)).astype("float32")
LABELS = (INPUTS[:, :1] > 0).astype("float32")


def values(name: str, *given: Any) -> list[dict[str, Any]]:
    return [{name: value} for value in given]


# Keras


class OwnSchedule(schedules.LearningRateSchedule):
    """One without get_config()."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def __call__(self, step: Any) -> Any:
        return self.rate / (1.0 + keras.ops.cast(step, "float32"))


def fit(interval: poptrain.Interval, rate: Any, **arguments: Any) -> float:
    """Trains, and returns the learning rate."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(rate, momentum=0.5), loss="mse", **arguments)
    poptrain.keras.fit(model, interval, INPUTS, LABELS, batch_size=16)
    return float(model.optimizer.learning_rate)


@pytest.mark.parametrize(
    ("made", "is_declared"),
    [
        (lambda rate: rate, True),
        (lambda rate: rate / 2, False),
        (lambda rate: schedules.CosineDecay(rate, 100), True),
        (lambda rate: schedules.CosineDecay(0.0, 100, warmup_target=rate, warmup_steps=9), False),
        (lambda rate: schedules.PiecewiseConstantDecay([2], [rate, rate / 2]), True),
        (OwnSchedule, True),
    ],
    ids=["itself", "half", "cosine", "warm-up", "piecewise", "own"],
)  # fmt: skip
def test_keras(made: Any, is_declared: bool) -> None:
    for interval in member.intervals(*values("learning_rate", 0.1, 0.02)):
        fit(interval, made(interval["learning_rate"]))
        expected = {"learning_rate": pytest.approx(interval["learning_rate"])} if is_declared else {}
        assert member.declared(interval) == expected
        interval.report(loss=0.5)


def test_keras_with_mixed_precision_has_its_own_rate() -> None:
    for interval in member.intervals(*values("learning_rate", 0.1, 0.02)):
        policy = keras.config.dtype_policy()
        keras.config.set_dtype_policy("mixed_float16")
        try:
            assert fit(interval, interval["learning_rate"]) == pytest.approx(interval["learning_rate"])
        finally:
            keras.config.set_dtype_policy(policy)
        assert "learning_rate" in member.declared(interval)
        interval.report(loss=0.5)


def test_keras_finds_a_rate_that_was_brought_back(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = member.intervals(*values("learning_rate", 0.1, 0.02))
    fit(interval := next(asked), interval["learning_rate"])
    interval.report(loss=0.5)
    interval = next(asked)
    load = keras.Model.load_weights

    def load_late(model: Any, file: Any) -> None:
        load(model, file)
        seed = poptrain.keras.seed
        monkeypatch.setattr(poptrain.keras, "seed", lambda interval: (seed(interval), load(model, file)))

    monkeypatch.setattr(keras.Model, "load_weights", load_late)
    fit(interval, interval["learning_rate"])
    with pytest.raises(poptrain.Error, match=r"learning_rate was given as 0\.02, but 0\.1"):
        interval.report(loss=0.5)


# Boosting


@pytest.mark.parametrize(
    ("library", "name", "given", "made"),
    [
        ("lightgbm", "learning_rate", (0.1, 0.2), lambda value: value),
        ("lightgbm", "learning_rate", (0.1, 0.2), lambda value: value / 2),
        ("xgboost", "eta", (0.1, 0.2), lambda value: value),
        ("xgboost", "eta", (0.1, 0.2), lambda value: value / 2),
        ("xgboost", "base_score", (0.3, 0.3), lambda value: value),
        ("xgboost", "max_depth", (3, 4), lambda value: value),
        ("xgboost", "lambda", (0.1, 0.2), lambda value: value),
    ],
)
def test_boosting(library: str, name: str, given: Any, made: Any) -> None:
    helper = importlib.import_module(f"poptrain.{library}")
    module = importlib.import_module(library)
    for interval in member.intervals(*values(name, *given)):
        kind = {
            "lightgbm": {"objective": "binary", "verbose": -1},
            "xgboost": {"objective": "binary:logistic"},
        }
        data = (
            module.Dataset(INPUTS, LABELS[:, 0], free_raw_data=False)
            if library == "lightgbm"
            else module.DMatrix(INPUTS, LABELS)
        )
        helper.train(interval, {**kind[library], name: made(interval[name])}, data)
        is_declared = made(interval[name]) == interval[name]
        expected = {name: pytest.approx(interval[name])} if is_declared else {}
        assert member.declared(interval) == expected
        interval.report(loss=0.5)


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_a_callback_may_change_the_rate(library: str) -> None:
    helper, module = importlib.import_module(f"poptrain.{library}"), importlib.import_module(library)
    for interval in member.intervals(*values("learning_rate", 0.1, 0.2)):
        if library == "lightgbm":
            data = module.Dataset(INPUTS, LABELS[:, 0], free_raw_data=False)
            callback = module.reset_parameter(learning_rate=lambda number: 0.5**number)
        else:
            data = module.DMatrix(INPUTS, LABELS)
            callback = module.callback.LearningRateScheduler(lambda number: 0.5**number)
        helper.train(interval, {"learning_rate": interval["learning_rate"]}, data, callbacks=[callback])
        interval.report(loss=0.5)


def test_xgboost_finds_a_value_that_was_brought_back() -> None:
    import xgboost

    import poptrain.xgboost

    asked = member.intervals(*values("num_parallel_tree", 1, 2))
    for interval in asked:
        params = {"num_parallel_tree": interval["num_parallel_tree"]}
        poptrain.xgboost.train(interval, params, xgboost.DMatrix(INPUTS, LABELS))
        if interval.checkpoint:
            with pytest.raises(poptrain.Error, match="num_parallel_tree was given as 2, but 1"):
                interval.report(loss=0.5)
            break
        interval.report(loss=0.5)


def test_a_linear_booster_is_not_taken_for_one_with_another_rate() -> None:
    import xgboost

    import poptrain.xgboost

    for interval in member.intervals(*values("eta", 0.1, 0.3)):
        params = {"booster": "gblinear", "eta": interval["eta"]}
        poptrain.xgboost.train(interval, params, xgboost.DMatrix(INPUTS, LABELS))
        assert member.declared(interval) == {"eta": interval["eta"]}
        interval.report(loss=0.5)


def test_an_interval_of_lightgbm_ends_whatever_the_parameters_say() -> None:
    import lightgbm

    import poptrain.lightgbm

    for interval in member.intervals({}, {}):
        data = lightgbm.Dataset(INPUTS, LABELS[:, 0], free_raw_data=False)
        booster = poptrain.lightgbm.train(
            interval, {"num_iterations": 50, "verbose": -1, "min_data_in_leaf": 2}, data
        )
        assert booster.num_trees() == interval.step == interval.stop
        interval.report(loss=0.5)


# scikit-learn


def test_sklearn() -> None:
    from sklearn.linear_model import SGDClassifier

    import poptrain.sklearn

    for interval in member.intervals(*values("alpha", 0.01, 0.001)):
        poptrain.sklearn.load(interval, SGDClassifier(alpha=interval["alpha"] / 10))
        assert member.declared(interval) == {}
        model = poptrain.sklearn.load(interval, SGDClassifier(alpha=interval["alpha"]))
        model.partial_fit(INPUTS, LABELS[:, 0], classes=[0, 1])
        poptrain.sklearn.save(interval, model)
        assert member.declared(interval) == {"alpha": interval["alpha"]}
        interval.advance(4)
        interval.report(loss=0.5)


def test_sklearn_reaches_the_estimators_within_one() -> None:
    from sklearn.linear_model import SGDClassifier
    from sklearn.multiclass import OneVsRestClassifier

    import poptrain.sklearn

    for interval in member.intervals(*values("alpha", 0.01, 0.001)):
        model = OneVsRestClassifier(SGDClassifier(alpha=interval["alpha"]))
        model = poptrain.sklearn.load(interval, model)
        model.partial_fit(INPUTS, numpy.arange(64) % 3, classes=[0, 1, 2])
        assert [part.alpha for part in model.estimators_] == [interval["alpha"]] * 3
        poptrain.sklearn.save(interval, model)
        interval.advance(4)
        interval.report(loss=0.5)


def test_sklearn_keeps_what_the_steps_of_a_pipeline_have_learned() -> None:
    from sklearn.linear_model import SGDClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    import poptrain.sklearn

    for interval in member.intervals(*values("alpha", 0.01, 0.001)):
        scaler, model = pipeline = poptrain.sklearn.load(
            interval, make_pipeline(StandardScaler(), SGDClassifier(alpha=interval["alpha"]))
        )
        assert getattr(scaler, "n_samples_seen_", 0) == 16 * interval.start
        for _ in interval.steps:
            scaler.partial_fit(INPUTS[:16])
            model.partial_fit(scaler.transform(INPUTS), LABELS[:, 0], classes=[0, 1])
        assert model.alpha == interval["alpha"]
        assert model.t_ == 1 + 64 * interval.stop
        poptrain.sklearn.save(interval, pipeline)
        interval.report(loss=0.5)


def test_sklearn_sets_the_schedule_of_a_perceptron() -> None:
    from sklearn.neural_network import MLPClassifier

    import poptrain.sklearn

    for interval in member.intervals(*values("learning_rate", "invscaling", "constant")):
        model = MLPClassifier((4,), solver="sgd", learning_rate=interval["learning_rate"])
        model = poptrain.sklearn.load(interval, model)
        model.partial_fit(INPUTS, LABELS[:, 0], classes=[0, 1])
        assert model._optimizer.lr_schedule == interval["learning_rate"]
        if interval.checkpoint:
            assert model._optimizer.learning_rate == 0.001
        poptrain.sklearn.save(interval, model)
        assert member.declared(interval) == {"learning_rate": interval["learning_rate"]}
        interval.advance(4)
        interval.report(loss=0.5)


def test_sklearn_says_what_changes_a_shape() -> None:
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline

    import poptrain.sklearn

    for name, build in (
        ("n_clusters", lambda width: MiniBatchKMeans(width)),
        ("hidden_layer_sizes", lambda width: make_pipeline(MLPClassifier(width))),
    ):
        asked = member.intervals(*values("width", 3, 4))
        interval = next(asked)
        poptrain.sklearn.save(interval, poptrain.sklearn.load(interval, build(interval["width"])))
        interval.advance(4)
        interval.report(loss=0.5)
        interval = next(asked)
        with pytest.raises(poptrain.Error, match=f"{name} is 3, not 4"):
            poptrain.sklearn.load(interval, build(interval["width"]))


# Optax


@pytest.mark.parametrize(
    ("made", "is_declared"),
    [(lambda x: x, True), (lambda x: x / 2, False), (lambda x: lambda step: x / (1 + step), False)],
)
def test_optax(made: Any, is_declared: bool) -> None:
    import jax.numpy
    import optax

    import poptrain.optax

    for interval in member.intervals(*values("learning_rate", 0.1, 0.02)):
        weight = jax.numpy.ones(2)
        optimizer = optax.inject_hyperparams(optax.adam)(learning_rate=made(interval["learning_rate"]))
        weight, state = poptrain.optax.restore(interval, (weight, optimizer.init(weight)))
        _, state = optimizer.update(weight, state)
        poptrain.optax.save(interval, (weight, state))
        expected = {"learning_rate": pytest.approx(interval["learning_rate"])} if is_declared else {}
        assert member.declared(interval) == expected
        interval.advance(4)
        interval.report(loss=0.5)


def test_optax_finds_a_rate_that_was_brought_back() -> None:
    import jax.numpy
    import optax

    import poptrain.optax

    interval = next(member.intervals(*values("learning_rate", 0.1)))
    weight = jax.numpy.ones(2)
    optimizer = optax.inject_hyperparams(optax.adam)(learning_rate=interval["learning_rate"])
    tree = poptrain.optax.restore(interval, (weight, optimizer.init(weight)))
    tree[1].hyperparams["learning_rate"] = jax.numpy.asarray(0.5)
    poptrain.optax.save(interval, tree)
    interval.advance(4)
    with pytest.raises(poptrain.Error, match=r"learning_rate was given as 0\.1, but 0\.5"):
        interval.report(loss=0.5)


# Stable-Baselines3


def learn(interval: poptrain.Interval, kind: str, environment: str, **arguments: Any) -> Any:
    """Trains, and returns the model."""
    import gymnasium
    import stable_baselines3

    import poptrain.sb3

    model = getattr(stable_baselines3, kind)(
        "MlpPolicy", gymnasium.make(environment), device="cpu", **arguments
    )
    poptrain.sb3.train(model, interval)
    return model


@pytest.mark.parametrize(
    ("kind", "name", "given", "made"),
    [
        ("PPO", "gamma", (0.9, 0.99), lambda x: x),
        ("PPO", "gamma", (0.1, 0.01), lambda x: 1 - x),
        ("PPO", "clip_range", (0.1, 0.2), lambda x: x),
        ("PPO", "clip_range", (0.1, 0.2), lambda x: x / 2),
        ("PPO", "learning_rate", (0.1, 0.2), lambda x: x / 2),
        ("PPO", "learning_rate", (0.1, 0.2), lambda x: lambda left: left * x),
        ("SAC", "ent_coef", (0.1, 0.2), lambda x: f"auto_{x}"),
    ],
)
def test_sb3(kind: str, name: str, given: Any, made: Any) -> None:
    arguments = (
        {"n_steps": 4, "batch_size": 4} if kind == "PPO" else {"learning_starts": 2, "buffer_size": 50}
    )
    environment = "CartPole-v1" if kind == "PPO" else "Pendulum-v1"
    for interval in member.intervals(*values(name, *given)):
        value = made(interval[name])
        learn(interval, kind, environment, **{name: value}, **arguments)
        is_declared = callable(value) or value == interval[name]
        expected = {name: pytest.approx(interval[name])} if is_declared else {}
        assert member.declared(interval) == expected
        interval.report(loss=0.5)


def test_a_schedule_of_sb3_may_read_the_interval() -> None:
    for interval in member.intervals(*values("learning_rate", 0.1, 0.2)):
        schedule = lambda left: left * interval["learning_rate"]  # noqa: B023, E731
        learn(interval, "PPO", "CartPole-v1", learning_rate=schedule, n_steps=4, batch_size=4)
        interval.report(loss=0.5)


def test_sac_has_its_own_fixed_entropy_coefficient() -> None:
    for interval in member.intervals(*values("ent_coef", 0.1, 0.2)):
        model = learn(interval, "SAC", "Pendulum-v1", ent_coef=interval["ent_coef"], buffer_size=50)
        assert float(model.ent_coef_tensor) == pytest.approx(interval["ent_coef"])
        interval.report(loss=0.5)


def test_dqn_updates_its_target_however_short_an_interval_is() -> None:
    for interval in member.intervals(*values("learning_rate", 0.1, 0.1, 0.1)):
        model = learn(
            interval,
            "DQN",
            "CartPole-v1",
            learning_rate=interval["learning_rate"],
            target_update_interval=6,
            buffer_size=50,
        )
        assert model._n_calls == interval.stop
        interval.report(loss=0.5)


def test_a_replay_buffer_discounts_as_it_was_built_to() -> None:
    for interval in member.intervals(*values("gamma", 0.9, 0.99)):
        model = learn(interval, "DQN", "CartPole-v1", gamma=interval["gamma"], n_steps=3, buffer_size=50)
        assert model.replay_buffer.gamma == interval["gamma"]
        assert model.replay_buffer.pos == interval.stop
        interval.report(loss=0.5)


def test_a_replay_buffer_of_another_size_does_not_fit() -> None:
    asked = member.intervals(*values("buffer_size", 50, 60))
    interval = next(asked)
    learn(interval, "DQN", "CartPole-v1", buffer_size=interval["buffer_size"])
    interval.report(loss=0.5)
    interval = next(asked)
    with pytest.raises(poptrain.Error, match="the replay buffer has 50 places, not 60"):
        learn(interval, "DQN", "CartPole-v1", buffer_size=interval["buffer_size"])
