"""Lightning with other schedulers than the one of docs/frameworks.md."""

from __future__ import annotations

from typing import Any

import lightning as L
import member
import pytest
import torch
from torch.optim import lr_scheduler as of

import poptrain
import poptrain.lightning

pytestmark = pytest.mark.filterwarnings("ignore")  # Lightning's advice


class Model(L.LightningModule):
    def __init__(self, kind: str, factor: float) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(2, 1)
        self.kind, self.factor = kind, factor
        self.rates: list[float] = []
        self.seen: list[int] = []

    def training_step(self, batch: list[torch.Tensor]) -> torch.Tensor:
        self.rates.append(self.trainer.optimizers[0].param_groups[0]["lr"])
        self.log("loss", torch.tensor(1.0))
        return self.layer(batch[0]).mean()

    def configure_optimizers(self) -> Any:
        trainer = self.trainer
        self.lengths = (trainer.max_epochs, trainer.max_steps, trainer.estimated_stepping_batches)
        optimizer = torch.optim.SGD(self.parameters(), lr=0.1)
        schedulers = {
            "plateau": lambda: of.ReduceLROnPlateau(optimizer, factor=self.factor, patience=0),
            "linear": lambda: of.LinearLR(optimizer, 1.0, 0.0, total_iters=8),
            "cosine": lambda: of.CosineAnnealingLR(optimizer, 20),
            "chained": lambda: of.ChainedScheduler([of.LinearLR(optimizer)]),
        }
        return [optimizer], [{"scheduler": schedulers[self.kind](), "interval": "step", "monitor": "loss"}]


def fit(
    interval: poptrain.Interval, kind: str, factor: float = 0.5, *, model: Any = Model, load: bool = True,
    **arguments: Any,
) -> Any:  # fmt: skip
    """Trains, and returns the model."""
    model = model(kind, factor)
    trainer = L.Trainer(
        callbacks=[poptrain.lightning.Interval(interval)],
        accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False, **arguments,
    )  # fmt: skip
    data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(64, 2)), batch_size=1)
    trainer.fit(model, data, ckpt_path=interval.file("last.ckpt") if load else None)
    return model


def test_a_plateau_has_its_own_factor() -> None:
    asked = member.intervals({}, {})
    interval = next(asked)
    assert fit(interval, "plateau").rates == pytest.approx([0.1, 0.1, 0.05, 0.025])
    interval.report(loss=1.0)
    assert fit(next(asked), "plateau", 0.1).rates == pytest.approx([0.0125, 0.00125, 0.000125, 0.0000125])


def test_another_scheduler_continues_at_the_age() -> None:
    asked = member.intervals({}, {})
    fit(interval := next(asked), "cosine")
    interval.report(loss=1.0)
    assert fit(next(asked), "linear").rates == pytest.approx([0.05, 0.0375, 0.025, 0.0125])


def test_one_that_cannot_be_loaded_does_not_fit() -> None:
    asked = member.intervals({}, {})
    fit(interval := next(asked), "cosine")
    interval.report(loss=1.0)
    with pytest.raises(KeyError):
        fit(next(asked), "chained")
    with pytest.raises(poptrain.Error, match="ended as failed: the checkpoint does not fit"):
        next(asked)


@pytest.mark.parametrize(
    ("arguments", "epochs"),
    [
        ({}, 1),
        ({"limit_train_batches": 3}, 3),
        ({"limit_train_batches": 3, "accumulate_grad_batches": 2}, 4),
        ({"max_epochs": 20, "min_epochs": 9, "limit_train_batches": 3}, 3),
        ({"max_steps": 1, "min_steps": 50, "limit_train_batches": 3}, 3),
    ],
)
def test_schedules_see_the_epochs_and_steps_of_the_horizon(arguments: dict[str, Any], epochs: int) -> None:
    """Two intervals of four steps each, whatever was given to the Trainer; an evaluation trains none."""
    for interval in member.intervals({}, {}):
        model = fit(interval, "cosine", **arguments)
        assert model.lengths == (epochs, 8, 8)
        assert interval.step == interval.stop
        assert model.trainer.global_step == interval.stop
        interval.report(loss=1.0)
    evaluation = next(member.intervals({}))
    evaluation.is_evaluation = True
    model = fit(evaluation, "cosine", **arguments)
    assert model.lengths[1:] == (4, 4)
    assert model.rates == []


class Epochs(Model):
    """One whose schedule is stepped at the end of each epoch."""

    def configure_optimizers(self) -> Any:
        optimizer = torch.optim.SGD(self.parameters(), lr=0.1)
        kinds = {
            "step": of.StepLR(optimizer, 1, self.factor),
            "plateau": of.ReduceLROnPlateau(optimizer, factor=self.factor, patience=0),
        }
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": kinds[self.kind], "monitor": "loss"}}

    def training_step(self, batch: list[torch.Tensor]) -> torch.Tensor:
        self.seen.append(self.current_epoch)
        return super().training_step(batch)


@pytest.mark.parametrize("kind", ["step", "plateau"])
@pytest.mark.parametrize("steps", [2, 3, 4, 8])
def test_epochs_are_whole_whatever_the_intervals_are(kind: str, steps: int) -> None:
    rates, epochs = [], []
    for interval in member.intervals(*[{}] * (24 // steps), steps=steps):
        model = fit(interval, kind, model=Epochs, limit_train_batches=4)
        rates += model.rates
        epochs += model.seen
        interval.report(loss=1.0)
    ends = [step // 4 for step in range(24)]
    reduced = [max(0, epoch - 1) if kind == "plateau" else epoch for epoch in ends]  # the first is its best
    assert epochs == ends
    assert rates == pytest.approx([0.1 * 0.5**epoch for epoch in reduced])


def test_a_checkpoint_that_was_not_asked_for_is_missed() -> None:
    asked = member.intervals({}, {})
    fit(interval := next(asked), "cosine")
    interval.report(loss=1.0)
    interval = next(asked)
    with pytest.raises(poptrain.Error, match=r"nothing was loaded at age 4: call fit\(..., ckpt_path="):
        fit(interval, "cosine", load=False)
    with pytest.raises(poptrain.Error, match="ended as failed: nothing was loaded"):
        next(asked)


@pytest.mark.parametrize("is_first", [False, True])
def test_an_average_of_the_weights_does_not_take_their_place(is_first: bool) -> None:
    from lightning.pytorch.callbacks import EMAWeightAveraging

    def train(interval: Any, steps: int | None = None) -> float:
        own = [poptrain.lightning.Interval(interval)] if interval else []
        callbacks = [*own, EMAWeightAveraging(decay=0.9)]
        trainer = L.Trainer(
            callbacks=callbacks if is_first else callbacks[::-1], max_steps=steps or -1,
            accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
            enable_model_summary=False,
        )  # fmt: skip
        model = Model("cosine", 0.5)
        torch.nn.init.zeros_(model.layer.weight)
        data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(64, 2)), batch_size=1)
        trainer.fit(model, data, ckpt_path=interval and interval.file("last.ckpt"))
        return float(model.layer.weight[0, 0])

    for interval in member.intervals({}, {}):
        average = train(interval)
        interval.report(loss=1.0)
    assert average == pytest.approx(train(None, 8))


def test_averaging_that_changes_the_rate_is_refused() -> None:
    from lightning.pytorch.callbacks import StochasticWeightAveraging

    asked = member.intervals({})
    interval = next(asked)
    trainer = L.Trainer(
        callbacks=[poptrain.lightning.Interval(interval), StochasticWeightAveraging(0.1, 1)],
        accelerator="cpu", logger=False, enable_checkpointing=False,
    )  # fmt: skip
    with pytest.raises(poptrain.Error, match="use WeightAveraging"):
        trainer.fit(Model("cosine", 0.5), torch.utils.data.DataLoader([torch.ones(2)]))
