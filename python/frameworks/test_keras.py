"""Callbacks of Keras that set another rate than the model was compiled with."""

from __future__ import annotations

import json
from pathlib import Path

import member
import population
import pytest
from population import Population

RECORDER = """
class Recorder(keras.callbacks.Callback):
    rates = []

    def on_train_batch_begin(self, batch, logs=None):
        self.rates.append(float(self.model.optimizer.learning_rate))

"""


@pytest.mark.parametrize(
    "callback",
    [
        'keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=10)',
        "keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9, verbose=0)",
    ],
)
def test_a_callback_may_change_the_rate_within_an_interval(callback: str, tmp_path: Path) -> None:
    text = population.script("Keras").replace("for interval in", f"{RECORDER}for interval in", 1)
    text = text.replace("batch_size=32)", f"batch_size=32, callbacks=[recorder := Recorder(), {callback}])")
    text += (
        '    if not interval.is_evaluation:\n        with open("rates.jsonl", "a") as file:\n'
        '            print([interval["learning_rate"], Recorder.rates], file=file)\n'
        "    Recorder.rates.clear()\n"
    )
    run = Population(
        tmp_path,
        text,
        metric="loss",
        mode="min",
        steps=80,
        interval=40,
        hyperparameters={"learning_rate": {"log_uniform": [1e-3, 0.1]}},
    ).run()
    assert run.status == 0, run.text
    assert "failed" not in run.text, run.text
    for given, rates in map(json.loads, (tmp_path / "rates.jsonl").read_text().splitlines()):
        assert rates[0] in (pytest.approx(given), pytest.approx(0.9 * given))
        assert rates[-1] < 0.95 * rates[0]


def test_a_model_without_weights_is_told_to_be_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    import keras

    import poptrain
    import poptrain.keras

    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    with pytest.raises(poptrain.Error, match=r"keras\.Input, or call model\.build"):
        poptrain.keras.fit(model, next(member.intervals({})), [[1.0]], [[1.0]])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Keras
def test_an_average_of_the_weights_does_not_take_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    import keras
    import numpy

    import poptrain.keras

    inputs, labels = numpy.ones((64, 1), "float32"), numpy.full((64, 1), 3, "float32")

    def build() -> keras.Model:
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
        model.compile(keras.optimizers.Adam(0.05, use_ema=True, ema_momentum=0.5), loss="mse")
        return model

    for interval in member.intervals({}, {}):
        model = build()
        poptrain.keras.fit(model, interval, inputs, labels, batch_size=4)
        saved = interval.save_to
        interval.report(model.evaluate(inputs, labels, verbose=0, return_dict=True))
    plain = build()
    plain.fit(inputs, labels, batch_size=4, steps_per_epoch=8, verbose=0)
    evaluated, evaluation = build(), next(member.intervals({}))
    evaluation.is_evaluation, evaluation._checkpoint = True, str(saved)
    poptrain.keras.fit(evaluated, evaluation, inputs, labels)
    for each in (model, evaluated):
        numpy.testing.assert_allclose(each.get_weights()[0], plain.get_weights()[0], rtol=1e-5)
