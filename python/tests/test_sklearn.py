"""scikit-learn's helper, with the script of docs/frameworks.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine import PACKAGE, FakeEngine, Trainer

Start = Callable[..., Trainer]

PAGE = (PACKAGE.parent / "docs" / "frameworks.md").read_text()
SCRIPT = PAGE.split("\n## scikit-learn\n", 1)[1].split("```python\n", 1)[1].split("```", 1)[0]
LOAD = "model = poptrain.sklearn.load(interval, model)"
RATES = (0.05, 0.002)


def train(start: Start, engine: FakeEngine, script: str) -> list[dict[str, Any]]:
    """Has the script train two intervals, the second from the first's checkpoint under another rate."""
    trainer = start(script, engine)
    answers = engine.serve(
        [
            {"start": age, "stop": age + 20, "hyperparameters": {"learning_rate": rate, "alpha": 0.01}}
            for age, rate in zip((0, 20), RATES, strict=True)
        ]
    )
    assert trainer.wait() == 0, trainer.output
    return answers


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_the_optimizer_within_a_perceptron_has_the_new_values(
    engine: FakeEngine, start: Start, solver: str
) -> None:
    script = SCRIPT.replace("(32,),", f"(32,), solver={solver!r},")
    for answer, rate in zip(train(start, engine, script), RATES, strict=True):
        assert answer["type"] == "done", answer
        assert answer["in_force"] == {"learning_rate": rate, "alpha": 0.01}
        assert answer["in_force_at_end"] == {"learning_rate": rate, "alpha": 0.01}


def test_parameters_alone_do_not_reach_the_optimizer(engine: FakeEngine, start: Start) -> None:
    script = "import pickle\n" + SCRIPT.replace(
        LOAD,
        """if interval.checkpoint:
        built = model
        model = pickle.loads(interval.file("estimator.pickle").read_bytes()).set_params(**built.get_params())
    interval.applied(learning_rate=lambda: getattr(model, "_optimizer", model).learning_rate_init)""",
    )
    first, second = train(start, engine, script)
    assert first["in_force"]["learning_rate"] == RATES[0]
    assert second["in_force"]["learning_rate"] == RATES[0]  # which Poptrain compares with what it gave


def test_another_solver_begins_anew(engine: FakeEngine, start: Start) -> None:
    script = SCRIPT.replace("(32,),", '(32,), solver="sgd" if interval.start else "adam",')
    assert [answer["type"] for answer in train(start, engine, script)] == ["done", "done"]


def test_a_shape_that_changed_is_said(engine: FakeEngine, start: Start) -> None:
    trainer = start(SCRIPT.replace("(32,),", "(32 + interval.start,),"), engine)
    values = {"learning_rate": 0.01, "alpha": 0.01}
    engine.accept()
    first = engine.assign(start=0, stop=20, hyperparameters=values)
    assert engine.answer()[-1]["type"] == "done"
    engine.assign(start=20, stop=40, hyperparameters=values, checkpoint=first["save_to"])
    failed = engine.answer()[-1]
    assert failed["type"] == "failed"
    assert failed["retry"] is False
    assert "hidden_layer_sizes is (32,), not (52,)" in failed["message"]
    assert "`structural: true`" in failed["message"]
    assert trainer.wait() != 0
